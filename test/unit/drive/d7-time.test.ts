// D7: delay is the queue's business. Waiting costs nothing, whatever its length; timers may come early or late.
import { describe, expect, test } from 'vitest';
import type { Queue } from '../../../core/ports.ts';
import { callback, callbackWorld } from '../../support/callbacks.ts';
import { chain, single, task, waitFor } from '../../support/definitions.ts';
import { EPOCH, memoryWorld } from '../../support/memory-world.ts';

const DAY = 86_400_000;

test.each([1, 60, 901, 86_400, 31_536_000])('D7: a Wait of %i s ends to the millisecond', async (seconds) => {
  const { status, stopDate } = await memoryWorld().run(waitFor(seconds));
  expect({ status, stopDate }).toEqual({ status: 'SUCCEEDED', stopDate: EPOCH + seconds * 1000 });
});

test('D7: waiting for a year does nothing at all in between', async () => {
  const world = memoryWorld();
  await world.start(waitFor(365 * 86_400));
  await world.pass(DAY);
  world.table.reset();
  world.queue.reset();
  await world.pass(363 * DAY);
  const { puts, gets, queries } = world.table.reading();
  const { messagesSent, messagesReceived } = world.queue.reading();
  expect({ puts, gets, queries, messagesSent, messagesReceived }).toEqual({
    puts: 0,
    gets: 0,
    queries: 0,
    messagesSent: 0,
    messagesReceived: 0,
  });
});

/** Delivers the first timers this much off. */
function shifted(ms: number): (inside: Queue) => Queue {
  let isFirst = true;
  return (inside) => ({
    ...inside,
    async send(messages) {
      const timed = messages.filter(({ at }) => at !== undefined);
      if (!isFirst || timed.length === 0) return await inside.send(messages);
      isFirst = false;
      await inside.send(messages.map((each) => (each.at === undefined ? each : { ...each, at: each.at + ms })));
    },
  });
}

describe.each([
  ['a Wait', waitFor(60), 60_000],
  ['a Retry', chain(1, 'flaky', { Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 60 }] }), 60_000],
])('%s', (_what, definition, dueMs) => {
  const flaky = (_payload: never, attempt: number) => {
    if (attempt === 1) throw new Error('not yet');
  };

  test('D7: whose timer comes early waits on', async () => {
    const outcome = await memoryWorld({ flaky }, {}, { queue: shifted(-7_000) }).run(definition);
    expect(outcome).toMatchObject({ status: 'SUCCEEDED', stopDate: EPOCH + dueMs });
  });

  test('D7: whose timer comes early gets it again under the same id, since who holds it may go by another clock', async () => {
    const world = memoryWorld({ flaky }, {}, { queue: shifted(-7_000) });
    await world.run(definition);
    const timers = world.delivered.map(({ body }) => JSON.parse(body)).filter(({ kind }) => kind === 'timer');
    expect(timers.map(({ id }) => id)).toEqual([timers[0].id, timers[0].id]);
  });

  test('D7: whose timer comes late goes on late', async () => {
    const outcome = await memoryWorld({ flaky }, {}, { queue: shifted(7_000) }).run(definition);
    expect(outcome).toMatchObject({ status: 'SUCCEEDED', stopDate: EPOCH + dueMs + 7_000 });
  });
});

test('D7: a Retry waits as long as its backoff says, beyond 15 minutes, too', async () => {
  const started: number[] = [];
  const world = memoryWorld({
    failing() {
      started.push(world.clock.now() - EPOCH);
      throw new Error('always');
    },
  });
  const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 400, BackoffRate: 3, MaxAttempts: 3 }];
  expect(await world.run(chain(1, 'failing', { Retry }))).toMatchObject({ status: 'FAILED' });
  expect(started).toEqual([0, 400_000, 1_600_000, 5_200_000]);
});

describe('the timeout of a machine', () => {
  const TimeoutSeconds = 30;
  test.each([
    ['a call', single(task('work'), { TimeoutSeconds }), 0],
    ['a Wait', single({ Type: 'Wait', Seconds: 500, End: true }, { TimeoutSeconds }), 0],
    ['a late timer', single({ Type: 'Wait', Seconds: 500, End: true }, { TimeoutSeconds }), 9_000],
    ['an early timer', single({ Type: 'Wait', Seconds: 500, End: true }, { TimeoutSeconds }), -9_000],
  ])('D7: ends it at startDate + TimeoutSeconds exactly, during %s', async (_what, definition, ms) => {
    const outcome = await memoryWorld({ work: () => new Promise(() => {}) }, {}, { queue: shifted(ms) }).run(
      definition,
    );
    expect(outcome.status).toBe('TIMED_OUT');
    expect(outcome.stopDate).toBe(outcome.startDate + 30_000);
    expect(outcome.error).toBeUndefined();
    expect(outcome.chain.at(-1)).toBe(`${outcome.chain.length}<0 ExecutionTimedOut`);
  });

  test('D7: wins over an answer that comes after it', async () => {
    const world = memoryWorld({ work: () => world.sleep(31_000) }, {}, { queue: shifted(60_000) });
    const outcome = await world.run(single(task('work'), { TimeoutSeconds }));
    expect(outcome).toMatchObject({ status: 'TIMED_OUT', stopDate: EPOCH + 30_000 });
  });
});

test('D7: an answer after the deadline of its task is refused, though no timer has ended the task yet', async () => {
  const { world, tokens } = callbackWorld({}, { queue: shifted(60_000) });
  const creation = await world.start(callback('keep', { TimeoutSeconds: 30 }));
  await world.pass(31_000);
  const answer = world.api('SendTaskSuccess', { taskToken: tokens[0], output: '1' });
  await expect(answer).rejects.toMatchObject({ name: 'TaskTimedOut' });
  await world.settle();
  expect(await world.outcomeOf(creation)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
});
