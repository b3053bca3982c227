// D8: nothing is stuck silently, nothing is killed by us. The log knows what is owed, whatever became of the queue.
import { describe, expect, test } from 'vitest';
import type { Queue } from '../../../core/ports.ts';
import { readFrom } from '../../../core/store/log.ts';
import { listShelved } from '../../../core/store/stalled.ts';
import { createDeadLetterHandler } from '../../../handlers/dead-letter.ts';
import { createSweepHandler } from '../../../handlers/sweep.ts';
import { chain, mapOf, RETRY_LOST, task, waitFor } from '../../support/definitions.ts';
import { EPOCH, type MemoryWorld, memoryWorld } from '../../support/memory-world.ts';

const HOUR = 3_600_000;
const audit = (world: MemoryWorld) => createSweepHandler(world)({ audit: true });

const thenWork = (wait: object, more: object = {}) => ({
  StartAt: 'A',
  States: { A: { Type: 'Wait', Next: 'B', ...wait }, B: task('work') },
  ...more,
});

/** A queue that loses the messages about calls. */
const callsLost = (inside: Queue): Queue => ({
  ...inside,
  send: (messages) => inside.send(messages.filter(({ body }) => JSON.parse(body).kind !== 'call')),
});

describe('after the queue was purged', () => {
  test.each([
    ['not yet begun', chain(2, 'work'), undefined],
    ['in a Wait', thenWork({ Seconds: 60 }), 1_000],
    ['in a Wait of a machine with a timeout', thenWork({ Seconds: 60 }, { TimeoutSeconds: 5_000 }), 1_000],
    [
      'between two attempts',
      chain(1, 'flaky', { Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 60 }] }),
      1_000,
    ],
  ])('D8: the audit wakes an execution %s, which goes on to its end', async (_where, definition, after) => {
    const world: MemoryWorld = memoryWorld({
      work: () => 'done',
      flaky(_payload: never, attempt: number) {
        if (attempt === 1) throw new Error('not yet');
      },
    });
    const creation = await world.start(definition);
    if (after !== undefined) await world.pass(after);
    world.crash();
    world.purge();
    await world.pass(HOUR);
    expect((await world.outcomeOf(creation)).status).toBe('RUNNING');
    expect(await audit(world)).toMatchObject({ awakened: 1 });
    await world.settle();
    expect((await world.outcomeOf(creation)).status).toBe('SUCCEEDED');
    expect(await audit(world)).toMatchObject({ awakened: 0 });
  });

  test('D8: the audit has a call made whose message was lost', async () => {
    let isLosing = true;
    const queue = (inside: Queue): Queue => ({
      ...inside,
      send: (messages) => (isLosing ? callsLost(inside) : inside).send(messages),
    });
    const world = memoryWorld({ work: () => 'done' }, { transitionsPerMessage: 1 }, { queue });
    const creation = await world.start(chain(2, 'work'));
    await world.pass(HOUR);
    expect(world.invocations.size).toBe(0);
    isLosing = false;
    await audit(world);
    await world.settle();
    expect((await world.outcomeOf(creation)).output).toBe('done');
    expect(world.invocations.get('work')).toBe(2);
  });

  test('D8: the audit times out an execution whose deadline has passed', async () => {
    const world = memoryWorld();
    const creation = await world.start(thenWork({ Seconds: 9_000 }, { TimeoutSeconds: 100 }));
    await world.pass(1_000);
    world.purge();
    await world.pass(HOUR);
    await audit(world);
    await world.settle();
    const outcome = await world.outcomeOf(creation);
    expect(outcome).toMatchObject({ status: 'TIMED_OUT', stopDate: outcome.startDate + 100_000 });
  });

  test('D8: the audit finds a lost worker, and Retry decides', async () => {
    const world: MemoryWorld = memoryWorld({
      work: (_: never, attempt: number) => (attempt === 1 ? world.sleep(HOUR * 9) : 'done'),
    });
    const creation = await world.start(mapOf('work', {}, { Retry: RETRY_LOST }), [1]);
    await world.pass(0);
    world.crash();
    world.purge();
    await world.pass(HOUR);
    await audit(world);
    await world.settle();
    expect(await world.outcomeOf(creation)).toMatchObject({ status: 'SUCCEEDED', output: ['done'] });
  });

  test('D8: the audit goes on with a redrive whose request was lost after it was stored', async () => {
    let isAsked = false;
    let isLost = false;
    const world: MemoryWorld = memoryWorld(
      {
        flaky(_payload: never, attempt: number) {
          if (attempt === 1) throw new Error('not yet');
          return 'done';
        },
      },
      {},
      {
        table: (inside) => ({
          ...inside,
          async put(item, condition) {
            if (isLost) throw new Error('Nobody is here any more');
            isLost = isAsked && item.pk.startsWith('run#');
            return await inside.put(item, condition);
          },
          update: async (...args) => (isLost ? Promise.reject(new Error('Nobody')) : await inside.update(...args)),
        }),
        queue: (inside) => ({
          ...inside,
          send: async (messages) => (isLost ? Promise.reject(new Error('Nobody')) : await inside.send(messages)),
        }),
      },
    );
    const creation = await world.start(chain(1, 'flaky'));
    await world.settle();
    isAsked = true;
    await expect(world.api('RedriveExecution', { executionArn: creation.executionArn })).rejects.toThrow();
    isAsked = isLost = false;
    world.purge();
    await world.pass(HOUR);
    expect((await world.outcomeOf(creation)).status).toBe('RUNNING');
    expect(await audit(world)).toMatchObject({ awakened: 1 });
    await world.settle();
    expect((await world.outcomeOf(creation)).status).toBe('SUCCEEDED');
  });

  test('D8: the audit leaves alone what is not overdue', async () => {
    const world = memoryWorld();
    await world.start(waitFor(86_400));
    await world.pass(HOUR);
    expect(await audit(world)).toMatchObject({ awakened: 0 });
  });
});

