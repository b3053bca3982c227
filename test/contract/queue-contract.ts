// What every Queue promises, whatever it stands on. Time is the adapter's: a virtual clock moves when the queue has
// nothing to give, the real one moves while a receive waits. So no test sleeps.

import { afterAll, describe, expect, test } from 'vitest';
import type { Clock, Queue, QueueName, Received } from '../../core/ports.ts';

export interface QueueHarness {
  /** Dead letters after three receives. */
  queue: Queue;
  clock: Pick<Clock, 'now'>;
  /** A receive came back empty: lets a second go by where time does not go by itself. */
  idle(): void;
  /** Moves the adapter's clock, whatever SQS thinks of it. */
  jump(ms: number): void;
  /** Bodies in the dead-letter queue. */
  deadLetters(): Promise<string[]>;
  close?(): unknown;
}

export const CONTRACT_MAX_RECEIVE_COUNT = 3;

/** Receives that come back empty until we believe that there is nothing. */
const EMPTY_RECEIVES = 2;
const HOUR_MS = 3_600_000;

export function queueContract(name: string, make: () => QueueHarness | Promise<QueueHarness>): void {
  // Side by side, because on a real clock each promise takes its seconds; so each has queues of its own.
  describe(`queue: ${name}`, { timeout: 60_000, concurrent: true }, () => {
    const started: QueueHarness[] = [];
    const start = async () => {
      const harness = await make();
      started.push(harness);
      return harness;
    };
    afterAll(async () => {
      for (const harness of started) await harness.close?.();
    });

    describe('delivery', () => deliveryPromises(start));
    describe('visibility', () => visibilityPromises(start));
    describe('time', () => timePromises(start));
  });
}

function deliveryPromises(start: () => Promise<QueueHarness>): void {
  test('a message arrives with its body, an id, a receipt and a first receive', async () => {
    const harness = await start();
    const { queue, clock } = harness;
    await queue.send([{ queue: 'advance', body: '{"n":1}' }]);
    const [message] = await collect(harness, 'advance', 1);
    expect(message).toMatchObject({ body: '{"n":1}', receiveCount: 1 });
    expect(message?.id).toMatch(/./);
    expect(message?.receipt).toMatch(/./);
    expect(Math.abs(message!.sentAt - clock.now())).toBeLessThan(60_000);
  });

  test('a body may be any JSON text', async () => {
    const harness = await start();
    const { queue } = harness;
    const value = { text: 'Grüße 漢字 \u{1F600} \u0000\u0001\u007f\u2028\ud800\ufeff\ufffd\ufffe\uffff "\\\n<&>' };
    await queue.send([{ queue: 'advance', body: JSON.stringify(value) }]);
    const [message] = await collect(harness, 'advance', 1);
    expect(JSON.parse(message!.body)).toEqual(value);
  });

  test('each queue gives its own messages', async () => {
    const harness = await start();
    const { queue } = harness;
    await queue.send([
      { queue: 'advance', body: 'a' },
      { queue: 'call', body: 'c' },
    ]);
    expect(bodies(await collect(harness, 'call', 1))).toEqual(['c']);
    expect(bodies(await collect(harness, 'advance', 1))).toEqual(['a']);
  });

  test('a send takes any number of messages, and none', async () => {
    const harness = await start();
    const { queue } = harness;
    await queue.send([]);
    const sent = Array.from({ length: 25 }, (_, number) => `m${number}`);
    await queue.send(sent.map((body) => ({ queue: 'advance', body })));
    const messages = await collect(harness, 'advance', sent.length);
    expect(bodies(messages).sort()).toEqual(sent.sort());
    expect(new Set(messages.map(({ id }) => id)).size).toBe(sent.length);
  });

  test('a receive gives at most what it is asked for', async () => {
    const harness = await start();
    const { queue } = harness;
    await queue.send(['1', '2', '3'].map((body) => ({ queue: 'advance', body })));
    expect((await queue.receive('advance', 2, 30)).length).toBeLessThanOrEqual(2);
  });

  test('bodies of 200 KB arrive whole, several in one send', async () => {
    const harness = await start();
    const { queue } = harness;
    const sent = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(200 * 1024));
    await queue.send(sent.map((body) => ({ queue: 'call', body })));
    expect(bodies(await collect(harness, 'call', sent.length)).sort()).toEqual(sent);
  });

  test('a deleted message never comes again', async () => {
    const harness = await start();
    const { queue } = harness;
    await queue.send([{ queue: 'advance', body: 'x' }]);
    const [message] = await collect(harness, 'advance', 1, 1);
    await queue.delete('advance', message!.receipt);
    expect(await nothing(harness, 'advance')).toBe(true);
  });
}

