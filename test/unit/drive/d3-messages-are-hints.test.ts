// D3: a message is only a hint. However often, however late, in whatever order messages come: the same history, and no
// call more than there are tasks.
import { describe, expect, test } from 'vitest';
import type { Queue } from '../../../core/ports.ts';
import { chain, mapOf, single, task } from '../../support/definitions.ts';
import { EPOCH, type MemoryWorld, memoryWorld, type Twist } from '../../support/memory-world.ts';
import { seededRandom, shuffled } from '../../support/random.ts';

const items = Array.from({ length: 12 }, (_, i) => i);

const retriedOnce = task('flaky', { Retry: [{ ErrorEquals: ['Flaky'], IntervalSeconds: 5 }], Next: 'Rest' });
const RUNS: [name: string, definition: object, input: unknown, calls: number][] = [
  ['a chain of tasks', chain(4, 'echo'), { a: 1 }, 4],
  ['a Map of tasks', mapOf('echo'), items, 12],
  ['a Map three at a time', mapOf('echo', { MaxConcurrency: 3 }), items, 12],
  [
    'a retry, a wait and a task timeout',
    {
      StartAt: 'Try',
      TimeoutSeconds: 1000,
      States: { Try: retriedOnce, Rest: { Type: 'Wait', Seconds: 30, Next: 'Last' }, Last: task('echo') },
    },
    {},
    3,
  ],
  ['a Pass', single({ Type: 'Pass', End: true }), {}, 0],
];

const FUNCTIONS = {
  echo: (payload: never) => payload,
  flaky(_payload: never, attempt: number) {
    if (attempt === 1) throw Object.assign(new Error('not yet'), { name: 'Flaky' });
  },
};

const callsOf = (world: MemoryWorld) => [...world.invocations.values()].reduce((sum, starts) => sum + starts, 0);

const WAYS: [how: string, twist: (seed: number) => Twist][] = [
  ['each delivered twice at once', () => ({ batches: (visible) => visible.flatMap((each) => [[each], [each]]) })],
  ['each delivered twice in one batch', () => ({ batches: (visible) => visible.map((each) => [each, each]) })],
  [
    'delivered one by one in any order',
    (seed) => {
      const random = seededRandom(seed);
      return { random, batches: (visible) => shuffled(visible, random).map((each) => [each]) };
    },
  ],
];

describe.each(RUNS)('%s', (_name, definition, input, calls) => {
  describe.each([1, 3, 25])('with transitionsPerMessage %i', (transitionsPerMessage) => {
    test.each(WAYS)('D3: messages %s make the same history and no extra call', async (_how, twist) => {
      const expected = await memoryWorld(FUNCTIONS, { transitionsPerMessage }).run(definition, input);
      for (const seed of [1, 2, 3]) {
        const world = memoryWorld(FUNCTIONS, { transitionsPerMessage, callsPerWorker: 5 }, twist(seed));
        const outcome = await world.run(definition, input);
        expect(outcome.output).toEqual(expected.output);
        expect([...outcome.chain].map(typeOf).sort()).toEqual([...expected.chain].map(typeOf).sort());
        expect(callsOf(world)).toBe(calls);
        expect(world.troubles).toEqual([]);
      }
    });

    test('D3: messages that come again when the run is over change nothing and call nothing', async () => {
      const world = memoryWorld(FUNCTIONS, { transitionsPerMessage });
      const creation = await world.start(definition, input);
      await world.settle();
      const outcome = await world.outcomeOf(creation);
      const again = shuffled(world.delivered, seededRandom(7));
      await world.queue.send(again);
      world.table.reset();
      await world.settle();
      expect(await world.outcomeOf(creation)).toEqual(outcome);
      expect(callsOf(world)).toBe(calls);
      const { puts, updates, refused } = world.table.reading();
      expect(puts + updates).toBe(refused);
    });

    test.each([0.001, 3, 7, 100])('D3: messages that come a second time %d s later change nothing', async (seconds) => {
      const expected = await memoryWorld(FUNCTIONS, { transitionsPerMessage }).run(definition, input);
      const world = memoryWorld(
        FUNCTIONS,
        { transitionsPerMessage },
        { queue: (inside) => repeating(inside, seconds) },
      );
      expect((await world.run(definition, input)).chain).toEqual(expected.chain);
      expect(callsOf(world)).toBe(calls);
    });
  });
});

/** Delivers every message once more, so much later. */
function repeating(inside: Queue, seconds: number): Queue {
  return {
    ...inside,
    async send(messages) {
      const later = messages.map((each) => ({ ...each, at: (each.at ?? EPOCH) + seconds * 1000 }));
      await inside.send([...messages, ...later]);
    },
  };
}

function typeOf(event: string): string {
  return event.slice(event.indexOf(' '));
}
