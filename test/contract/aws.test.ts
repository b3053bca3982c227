// The contract on the AWS adapters. A wait of hours goes through the table and the sweep; their clock is moved, SQS's
// own is not.

import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientConfig, withoutRecursionDetection } from '../../infra/aws/clients.ts';
import { s3Payloads } from '../../infra/aws/payloads.ts';
import { sqsQueue } from '../../infra/aws/queue.ts';
import { dynamodbTable } from '../../infra/aws/table.ts';
import { type AwsResources, awsResources } from './aws-resources.ts';
import { payloadsContract } from './payloads-contract.ts';
import { CONTRACT_MAX_RECEIVE_COUNT, queueContract } from './queue-contract.ts';
import { tableContract } from './table-contract.ts';

let aws: AwsResources;
beforeAll(async () => {
  aws = await awsResources();
});
afterAll(() => aws?.close());

tableContract('DynamoDB', async () => ({
  table: dynamodbTable({ client: aws.dynamodb, ...(await aws.makeTable()) }),
}));

payloadsContract('S3', async () => ({
  payloads: s3Payloads({ bucket: await aws.makeBucket(), clientOptions: aws.s3Options }),
}));

queueContract('SQS', async () => {
  const [advance, call, table] = await Promise.all([
    aws.makeQueue(CONTRACT_MAX_RECEIVE_COUNT),
    aws.makeQueue(CONTRACT_MAX_RECEIVE_COUNT),
    aws.makeTable(),
  ]);
  let jumped = 0;
  const clock = { now: () => Date.now() + jumped };
  return {
    queue: sqsQueue({
      client: aws.sqs,
      urls: { advance: advance.url, call: call.url },
      table: dynamodbTable({ client: aws.dynamodb, ...table }),
      clock,
      waitSeconds: 1,
    }),
    clock,
    idle: () => {},
    jump: (ms) => {
      jumped += ms;
    },
    deadLetters: async () => {
      const QueueUrl = advance.deadLetterUrl;
      const { Messages = [] } = await aws.sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
      return Messages.map(({ Body = '' }) => Body);
    },
  };
});

test('clients speak to a local endpoint in path style and keep their connections', () => {
  const config = clientConfig({ endpoint: 'http://127.0.0.1:4566' });
  expect(config).toMatchObject({ forcePathStyle: true, requestHandler: { httpsAgent: { keepAlive: true } } });
});

test('clients do not hand on the trace id that lets Lambda see a loop', () => {
  const detects = (client: SQSClient) => client.middlewareStack.identify().join().includes('recursionDetection');
  expect(detects(new SQSClient({}))).toBe(true);
  expect(detects(withoutRecursionDetection(new SQSClient({})))).toBe(false);
});

describe('trouble of the service passes through as the SDK throws it', () => {
  const key = { pk: 'a', sk: '0' };
  const table = () => dynamodbTable({ client: aws.dynamodb, tableName: 'stepwell-no-such-table', indexName: 'list' });

  test('no table', async () => {
    const expected = { name: 'ResourceNotFoundException' };
    await expect(table().put(key, { if: 'absent' })).rejects.toMatchObject(expected);
    await expect(table().update(key, { a: 1 })).rejects.toMatchObject(expected);
    await expect(table().get(key)).rejects.toMatchObject(expected);
    await expect(table().query({ pk: 'a' })).rejects.toMatchObject(expected);
  });

  test('no queue', async () => {
    const { url } = await aws.makeQueue(CONTRACT_MAX_RECEIVE_COUNT);
    const urls = { advance: `${url}-gone`, call: `${url}-gone` };
    const queue = sqsQueue({ client: aws.sqs, urls, table: table(), clock: { now: () => Date.now() } });
    const expected = { name: 'QueueDoesNotExist' };
    await expect(queue.send([{ queue: 'advance', body: '{}' }])).rejects.toMatchObject(expected);
    await expect(queue.receive('advance', 1, 30)).rejects.toMatchObject(expected);
  });

  test('no bucket, but whoever reads is told which object of which bucket', async () => {
    const payloads = s3Payloads({ bucket: 'stepwell-no-such-bucket', clientOptions: aws.s3Options });
    await expect(payloads.put('k', Uint8Array.of(1))).rejects.toMatchObject({ name: 'NoSuchBucket' });
    const message = /^The object k of the bucket stepwell-no-such-bucket cannot be read: NoSuchBucket: ./;
    await expect(payloads.get('k')).rejects.toMatchObject({
      name: 'Unreadable',
      message: expect.stringMatching(message),
    });
  });
});
