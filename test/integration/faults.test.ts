// What goes wrong in a deployment, and what its waits beyond SQS's own come to. The clocks are real but short: a worker
// has 25 s instead of 60, SQS keeps a message for 10 s instead of 900 (SETTINGS in deployment.ts).

import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test, vi } from 'vitest';
import { dynamodb, lambda, place, sfn, sqs } from './clients.ts';
import { deployFunction, reconfigure } from './deploy-function.ts';
import { createMachine, endOf, history, typesOf } from './executions.ts';

const NOTICE = 'stepwell-integration-notice';
const ADVANCE = `stepwell-${place.stage}-advance`;

let advanceQueue: string;
let table: string;
/** Queues that tell of calls: of the execution that is late, and of the test that runs. */
let noticesOfLate: string;
let notices: string;
/** Begins before all tests, because it takes long. */
let late: string;
let dueAt: number;

beforeAll(async () => {
  await deployFunction(lambda, NOTICE, 'test/integration/functions/notice.ts', inject('functionRole'));
  const { ADVANCE_QUEUE_URL, TABLE } = await variablesOf(ADVANCE);
  advanceQueue = ADVANCE_QUEUE_URL!;
  table = TABLE!;

  notices = noticesOfLate = await createQueue();
  const Retry = [{ ErrorEquals: ['Error'], IntervalSeconds: 20, MaxAttempts: 1 }];
  const stateMachineArn = await createMachine({ StartAt: 'Call', States: { Call: call('late', 'fail', { Retry }) } });
  late = (await sfn.startExecution({ stateMachineArn })).executionArn!;
  const patience = { timeout: 60_000, interval: 200 };
  await vi.waitFor(async () => expect(typesOf(await history(late))).toContain('LambdaFunctionFailed'), patience);
  dueAt = (await history(late)).at(-1)!.timestamp!.getTime() + 20_000;
  await vi.waitFor(async () => expect(await timesKept()).toContain(dueAt), patience);
});

afterAll(async () => {
  await sqs.deleteQueue({ QueueUrl: noticesOfLate });
  await lambda.deleteFunction({ FunctionName: NOTICE });
});

beforeEach(async () => {
  notices = await createQueue();
});

afterEach(() => sqs.deleteQueue({ QueueUrl: notices }));

async function createQueue(): Promise<string> {
  return (await sqs.createQueue({ QueueName: `stepwell-notices-${crypto.randomUUID()}` })).QueueUrl!;
}

async function variablesOf(FunctionName: string): Promise<Record<string, string>> {
  return (await lambda.getFunctionConfiguration({ FunctionName })).Environment!.Variables!;
}

const call = (name: string, firstly: 'sleep' | 'fail', more: object) => ({
  Type: 'Task',
  Resource: `arn:aws:lambda:${place.region}:${place.account}:function:${NOTICE}`,
  Parameters: { name, firstly, queueUrl: notices, 'attempt.$': '$$.State.RetryCount' },
  ...more,
  End: true,
});

/** Names of the calls that have begun, until there are `count` of them. */
async function begun(count: number, QueueUrl = notices): Promise<string[]> {
  const names: string[] = [];
  while (names.length < count) {
    const { Messages = [] } = await sqs.receiveMessage({
      QueueUrl,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 20,
    });
    for (const { Body, ReceiptHandle } of Messages) {
      names.push(Body!);
      await sqs.deleteMessage({ QueueUrl, ReceiptHandle: ReceiptHandle! });
    }
  }
  return names.toSorted();
}

async function itemsOf(pk: string) {
  const { Items } = await dynamodb.scan({
    TableName: table,
    FilterExpression: 'begins_with(pk, :pk)',
    ExpressionAttributeValues: { ':pk': { S: pk } },
    ConsistentRead: true,
  });
  return Items!;
}