function visibilityPromises(start: () => Promise<QueueHarness>): void {
  test('a received message is nobody else’s while its visibility timeout lasts', async () => {
    const harness = await start();
    const { queue } = harness;
    await queue.send([{ queue: 'advance', body: 'x' }]);
    await collect(harness, 'advance', 1, 30);
    expect(await queue.receive('advance', 10, 30)).toEqual([]);
  });

  test('a message not deleted in time comes again, counted, with a new receipt', async () => {
    const harness = await start();
    const { queue } = harness;
    await queue.send([{ queue: 'advance', body: 'x' }]);
    const [first] = await collect(harness, 'advance', 1, 1);
    const [second] = await collect(harness, 'advance', 1, 30);
    expect(second).toMatchObject({ id: first!.id, body: 'x', receiveCount: 2, sentAt: first!.sentAt });
    expect(second!.receipt).not.toBe(first!.receipt);
  });

  test('a postponed message stays away longer than its visibility timeout', async () => {
    const harness = await start();
    const { queue } = harness;
    await queue.send([{ queue: 'advance', body: 'x' }]);
    const [message] = await collect(harness, 'advance', 1, 1);
    await queue.postpone('advance', message!.receipt, 600);
    expect(await nothing(harness, 'advance')).toBe(true);
  });

  test('a message postponed by nothing comes again at once', async () => {
    const harness = await start();
    const { queue } = harness;
    await queue.send([{ queue: 'advance', body: 'x' }]);
    const [message] = await collect(harness, 'advance', 1, 600);
    await queue.postpone('advance', message!.receipt, 0);
    expect(await collect(harness, 'advance', 1)).toMatchObject([{ body: 'x', receiveCount: 2 }]);
  });

  test('a postponed message can still be deleted', async () => {
    const harness = await start();
    const { queue } = harness;
    await queue.send([{ queue: 'advance', body: 'x' }]);
    const [message] = await collect(harness, 'advance', 1, 30);
    await queue.postpone('advance', message!.receipt, 1);
    await queue.delete('advance', message!.receipt);
    expect(await nothing(harness, 'advance')).toBe(true);
  });

  test('a message received too often without a delete is a dead letter, the others are not', async () => {
    const harness = await start();
    const { queue, deadLetters } = harness;
    await queue.send([{ queue: 'advance', body: 'poison' }]);
    for (let count = 1; count <= CONTRACT_MAX_RECEIVE_COUNT; count += 1) {
      const [message] = await collect(harness, 'advance', 1, 600);
      expect(message).toMatchObject({ body: 'poison', receiveCount: count });
      await queue.postpone('advance', message!.receipt, 0);
    }
    await queue.send([{ queue: 'advance', body: 'fine' }]);
    expect(bodies(await collect(harness, 'advance', 1, 600))).toEqual(['fine']);
    expect(await nothing(harness, 'advance')).toBe(true);
    expect(await deadLetters()).toEqual(['poison']);
  });
}

function timePromises(start: () => Promise<QueueHarness>): void {
  test('a message for later does not come before its time, one for the past comes at once', async () => {
    const harness = await start();
    const { queue, clock } = harness;
    const at = clock.now() + 2_000;
    await queue.send([
      { queue: 'advance', body: 'later', at },
      { queue: 'advance', body: 'past', at: clock.now() - HOUR_MS },
    ]);
    expect(bodies(await collect(harness, 'advance', 1, 600))).toEqual(['past']);
    expect(bodies(await collect(harness, 'advance', 1, 600))).toEqual(['later']);
    expect(clock.now()).toBeGreaterThanOrEqual(at);
  });

  test.each([1, 24, 24 * 365])('a message for in %d hours comes then and not before', async (hours) => {
    const harness = await start();
    const { queue, clock, jump } = harness;
    const at = clock.now() + hours * HOUR_MS;
    await queue.send([{ queue: 'advance', body: 'much later', at }]);
    jump((hours * HOUR_MS) / 2);
    await queue.sweep(clock.now());
    expect(await queue.receive('advance', 10, 30)).toEqual([]);
    jump((hours * HOUR_MS) / 2);
    await queue.sweep(clock.now());
    expect(bodies(await collect(harness, 'advance', 1, 600))).toEqual(['much later']);
    expect(await queue.sweep(clock.now())).toBe(0);
  });
}

/** Receives until there are so many messages; the test's time limit ends what never comes. */
async function collect(harness: QueueHarness, queue: QueueName, count: number, visibilitySeconds = 600) {
  const messages: Received[] = [];
  while (messages.length < count) {
    const received = await harness.queue.receive(queue, Math.min(10, count - messages.length), visibilitySeconds);
    if (received.length === 0) harness.idle();
    messages.push(...received);
  }
  return messages;
}

/** True when nothing comes for a while. */
async function nothing(harness: QueueHarness, queue: QueueName): Promise<boolean> {
  for (let turn = 0; turn < EMPTY_RECEIVES; turn += 1) {
    if ((await harness.queue.receive(queue, 10, 600)).length > 0) return false;
    harness.idle();
  }
  return true;
}

const bodies = (messages: Received[]) => messages.map(({ body }) => body);
