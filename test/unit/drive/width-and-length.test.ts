// Wide runs and long ones: more calls than a worker holds, more states than a record, more events than AWS allows.
import { describe, expect, test } from 'vitest';
import { readFrom } from '../../../core/store/log.ts';
import { chain, count, mapOf, task } from '../../support/definitions.ts';
import { type MemoryWorld, memoryWorld } from '../../support/memory-world.ts';
import { seededRandom } from '../../support/random.ts';

const numbers = (length: number) => Array.from({ length }, (_, i) => i);

test.each([
  [40, 50],
  [40, 7],
  [40, 1],
])(
  'width: a Map of %i calls at once runs on workers that hold %i each, and no worker holds more',
  async (width, callsPerWorker) => {
    let running = 0;
    let most = 0;
    const world: MemoryWorld = memoryWorld(
      {
        async work(item: number) {
          most = Math.max(most, ++running);
          await world.sleep(1_000);
          running--;
          return item;
        },
      },
      { callsPerWorker },
      { random: seededRandom(1) },
    );
    const creation = await world.start(mapOf('work'), numbers(width));
    await world.settle();
    const outcome = await world.outcomeOf(creation);
    expect(outcome.output).toEqual(numbers(width));
    if (callsPerWorker > 1) expect(most).toBe(width);
    const held = new Map<string, number>();
    for (const { frames } of await readFrom(world, creation.run, 0))
      for (const { wait } of frames)
        if (wait?.kind === 'task' && wait.claim !== undefined)
          held.set(wait.claim.by, (held.get(wait.claim.by) ?? 0) + 1);
    expect(Math.max(...held.values())).toBeLessThanOrEqual(callsPerWorker);
  },
);

test('width: a second Map in the same place joins its own outputs, also those that other workers stored', async () => {
  const map = (name: string, more: object) => ({
    Type: 'Map',
    ItemProcessor: { StartAt: name, States: { [name]: task('work') } },
    ...more,
  });
  // One worker alone ends all of A and, last of all, the slow first item of B; what is between is done by others.
  const States = {
    A: map('EachA', { ItemsPath: '$.long', ResultPath: null, MaxConcurrency: 1, Next: 'B' }),
    B: map('EachB', { ItemsPath: '$.short', End: true }),
  };
  const world: MemoryWorld = memoryWorld(
    { work: (item: number) => world.sleep(item === 100 ? 5_000 : 10).then(() => item + 100) },
    { callsPerWorker: 2, transitionsPerMessage: 100 },
  );
  const short = numbers(8).map((item) => item + 100);
  const outcome = await world.run({ StartAt: 'A', States }, { long: numbers(12), short });
  expect(outcome.output).toEqual(short.map((item) => item + 100));
});

describe('an endless loop', () => {
  const LOOP = {
    StartAt: 'Test',
    States: {
      Test: { Type: 'Choice', Choices: [{ Variable: '$', IsPresent: true, Next: 'Again' }], Default: 'Done' },
      Done: { Type: 'Succeed' },
      Again: { Type: 'Pass', Next: 'Test' },
    },
  };

  test.each([1, 25])(
    'length: is cut into records, and ended by event 25,000 (transitionsPerMessage %i)',
    async (transitionsPerMessage) => {
      const world = memoryWorld({}, { transitionsPerMessage });
      const creation = await world.start(LOOP);
      await world.settle();
      const outcome = await world.outcomeOf(creation);
      expect(outcome).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
      expect(outcome.chain.at(-1)).toBe('25000<24999 ExecutionFailed');
      expect(outcome.chain).toHaveLength(25_000);
      const records = await readFrom(world, creation.run, 0);
      expect(Math.max(...records.map(({ events }) => events.length))).toBeLessThan(1_010);
      expect(records.length).toBeGreaterThanOrEqual(25);
    },
  );

  test('length: does not keep another execution waiting', async () => {
    const world = memoryWorld({ work: () => 'done' }, { transitionsPerMessage: 1 });
    const endless = await world.start(LOOP);
    const short = await world.start(chain(1, 'work'));
    while ((await world.outcomeOf(short)).status === 'RUNNING') await world.pass(0);
    await world.settle();
    expect((await world.outcomeOf(endless)).status).toBe('FAILED');
  });
});

test('length: a Map of 4,000 items of two Pass runs in records of a thousand events', async () => {
  const world = memoryWorld();
  const two = { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', End: true } } };
  const map = { StartAt: 'M', States: { M: { Type: 'Map', ItemProcessor: two, End: true } } };
  const creation = await world.start(map, numbers(4_000));
  await world.settle();
  const outcome = await world.outcomeOf(creation);
  expect(outcome.status).toBe('SUCCEEDED');
  expect(outcome.output).toEqual(numbers(4_000));
  expect(count(outcome.chain, 'MapIterationSucceeded')).toBe(4_000);
  expect((await readFrom(world, creation.run, 0)).length).toBeLessThan(60);
});