test('a worker killed in the middle of its calls: each fails once, and Retry says which is made again', async ({
  skip,
}) => {
  if (place.process === undefined) skip('Only in host mode are the workers processes that can be killed.');
  const Retry = [{ ErrorEquals: ['Lambda.SdkClientException'], IntervalSeconds: 1, MaxAttempts: 1 }];
  const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Tell' }];
  const { End: _, ...once } = call('once', 'sleep', { Catch, Next: 'Tell' });
  const States = { Once: once, Tell: { Type: 'Pass', End: true } };
  const Branches = [
    { StartAt: 'Again', States: { Again: call('again', 'sleep', { Retry }) } },
    { StartAt: 'Once', States },
  ];
  const stateMachineArn = await createMachine({
    StartAt: 'Both',
    States: { Both: { Type: 'Parallel', Branches, End: true } },
  });
  await reconfigure(lambda, ADVANCE, { Timeout: 25 });
  await sqs.setQueueAttributes({ QueueUrl: advanceQueue, Attributes: { VisibilityTimeout: '10' } });
  const { executionArn } = await sfn.startExecution({ stateMachineArn });
  expect(await begun(2)).toEqual(['again', 'once']);
  killProcessesOf(ADVANCE);
  await sqs.setQueueAttributes({ QueueUrl: advanceQueue, Attributes: { VisibilityTimeout: '90' } });
  await reconfigure(lambda, ADVANCE, { Timeout: 60 });

  const { status, output, events } = await endOf(executionArn!);
  expect(status).toBe('SUCCEEDED');
  const [again, told] = JSON.parse(output!);
  expect(again).toEqual({ attempt: 1 });
  expect(told.Error).toBe('Lambda.SdkClientException');
  expect(await begun(1)).toEqual(['again']);
  expect(typesOf(events).filter((type) => type === 'LambdaFunctionStarted')).toHaveLength(3);
});

test('messages that nobody can process are kept, and go on when the defect is mended', async () => {
  const right = await variablesOf(ADVANCE);
  const { Attributes } = await sqs.getQueueAttributes({ QueueUrl: advanceQueue, AttributeNames: ['RedrivePolicy'] });
  const { deadLetterTargetArn } = JSON.parse(Attributes!.RedrivePolicy!);
  const allowReceives = (maxReceiveCount: number) => {
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount });
    return sqs.setQueueAttributes({ QueueUrl: advanceQueue, Attributes: { RedrivePolicy } });
  };
  const stateMachineArn = await createMachine({ StartAt: 'Call', States: { Call: call('stalled', 'fail', {}) } });

  // A deployment gone wrong: its workers look for another table.
  await reconfigure(lambda, ADVANCE, { Environment: { Variables: { ...right, TABLE: `${table}-not` } } });
  await allowReceives(2);
  const { executionArn } = await sfn.startExecution({ stateMachineArn });
  await expect.poll(() => itemsOf('stalled')).toHaveLength(1);
  expect(await sfn.describeExecution({ executionArn })).toMatchObject({ status: 'RUNNING' });

  await reconfigure(lambda, ADVANCE, { Environment: { Variables: right } });
  await allowReceives(20);
  const Payload = JSON.stringify({ audit: true });
  const { FunctionError } = await lambda.invoke({ FunctionName: `stepwell-${place.stage}-sweep`, Payload });
  expect(FunctionError).toBeUndefined();
  expect(await endOf(executionArn!)).toMatchObject({
    status: 'FAILED',
    cause: expect.stringContaining('As I was told'),
  });
  expect(await itemsOf('stalled')).toHaveLength(0);
  expect(await begun(1)).toEqual(['stalled']);
});

test('a Retry that is due later than SQS can wait came through the table and the sweep', async () => {
  const { status, output, events } = await endOf(late);
  expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: '{"attempt":1}' });
  const again = events.findLast(({ type }) => type === 'LambdaFunctionScheduled')!;
  expect(again.timestamp!.getTime()).toBeGreaterThanOrEqual(dueAt);
  expect(await begun(2, noticesOfLate)).toEqual(['late', 'late']);
  // The schedule of the deployment, which comes every minute, has emptied its place.
  expect(await timesKept()).not.toContain(dueAt);
});

/** When the messages are due that wait in the table. */
async function timesKept(): Promise<number[]> {
  return (await itemsOf('later#')).map(({ at }) => Number(at!.N));
}

/** As the kernel does when memory runs out. */
function killProcessesOf(functionName: string): void {
  const ids = readdirSync('/proc')
    .map(Number)
    .filter((id) => parentOf(id) === place.process && isOf(id, functionName));
  expect(ids).not.toHaveLength(0);
  for (const id of ids) process.kill(id, 'SIGKILL');
}

function parentOf(id: number): number | undefined {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/status`, 'utf8'))![1]);
  } catch {
    return undefined; // No process, or over by now.
  }
}

function isOf(id: number, functionName: string): boolean {
  const environment = readFileSync(`/proc/${id}/environ`, 'utf8').split('\0');
  return environment.includes(`AWS_LAMBDA_FUNCTION_NAME=${functionName}`);
}
