// The deployed bundles in a process of their own, as Lambda has them: a batch of messages, one invocation, and what it
// took of processor and memory. Told by its parent what to run; tells what it measured.

import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';

export interface Order {
  definition: object;
  input: object;
  executions: number;
  /** Messages to one invocation. */
  batch: number;
}

export interface Measured {
  cpuMs: number;
  wallMs: number;
  invocations: number;
  residentBytes: number;
}

export interface Loaded {
  /** Until the bundle could take its first event. */
  importMs: number;
}

type Handler = (event: object, context: object) => Promise<{ body: string; statusCode?: number }>;

const bundle = (name: string) => new URL(`../dist/lambda/${name}.mjs`, import.meta.url).href;
const start = performance.now();
const { handler: advance }: { handler: Handler } = await import(bundle('advance'));
const importMs = performance.now() - start;
const { handler: api }: { handler: Handler } = await import(bundle('api'));
const sqs = new SQSClient();
const QueueUrl = process.env.ADVANCE_QUEUE_URL;
let machines = 0;

async function call(action: string, input: object): Promise<Record<string, string>> {
  const headers = { 'x-amz-target': `AWSStepFunctions.${action}` };
  const event = { headers, body: JSON.stringify(input), requestContext: { http: { method: 'POST' } } };
  const { statusCode, body } = await api(event, {});
  if (statusCode !== 200) throw new Error(`${action}: ${body}`);
  return JSON.parse(body);
}

async function run({ definition, input, executions, batch }: Order): Promise<Measured> {
  const name = `worker${++machines}`;
  const roleArn = 'arn:aws:iam::123456789012:role/bench';
  const { stateMachineArn } = await call('CreateStateMachine', {
    name,
    roleArn,
    definition: JSON.stringify(definition),
  });
  const measured = { cpuMs: 0, wallMs: 0, invocations: 0 };
  for (let started = 0; started < executions; started += batch) {
    for (let i = 0; i < batch; i++) await call('StartExecution', { stateMachineArn, input: JSON.stringify(input) });
    await work(batch, measured);
  }
  return { ...measured, residentBytes: process.memoryUsage.rss() };
}

async function work(batch: number, measured: Omit<Measured, 'residentBytes'>): Promise<void> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: batch, WaitTimeSeconds: 1 }),
  );
  if (Messages.length !== batch) throw new Error(`${Messages.length} messages came, not ${batch}.`);
  const Records = Messages.map(({ MessageId, ReceiptHandle, Body }) => ({
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: { ApproximateReceiveCount: '1' },
    eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:stepwell-bench-advance',
  }));
  const before = { cpu: process.cpuUsage(), wall: performance.now() };
  await advance({ Records } as unknown as SQSEvent, { getRemainingTimeInMillis: () => 60_000 });
  const { user, system } = process.cpuUsage(before.cpu);
  measured.cpuMs += (user + system) / 1000;
  measured.wallMs += performance.now() - before.wall;
  measured.invocations++;
  const Entries = Messages.map(({ ReceiptHandle }, id) => ({ Id: String(id), ReceiptHandle }));
  await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
}

process.on('message', async (order: Order) => process.send!(await run(order)));
process.send!({ importMs } satisfies Loaded);
