// D4: claim before a side effect. A call whose worker was lost fails with an error that Retry names; nobody makes it
// again unasked.
import { describe, expect, test } from 'vitest';
import { Unavailable } from '../../../core/errors.ts';
import type { Creation } from '../../../core/execution.ts';
import { callback } from '../../support/callbacks.ts';
import { chain, count, mapOf, RETRY_LOST, single, task } from '../../support/definitions.ts';
import { EPOCH, type MemoryWorld, memoryWorld } from '../../support/memory-world.ts';

const never = () => new Promise(() => {});
/** Never answers the first time. */
const hangsOnce = (_payload: never, attempt: number) => (attempt === 1 ? never() : 'answered');

/** Starts, and lets the worker die as soon as the function was begun. */
async function lost(world: MemoryWorld, definition: object, input?: unknown, bootId?: string): Promise<Creation> {
  const creation = await world.start(definition, input);
  await world.settle(EPOCH);
  expect(world.invocations.get('work')).toBe(1);
  world.crash(bootId);
  return creation;
}

describe.each([1, 25])('with transitionsPerMessage %i', (transitionsPerMessage) => {
  test('D4: a call whose worker was lost fails with Lambda.SdkClientException, and is not made again', async () => {
    const world = memoryWorld({ work: hangsOnce }, { transitionsPerMessage });
    const creation = await lost(world, chain(2, 'work'));
    await world.settle();
    const outcome = await world.outcomeOf(creation);
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'Lambda.SdkClientException' });
    expect(outcome.cause).toContain('may or may not have taken effect');
    expect(outcome.chain.slice(-2)).toEqual(['5<4 LambdaFunctionFailed', '6<5 ExecutionFailed']);
    expect(world.invocations.get('work')).toBe(1);
  });

  test('D4: Retry makes a lost call again, once for each attempt it allows', async () => {
    const world = memoryWorld({ work: hangsOnce }, { transitionsPerMessage });
    const creation = await lost(world, chain(2, 'work', { Retry: RETRY_LOST }));
    await world.settle();
    const outcome = await world.outcomeOf(creation);
    expect(outcome.output).toBe('answered');
    expect(count(outcome.chain, 'LambdaFunctionFailed')).toBe(1);
    expect(world.invocations.get('work')).toBe(3);
    expect(count(outcome.chain, 'LambdaFunctionStarted')).toBe(3);
  });

  test('D4: nobody calls a worker lost before 30 s past the end of its claim', async () => {
    const world = memoryWorld({ work: hangsOnce }, { transitionsPerMessage });
    const creation = await lost(world, chain(1, 'work'));
    await world.pass(89_999);
    expect((await world.outcomeOf(creation)).status).toBe('RUNNING');
    await world.pass(1);
    expect((await world.outcomeOf(creation)).status).toBe('FAILED');
  });

  test('D4: a claim of another boot is over at once', async () => {
    const world = memoryWorld({ work: hangsOnce }, { transitionsPerMessage, bootId: 'monday' });
    const creation = await lost(world, chain(1, 'work', { Retry: RETRY_LOST }), {}, 'tuesday');
    await world.queue.send(world.delivered);
    await world.settle(EPOCH + 1_000);
    expect((await world.outcomeOf(creation)).output).toBe('answered');
    expect(world.invocations.get('work')).toBe(2);
  });

  test('D4: of a Map whose workers were lost, each iteration that had begun fails or is retried once; none is made twice', async () => {
    const attempts = new Map<number, number>();
    const world: MemoryWorld = memoryWorld(
      {
        work(item: number) {
          attempts.set(item, (attempts.get(item) ?? 0) + 1);
          return item % 2 === 1 && attempts.get(item) === 1 ? never() : item;
        },
      },
      { transitionsPerMessage, callsPerWorker: 4 },
    );
    const items = Array.from({ length: 20 }, (_, i) => i);
    const creation = await world.start(mapOf('work', {}, { Retry: RETRY_LOST }), items);
    await world.settle(EPOCH + 10_000);
    world.crash();
    await world.settle();
    expect((await world.outcomeOf(creation)).output).toEqual(items);
    expect([...attempts].filter(([, starts]) => starts > 1).map(([item]) => item % 2)).toEqual(Array(10).fill(1));
    expect(Math.max(...attempts.values())).toBe(2);
  });
});

test('D4: a message that meets a live claim comes back when the claim is over, and finds the work done', async () => {
  const world: MemoryWorld = memoryWorld({ work: () => world.sleep(20_000) }, {});
  const creation = await world.start(chain(1, 'work'));
  await world.settle(EPOCH);
  await world.queue.send(world.delivered);
  await world.settle(EPOCH);
  expect(world.queue.reading().postponements).toBe(1);
  await world.settle();
  expect((await world.outcomeOf(creation)).status).toBe('SUCCEEDED');
  expect(world.invocations.get('work')).toBe(1);
  expect(world.clock.now()).toBe(EPOCH + 90_000);
});

