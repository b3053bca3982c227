// What the examples' triggers do not show: events of a rule, batches of messages, a second deployment of a folder.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { events, place, sqs } from './clients.ts';
import { deployFolder, endedExecutions, removeProject, withFolder } from './projects.ts';

const project = 'integration-triggers';
const pass = { StartAt: 'Pass', States: { Pass: { Type: 'Pass', End: true } } };
let queue: string;
let QueueUrl: string;

beforeAll(async () => {
  QueueUrl = (await sqs.createQueue({ QueueName: `stepwell-batches-${crypto.randomUUID()}` })).QueueUrl!;
  const { Attributes } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['QueueArn'] });
  queue = Attributes!.QueueArn!;
  await withFolder(folderWith(['shop']), deployFolder);
});

afterAll(async () => {
  await removeProject(project);
  await sqs.deleteQueue({ QueueUrl });
});

const folderWith = (source: string[]) => ({
  'on-event.asl.json': pass,
  'on-batch.asl.json': pass,
  'stepwell.yaml': {
    project,
    machines: {
      'on-event': { triggers: [{ event: { pattern: { source, detail: { total: [{ numeric: ['>', 100] }] } } } }] },
      'on-batch': { triggers: [{ sqs: { queue, executionPer: 'batch', batchSize: 10, batchWindowSeconds: 2 } }] },
    },
  },
});

async function put(Source: string, total: number): Promise<void> {
  const DetailType = 'Order';
  const { FailedEntryCount } = await events.putEvents({
    Entries: [{ Source, DetailType, Detail: JSON.stringify({ total }) }],
  });
  expect(FailedEntryCount).toBe(0);
}

async function totals(): Promise<number[]> {
  return (await endedExecutions('on-event')).map(({ input }) => JSON.parse(input!).detail.total).toSorted();
}

test('an event that matches a rule starts an execution with the event as its input', async () => {
  await put('shop', 50);
  await put('warehouse', 400);
  await put('shop', 500);
  await expect.poll(totals).toEqual([500]);
});

test('a folder deployed again changes what its triggers listen to', async () => {
  const printed = await withFolder(folderWith(['warehouse']), deployFolder);
  expect(printed).toContain('on-event');
  await put('shop', 600);
  await put('warehouse', 700);
  await expect.poll(totals).toEqual([500, 700]);
});

test('no message of a queue is in two batches, and none is left', async () => {
  const numbers = Array.from({ length: 20 }, (_, number) => String(number));
  for (const half of [numbers.slice(0, 10), numbers.slice(10)])
    await sqs.sendMessageBatch({ QueueUrl, Entries: half.map((Id) => ({ Id, MessageBody: Id })) });
  const received = async () =>
    (await endedExecutions('on-batch'))
      .flatMap(({ input }) => JSON.parse(input!).map(({ body }: { body: string }) => body))
      .toSorted((a, b) => a - b);
  await expect.poll(received).toEqual(numbers);
  expect((await endedExecutions('on-batch')).length).toBeLessThan(20);
  expect(place.account).toBe(queue.split(':')[4]);
});
