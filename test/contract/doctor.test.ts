// The doctor of a deployment: the real handlers on DynamoDB, SQS and S3 (dynalite and fauxqs), with a clock that is moved by
// hand; a purged queue, objects that are gone from the bucket, a bucket that is gone, and a message that is not ours.
import { randomUUID } from 'node:crypto';
import { DeleteObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { handleRequest } from '../../core/api/wire.ts';
import { LIMITS } from '../../core/limits.ts';
import type { World } from '../../core/world.ts';
import { createAdvanceHandler } from '../../handlers/advance.ts';
import { createDeadLetterHandler } from '../../handlers/dead-letter.ts';
import { clientConfig } from '../../infra/aws/clients.ts';
import { s3Payloads } from '../../infra/aws/payloads.ts';
import { sqsQueue } from '../../infra/aws/queue.ts';
import { dynamodbTable } from '../../infra/aws/table.ts';
import { virtualClock } from '../../infra/memory/clock.ts';
import { systemClock } from '../../infra/system-clock.ts';
import { sqsEvent } from '../../local/poller.ts';
import { waitFor } from '../support/definitions.ts';
import { testFunctions } from '../support/test-functions.ts';
import { type AwsResources, awsResources } from './aws-resources.ts';

const HOUR = 3_600_000;
const ROLE = 'arn:aws:iam::123456789012:role/test';
const QUEUE = { arn: 'arn:aws:sqs:us-east-1:123456789012:stepwell-advance', region: 'us-east-1' };
const clock = virtualClock(systemClock.now());

let aws: AwsResources;
let world: World;
let bucket: string;
let advance: string;
beforeAll(async () => {
  aws = await awsResources();
  bucket = await aws.makeBucket();
  advance = (await aws.makeQueue(20)).url;
  const table = dynamodbTable({ client: aws.dynamodb, ...(await aws.makeTable()) });
  const urls = { advance, call: (await aws.makeQueue(20)).url };
  const limits = { transitionsPerMessage: 25, callsPerWorker: 50, activityPollMs: 0, retentionDays: 21 };
  world = {
    table,
    queue: sqsQueue({ client: aws.sqs, urls, table, clock, waitSeconds: 1 }),
    payloads: s3Payloads({ bucket, clientOptions: aws.s3Options }),
    clock,
    lambda: testFunctions({}).lambda,
    random: Math.random,
    newId: randomUUID,
    settings: { account: '123456789012', region: 'us-east-1', partition: 'aws', limits: LIMITS.aws, ...limits },
  };
});
afterAll(() => aws.close());

type Found = { kind: string; subject: string; cause?: string; repaired?: boolean };

async function api(action: string, body: object) {
  const headers = { 'x-amz-target': action };
  const answer = await handleRequest(world, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: answer.status, ...JSON.parse(answer.body) };
}

async function start(name: string, input: object): Promise<string> {
  const definition = JSON.stringify(waitFor(60));
  const { stateMachineArn } = await api('AWSStepFunctions.CreateStateMachine', { name, definition, roleArn: ROLE });
  const request = { stateMachineArn, name: 'e', input: JSON.stringify(input) };
  return (await api('AWSStepFunctions.StartExecution', request)).executionArn;
}

const describeIt = (executionArn: string) => api('AWSStepFunctions.DescribeExecution', { executionArn });

/** What an event source does with the messages that are there. */
async function deliver(count: number): Promise<void> {
  const handler = createAdvanceHandler(world, () => {});
  for (let delivered = 0; delivered < count; ) {
    const received = await world.queue.receive('advance', 10, 90);
    delivered += received.length;
    await handler(sqsEvent(received, QUEUE), { getRemainingTimeInMillis: () => 60_000 });
    for (const { receipt } of received) await world.queue.delete('advance', receipt);
  }
}

async function found(action: string): Promise<Found[]> {
  return (await api(`Stepwell.${action}`, { thorough: true })).findings;
}

test('what is stuck is found, told to callers in a sentence, and goes on once it can', {
  timeout: 60_000,
}, async () => {
  const text = Array.from({ length: 4_000 }, () => randomUUID()).join(' ');
  const [plain, large] = [await start('a-plain', {}), await start('b-large', { text })];
  await deliver(2);
  expect(await found('Diagnose')).toEqual([]);
  await aws.sqs.send(new PurgeQueueCommand({ QueueUrl: advance }));
  clock.advanceTo(clock.now() + HOUR);

  // An object that is gone.
  const s3 = new S3Client(clientConfig(aws.s3Options));
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
  const kept = new Map<string, Uint8Array>();
  for (const { Key = '' } of Contents) {
    kept.set(Key, (await world.payloads.get(Key))!);
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
  }
  s3.destroy();
  expect(kept.size).toBeGreaterThan(0);
  const told = await describeIt(large);
  expect(told).toMatchObject({ status: 500, __type: 'InternalFailure' });
  expect(told.message).toMatch(/^The object run#.* of the payload store is not there/);
  expect(await found('Diagnose')).toMatchObject([
    { kind: 'overdue', subject: plain },
    { kind: 'unreadable', subject: large },
  ]);

  // A bucket that is gone.
  const { payloads } = world;
  world.payloads = s3Payloads({ bucket: `${bucket}-gone`, clientOptions: aws.s3Options });
  expect((await describeIt(large)).message).toMatch(/of the bucket .*-gone cannot be read: NoSuchBucket/);
  expect(await found('Diagnose')).toMatchObject([{ subject: plain }, { kind: 'unreadable', subject: large }]);
  world.payloads = payloads;

  expect(await found('Repair')).toMatchObject([{ repaired: true }, { subject: large, repaired: false }]);
  for (const [key, body] of kept) await world.payloads.put(key, body);
  expect((await found('Repair')).map(({ subject }) => subject)).toContain(large);
  // The first repair has sent one already.
  await deliver(3);
  for (const executionArn of [plain, large]) expect((await describeIt(executionArn)).status).toBe('SUCCEEDED');
});

test('a message that is not ours lies on the shelf until it is discarded', async () => {
  const letter = { id: 'letter', receipt: 'r', body: 'not ours', receiveCount: 21, sentAt: 0 };
  await createDeadLetterHandler(world)(sqsEvent([letter], QUEUE) as SQSEvent, {});
  expect(await found('Repair')).toMatchObject([
    { kind: 'unreadable', subject: 'letter', cause: 'It is no message of Stepwell: it is not JSON', repaired: false },
  ]);
  await api('Stepwell.DiscardMessage', { messageId: 'letter' });
  expect(await found('Diagnose')).toEqual([]);
});