describe('a call that may take longer than its worker has', () => {
  const MINUTES_15 = 900_000;

  test.each([
    ['timeout of the function', { work: 300_000 }, {}],
    ['TimeoutSeconds', {}, { TimeoutSeconds: 300 }],
  ])(
    'D4: is made by a worker of the call queue when its %s does not fit, unclaimed until then',
    async (_what, timeouts, more) => {
      const world: MemoryWorld = memoryWorld({ work: () => world.sleep(200_000).then(() => 'slow') });
      for (const [name, ms] of Object.entries(timeouts)) world.timeouts.set(name, ms);
      const outcome = await world.run(chain(2, 'work', more));
      expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: 'slow' });
      expect(world.delivered.map(({ queue }) => queue)).toContain('call');
      expect(world.invocations.get('work')).toBe(2);
      expect(count(outcome.chain, 'LambdaFunctionFailed')).toBe(0);
    },
  );

  test('D4: and is made by the same worker when it fits', async () => {
    const world = memoryWorld({ work: () => 'quick' });
    await world.run(chain(2, 'work', { TimeoutSeconds: 50 }));
    expect(world.delivered.map(({ queue }) => queue)).toEqual(['advance']);
  });

  test('D4: the worker ends the call itself, 3 s before its own deadline, with the lost-worker error', async () => {
    const world = memoryWorld({ work: hangsOnce });
    world.timeouts.set('work', MINUTES_15);
    const outcome = await world.run(chain(1, 'work'));
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'Lambda.SdkClientException' });
    expect(outcome.stopDate).toBe(EPOCH + MINUTES_15 - 3_000);
  });
});

test('D4: a task times out at its own deadline, to the millisecond', async () => {
  const world = memoryWorld({ work: never });
  const outcome = await world.run(chain(1, 'work', { TimeoutSeconds: 7 }));
  expect(outcome).toMatchObject({ status: 'FAILED', error: 'States.Timeout', stopDate: EPOCH + 7_000 });
  expect(outcome.chain.slice(-2)).toEqual(['5<4 LambdaFunctionTimedOut', '6<5 ExecutionFailed']);
});

test('D4: an answer after the deadline of its task does not count', async () => {
  const world: MemoryWorld = memoryWorld({ work: () => world.sleep(7_001) });
  const catching = single(
    task('work', { TimeoutSeconds: 7, Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'Late' }], Next: 'Late' }),
  );
  const definition = {
    ...catching,
    States: { ...(catching.States as object), Late: { Type: 'Pass', Result: 'late', End: true } },
  };
  const outcome = await world.run(definition);
  expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: 'late', stopDate: EPOCH + 7_000 });
});

describe('where one process is all there is', () => {
  const HOUR_MS = 3_600_000;

  test("D4: a call is its worker's own for as long as it takes, whoever asks for it meanwhile", async () => {
    const world: MemoryWorld = memoryWorld(
      { work: () => world.sleep(HOUR_MS).then(() => 'slow') },
      { bootId: 'monday' },
    );
    const outcome = await world.run(chain(1, 'work'));
    expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: 'slow', stopDate: EPOCH + HOUR_MS });
    expect(world.queue.reading().postponements).toBeGreaterThan(1);
    expect(world.invocations.get('work')).toBe(1);
  });

  test('D4: an answer in hand is kept until the disk takes it', async () => {
    const FULL_MS = 300_000;
    const world: MemoryWorld = memoryWorld(
      { work: () => 'kept' },
      { bootId: 'monday' },
      {
        table: (inside) => ({
          ...inside,
          async put(item, condition) {
            const isFull = world.invocations.get('work') === 1 && world.clock.now() < EPOCH + FULL_MS;
            if (isFull) throw new Unavailable('Cannot write state.db: disk is full.');
            return await inside.put(item, condition);
          },
        }),
      },
    );
    const outcome = await world.run(chain(1, 'work'));
    expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: 'kept' });
    expect(outcome.stopDate).toBe(EPOCH);
    expect(world.clock.now()).toBeGreaterThanOrEqual(EPOCH + FULL_MS);
    expect(world.invocations.get('work')).toBe(1);
  });

  test('D4: a worker that comes to its end while another looks for it is not given up', async () => {
    const answer = Promise.withResolvers<void>();
    let isLookedFor = false;
    const world: MemoryWorld = memoryWorld(
      { work: () => answer.promise },
      { bootId: 'monday' },
      {
        table: (inside) => ({
          ...inside,
          async query(range) {
            const found = await inside.query(range);
            if (!isLookedFor && world.clock.now() > EPOCH && range.from !== undefined) {
              isLookedFor = true;
              const [worker = ''] = world.working ?? [];
              answer.resolve();
              while (world.working?.has(worker)) await new Promise((go) => setImmediate(go));
            }
            return found;
          },
        }),
      },
    );
    const creation = await world.start(callback('work'));
    await world.settle(EPOCH + 600_000);
    const { chain } = await world.outcomeOf(creation);
    expect(isLookedFor).toBe(true);
    expect(chain.at(-1)).toContain('TaskSubmitted');
  });

  test('D4: of a worker that ended by a defect the call fails as soon as its message is back', async () => {
    const DEFECT_MS = 61_000;
    const world: MemoryWorld = memoryWorld(
      { work: () => 'lost' },
      { bootId: 'monday' },
      {
        table: (inside) => ({
          ...inside,
          async put(item, condition) {
            const isBroken = world.invocations.get('work') === 1 && world.clock.now() <= EPOCH + DEFECT_MS;
            if (isBroken) throw new TypeError('undefined is not a function');
            return await inside.put(item, condition);
          },
        }),
      },
    );
    const outcome = await world.run(chain(1, 'work'));
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'Lambda.SdkClientException' });
    expect(outcome.stopDate).toBeLessThan(EPOCH + DEFECT_MS + 10_000);
    expect(world.invocations.get('work')).toBe(1);
  });
});
