// The services of AWS, called by the local server at LocalStack: requests that a service understands, results as a
// definition gets them, refusals under their names.

import { waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createMachine, type Laptop, openLaptop, runToEnd } from '../e2e/local-server.ts';
import { environmentOf } from './account.ts';
import { dynamodb, place, s3, sqs } from './clients.ts';

const name = `stepwell-services-${crypto.randomUUID()}`;
let laptop: Laptop;
let queueUrl: string;

beforeAll(async () => {
  for (const [variable, value] of Object.entries(environmentOf(place))) vi.stubEnv(variable, value);
  laptop = await openLaptop({ account: place.account, region: place.region });
  await dynamodb.createTable({
    TableName: name,
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
  await waitUntilTableExists({ client: dynamodb, maxWaitTime: 60, minDelay: 1 }, { TableName: name });
  await s3.createBucket({ Bucket: name });
  queueUrl = (await sqs.createQueue({ QueueName: name })).QueueUrl!;
});

afterAll(async () => {
  await laptop.close();
  vi.unstubAllEnvs();
  await s3.deleteObject({ Bucket: name, Key: 'key' });
  await s3.deleteBucket({ Bucket: name });
  await dynamodb.deleteTable({ TableName: name });
  await sqs.deleteQueue({ QueueUrl: queueUrl });
});

/** One execution of one task; parameters may name the table and bucket `NAME`, and the queue `QUEUE`. */
async function task(resource: string, parameters: object) {
  const text = JSON.stringify(parameters).replaceAll('NAME', name).replaceAll('QUEUE', queueUrl);
  const definition = {
    StartAt: 'Call',
    States: {
      Call: { Type: 'Task', Resource: `arn:aws:states:::${resource}`, Parameters: JSON.parse(text), End: true },
    },
  };
  const machine = await createMachine(laptop.client, `machine-${crypto.randomUUID()}`, definition);
  const { status, output, error, cause } = await runToEnd(laptop.client, machine, {});
  return { status, output: output && JSON.parse(output), error, cause };
}

const Key = { id: { S: '1' } };
const SUCCESS = { SdkHttpMetadata: { HttpStatusCode: 200 } };

test.each([
  ['dynamodb:putItem', { TableName: 'NAME', Item: { ...Key, n: { N: '1' } } }, SUCCESS],
  [
    'dynamodb:updateItem',
    {
      TableName: 'NAME',
      Key,
      UpdateExpression: 'SET n = n + :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
      ReturnValues: 'UPDATED_NEW',
    },
    { ...SUCCESS, Attributes: { n: { N: '2' } } },
  ],
  ['dynamodb:getItem', { TableName: 'NAME', Key }, { ...SUCCESS, Item: { ...Key, n: { N: '2' } } }],
  ['aws-sdk:dynamodb:scan', { TableName: 'NAME' }, { Count: 1, Items: [{ ...Key, n: { N: '2' } }] }],
  ['dynamodb:deleteItem', { TableName: 'NAME', Key }, SUCCESS],
  ['sqs:sendMessage', { QueueUrl: 'QUEUE', MessageBody: { order: 1 } }, { ...SUCCESS, MessageId: expect.any(String) }],
  ['aws-sdk:sqs:receiveMessage', { QueueUrl: 'QUEUE' }, { Messages: [{ Body: '{"order":1}' }] }],
  ['aws-sdk:s3:putObject', { Bucket: 'NAME', Key: 'key', Body: { order: 1 } }, { ETag: expect.any(String) }],
  ['aws-sdk:s3:getObject', { Bucket: 'NAME', Key: 'key' }, { Body: '{"order":1}', ContentLength: 11 }],
])('%s', async (resource, parameters, output) => {
  expect(await task(resource, parameters)).toMatchObject({ status: 'SUCCEEDED', output });
});

test.each([
  ['dynamodb:getItem', { TableName: 'missing', Key }, 'DynamoDB.ResourceNotFoundException', 'AmazonDynamoDBv2'],
  ['aws-sdk:dynamodb:getItem', { TableName: 'missing', Key }, 'DynamoDb.ResourceNotFoundException', 'DynamoDb'],
  ['aws-sdk:s3:getObject', { Bucket: 'NAME', Key: 'missing' }, 'S3.NoSuchKeyException', 'S3'],
  ['sqs:sendMessage', { QueueUrl: 'QUEUE-not', MessageBody: 'x' }, 'SQS.QueueDoesNotExistException', 'AmazonSQS'],
])('%s is refused by name', async (resource, parameters, error, service) => {
  const failed = await task(resource, parameters);
  expect(failed).toMatchObject({ status: 'FAILED', error });
  expect(failed.cause).toContain(`(Service: ${service}`);
});

test('a function that no directory holds is called where all services are', async () => {
  const failed = await task('lambda:invoke', { FunctionName: `deployed-${name}` });
  expect(failed).toMatchObject({ status: 'FAILED', error: 'Lambda.ResourceNotFoundException' });
  expect(failed.cause).toMatch(/Function not found: arn:aws:lambda:us-east-1:\d{12}:function:deployed-/);
});
