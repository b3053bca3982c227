// The last test: the deployment goes, and with it all it made, but what the user keeps.

import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { expect, test } from 'vitest';
import { configurationOf } from './account.ts';
import { dynamodb, lambda, place, s3, sqs } from './clients.ts';
import { stepwell } from './deployment.ts';
import { stackExists } from './stacks.ts';

test('removal takes everything away but the table and its bucket', async () => {
  const cloudformation = new CloudFormation(configurationOf(place));
  const StackName = `stepwell-${place.stage}`;
  const { StackResources } = await cloudformation.describeStackResources({ StackName });
  const idOf = (logicalId: string) =>
    StackResources!.find(({ LogicalResourceId }) => LogicalResourceId === logicalId)!.PhysicalResourceId!;
  const [TableName, Bucket] = [idOf('Table'), idOf('PayloadBucket')];
  await s3.putObject({ Bucket, Key: 'large-payload', Body: 'kept' });

  stepwell(place, 'remove');
  expect(await stackExists(cloudformation, StackName)).toBe(false);
  expect((await sqs.listQueues({ QueueNamePrefix: `${StackName}-` })).QueueUrls ?? []).toEqual([]);
  const { Functions } = await lambda.listFunctions();
  expect(Functions!.filter(({ FunctionName }) => FunctionName!.startsWith(`${StackName}-`))).toEqual([]);
  const { EventSourceMappings } = await lambda.listEventSourceMappings();
  expect(EventSourceMappings!.filter(({ FunctionArn }) => FunctionArn!.includes(`:${StackName}-`))).toEqual([]);

  expect((await dynamodb.scan({ TableName, Limit: 1 })).Count).toBe(1);
  const { Contents = [] } = await s3.listObjectsV2({ Bucket });
  expect(Contents.map(({ Key }) => Key)).toContain('large-payload');

  // What the user keeps, the test need not.
  for (const { Key } of Contents) await s3.deleteObject({ Bucket, Key: Key! });
  await s3.deleteBucket({ Bucket });
  await dynamodb.deleteTable({ TableName });
});
