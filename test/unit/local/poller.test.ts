import type { SQSEvent } from 'aws-lambda';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Embedded, openEmbedded } from '../../../infra/embedded/index.ts';
import { systemClock as clock } from '../../../infra/system-clock.ts';
import { type Poller, type SqsHandler, startPoller } from '../../../local/poller.ts';

const arn = 'arn:aws:sqs:us-east-1:123456789012:stepwell-advance';
const nothingFailed = { batchItemFailures: [] };

let embedded: Embedded;
let pollers: Poller[];
let troubles: unknown[];

beforeEach(() => {
  embedded = openEmbedded({ clock });
  pollers = [];
  troubles = [];
});

afterEach(async () => {
  await Promise.all(pollers.map((poller) => poller.stop()));
  embedded.close();
});

function start(handler: SqsHandler): void {
  const report = (trouble: unknown) => troubles.push(trouble);
  pollers.push(
    startPoller({ queue: embedded.queue, name: 'advance', handler, clock, arn, region: 'us-east-1', report }),
  );
}

const send = (...bodies: string[]) => embedded.queue.send(bodies.map((body) => ({ queue: 'advance', body })));

/** Gives the events that the handler has met once it has met so many messages, all answered as successes. */
function collect(count: number): { handler: SqsHandler; events: Promise<SQSEvent[]> } {
  const events: SQSEvent[] = [];
  const { promise, resolve } = Promise.withResolvers<SQSEvent[]>();
  const handler: SqsHandler = async (event) => {
    events.push(event);
    if (events.flatMap(({ Records }) => Records).length >= count) resolve(events);
    return nothingFailed;
  };
  return { handler, events: promise };
}

test('a handler gets an event as SQS writes it', async () => {
  const { handler, events } = collect(1);
  await send('{"run":"1"}');
  start(handler);
  expect((await events)[0]).toEqual({
    Records: [
      {
        messageId: expect.any(String),
        receiptHandle: expect.any(String),
        body: '{"run":"1"}',
        attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: expect.stringMatching(/^\d{13}$/),
          SenderId: expect.any(String),
          ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
        },
        messageAttributes: {},
        md5OfBody: '6cdb0afb3aa460785be559aa6617958d',
        eventSource: 'aws:sqs',
        eventSourceARN: arn,
        awsRegion: 'us-east-1',
      },
    ],
  });
});

test('messages come in batches of at most ten, each once, and are gone when handled', async () => {
  const bodies = Array.from({ length: 25 }, (_, i) => String(i));
  const { handler, events } = collect(25);
  await send(...bodies);
  start(handler);
  const batches = (await events).map(({ Records }) => Records.map(({ body }) => body));
  expect(batches.map((batch) => batch.length)).toEqual([10, 10, 5]);
  expect(batches.flat()).toEqual(bodies);
  await pollers[0]!.stop();
  expect(embedded.queue.nextVisibleAt('advance')).toBeUndefined();
});

test('a message sent later wakes the poller', async () => {
  const { handler, events } = collect(1);
  start(handler);
  await send('late');
  expect((await events)[0]!.Records[0]!.body).toBe('late');
});

test('a message reported as failed stays, with the time the handler gave it; its neighbours go', async () => {
  const { promise: handled, resolve } = Promise.withResolvers<void>();
  await send('good', 'bad');
  start(async ({ Records }) => {
    const bad = Records.find(({ body }) => body === 'bad')!;
    await embedded.queue.postpone('advance', bad.receiptHandle, 1000);
    resolve();
    return { batchItemFailures: [{ itemIdentifier: bad.messageId }] };
  });
  await handled;
  await pollers[0]!.stop();
  expect(embedded.queue.nextVisibleAt('advance')).toBeGreaterThan(Date.now() + 900_000);
  expect(troubles).toEqual([]);
});

test('a handler that dies gets its messages again, and the trouble is told', async () => {
  const { promise: second, resolve } = Promise.withResolvers<string>();
  await send('again');
  start(async ({ Records }) => {
    const count = Records[0]!.attributes.ApproximateReceiveCount;
    if (count === '1') throw new Error('died');
    resolve(count);
    return nothingFailed;
  });
  expect(await second).toBe('2');
  expect(troubles).toEqual([new Error('died')]);
});

test('the handler is told the time it has: less than a minute', async () => {
  const { promise, resolve } = Promise.withResolvers<number>();
  await send('x');
  start(async (_event, context) => {
    resolve(context.getRemainingTimeInMillis());
    return nothingFailed;
  });
  const left = await promise;
  expect(left).toBeLessThanOrEqual(60_000);
  expect(left).toBeGreaterThan(0);
});

test('stop waits for the batches in flight and takes no further message', async () => {
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const { promise: mayEnd, resolve: letEnd } = Promise.withResolvers<void>();
  const seen: string[] = [];
  await send('first');
  start(async ({ Records }) => {
    begin();
    await mayEnd;
    seen.push(...Records.map(({ body }) => body));
    return nothingFailed;
  });
  await begun;
  const stopped = pollers[0]!.stop();
  await send('second');
  letEnd();
  await stopped;
  expect(seen).toEqual(['first']);
  expect(embedded.queue.nextVisibleAt('advance')).toBeLessThanOrEqual(Date.now());
});