test('D8: infrastructure trouble returns the message and never counts against the execution', async () => {
  let isDown = true;
  const world: MemoryWorld = memoryWorld(
    { work: () => 'done' },
    {},
    {
      table: (inside) => ({
        ...inside,
        async get(key) {
          if (isDown && key.pk.startsWith('name#') && world.delivered.length > 0)
            throw new Error('InternalServerError');
          return await inside.get(key);
        },
      }),
    },
  );
  const creation = await world.start(chain(1, 'work'));
  await world.pass(600_000);
  expect(world.troubles.length).toBeGreaterThan(1);
  isDown = false;
  await world.settle();
  expect((await world.outcomeOf(creation)).output).toBe('done');
});

test('D8: an execution that stood in the queue for long has its whole time for what it does then', async () => {
  const queue = (inside: Queue): Queue => ({
    ...inside,
    send: (messages) =>
      inside.send(
        messages.map((each) => (each.body.includes('"kind":"start"') ? { ...each, at: EPOCH + 90_000 } : each)),
      ),
  });
  const world: MemoryWorld = memoryWorld({ work: () => world.sleep(20_000) }, {}, { queue });
  const { status, events } = await world.run(chain(1, 'work', { TimeoutSeconds: 30 }));
  expect(status).toBe('SUCCEEDED');
  expect(events.map(({ timestamp }) => timestamp - EPOCH)).toEqual([
    0, 90_000, 90_000, 90_000, 110_000, 110_000, 110_000,
  ]);
});

test('D8: a message nobody could process is shelved, listed, and goes on once the defect is gone', async () => {
  let isBroken = true;
  const world: MemoryWorld = memoryWorld(
    { work: () => 'done' },
    {},
    {
      table: (inside) => ({
        ...inside,
        async put(item, condition) {
          if (isBroken && item.pk.startsWith('run#')) throw new Error('A defect of ours');
          return await inside.put(item, condition);
        },
      }),
    },
  );
  const creation = await world.start(waitFor(1));
  await world.settle();
  const letters = await world.takeDeadLetters();
  expect(letters).toHaveLength(1);
  const Records = letters.map(({ id, body, queue }) => ({
    messageId: id,
    body,
    eventSourceARN: `arn:aws:sqs:::stepwell-${queue}`,
  }));
  await createDeadLetterHandler(world)({ Records } as never, {});
  expect(await listShelved(world)).toHaveLength(1);
  expect((await world.outcomeOf(creation)).status).toBe('RUNNING');
  isBroken = false;
  await audit(world);
  await world.settle();
  expect((await world.outcomeOf(creation)).status).toBe('SUCCEEDED');
  expect(await listShelved(world)).toEqual([]);
  expect((await readFrom(world, creation.run, 0)).map(({ seq }) => seq)).toEqual([0, 1]);
});
