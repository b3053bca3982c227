// Fusing and folding change what an execution costs, never what it does: for every bound the same histories.
import { describe, expect, test } from 'vitest';
import { readFrom } from '../../../core/store/log.ts';
import { chain, count, mapOf, task } from '../../support/definitions.ts';
import { EPOCH, type MemoryWorld, memoryWorld, type Outcome } from '../../support/memory-world.ts';

const BOUNDS = [1, 3, 25];

function fussy(_payload: never, attempt: number) {
  if (attempt % 2 === 1) throw Object.assign(new Error('again'), { name: 'Fussy' });
  return { attempt };
}

async function histories(definition: object, input?: unknown): Promise<Outcome[]> {
  const worlds = BOUNDS.map((transitionsPerMessage) =>
    memoryWorld({ echo: (payload: never) => payload, fussy }, { transitionsPerMessage }),
  );
  return await Promise.all(worlds.map((world) => world.run(definition, input)));
}

test.each([
  ['a chain of 30 tasks', chain(30, 'echo')],
  ['a chain with retries', chain(4, 'fussy', { Retry: [{ ErrorEquals: ['Fussy'] }] })],
  [
    'a caught error',
    {
      StartAt: 'A',
      States: { A: task('fussy', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B' }] }), B: task('echo') },
    },
  ],
])(
  'fusing: %s has one history, to the id and the millisecond, for every transitionsPerMessage',
  async (_what, definition) => {
    const [classical, ...fused] = await histories(definition, { a: 1 });
    for (const each of fused) expect(each).toEqual(classical);
  },
);

const parallel = {
  StartAt: 'P',
  States: {
    P: {
      Type: 'Parallel',
      End: true,
      Branches: [
        chain(3, 'echo'),
        { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 5, End: true } } },
        { StartAt: 'X', States: { X: task('echo') } },
      ],
    },
  },
};

test.each([
  ['Map', mapOf('echo'), Array.from({ length: 25 }, (_, i) => i)],
  ['Map four at a time', mapOf('echo', { MaxConcurrency: 4 }), Array.from({ length: 25 }, (_, i) => i)],
  ['Parallel', parallel, { a: 1 }],
])('fusing: a %s has the same tree of events for every transitionsPerMessage', async (_what, definition, input) => {
  const [classical, ...fused] = await histories(definition, input);
  for (const each of fused) {
    expect(each.output).toEqual(classical?.output);
    expect(treeOf(each)).toEqual(treeOf(classical!));
  }
});

/** Every event by its way from the root, whatever the order in which siblings came. */
function treeOf({ events }: Outcome): string[] {
  const ways = new Map<number, string>();
  for (const { id, previousEventId, type } of events) {
    // Which iteration began when another ended, and which one ended last, is a matter of timing.
    const isRoot = type === 'MapIterationStarted' || type === 'MapStateSucceeded' || type === 'ParallelStateSucceeded';
    ways.set(id, `${isRoot ? '' : (ways.get(previousEventId) ?? '')}/${type}`);
  }
  return events.map(({ id }) => (ways.get(id) ?? '').replace(/.*StateSucceeded/, '/joined')).sort();
}

describe('folding', () => {
  test('folding: answers that arrive together go into one record, in order of arrival', async () => {
    const world: MemoryWorld = memoryWorld({ work: () => world.sleep(100) });
    const creation = await world.start(
      mapOf('work'),
      Array.from({ length: 30 }, (_, i) => i),
    );
    await world.settle();
    expect(count((await world.outcomeOf(creation)).chain, 'LambdaFunctionSucceeded')).toBe(30);
    expect((await readFrom(world, creation.run, 0)).length).toBeLessThanOrEqual(3);
  });

  test('folding: an answer that arrives while the rest of a macrostep runs does not wait for its end', async () => {
    const loop = {
      StartAt: 'L',
      States: {
        L: { Type: 'Choice', Choices: [{ Variable: '$', IsPresent: true, Next: 'M' }], Default: 'E' },
        E: { Type: 'Succeed' },
        M: { Type: 'Pass', Next: 'L' },
      },
    };
    const definition = {
      StartAt: 'P',
      States: { P: { Type: 'Parallel', End: true, Branches: [loop, { StartAt: 'T', States: { T: task('echo') } }] } },
    };
    const world = memoryWorld({ echo: (payload: never) => payload });
    const outcome = await world.run(definition);
    const answered = outcome.events.find(({ type }) => type === 'LambdaFunctionSucceeded');
    expect(answered?.id).toBeLessThan(5_000);
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'States.Runtime', stopDate: EPOCH });
  });
});
