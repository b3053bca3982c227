// D2: commit, then dispatch. Nothing leaves the worker before the record that makes it true is stored.
import { expect, test } from 'vitest';
import type { Creation } from '../../../core/execution.ts';
import { readNewest } from '../../../core/store/log.ts';
import { chain, mapOf, waitFor } from '../../support/definitions.ts';
import { type MemoryWorld, memoryWorld } from '../../support/memory-world.ts';

test.each([1, 25])(
  'D2: a call is made only when its claim is stored (transitionsPerMessage %i)',
  async (transitionsPerMessage) => {
    let creation: Creation;
    const seen: unknown[] = [];
    const world: MemoryWorld = memoryWorld(
      {
        async work() {
          const newest = await readNewest(world, creation.run);
          seen.push(newest?.frames[0]?.wait);
        },
      },
      { transitionsPerMessage },
    );
    creation = await world.start(chain(3, 'work'));
    await world.settle();
    expect(seen).toEqual(Array(3).fill(expect.objectContaining({ kind: 'task', claim: expect.anything() })));
  },
);

test.each([
  ['calls', chain(3, 'work'), { transitionsPerMessage: 1 }],
  ['calls of a wide Map', mapOf('work'), { callsPerWorker: 2 }],
  ['timers', waitFor(60), {}],
])(
  'D2: a message about %s leaves only when the record that it names is stored',
  async (_what, definition, settings) => {
    const early: string[] = [];
    let creation: Creation | undefined;
    const world: MemoryWorld = memoryWorld({ work: () => 1 }, settings, {
      queue: (inside) => ({
        ...inside,
        async send(messages) {
          for (const { body } of messages) {
            const { kind, carried } = JSON.parse(body);
            if (kind === 'start') continue;
            const newest = creation && (await readNewest(world, creation.run));
            if (newest === undefined || newest.seq < carried.seq) early.push(body);
          }
          await inside.send(messages);
        },
      }),
    });
    creation = await world.start(definition, [1, 2, 3, 4, 5]);
    await world.settle();
    expect((await world.outcomeOf(creation)).status).toBe('SUCCEEDED');
    expect(early).toEqual([]);
    expect(world.delivered.length).toBeGreaterThan(1);
  },
);

test('D2: a worker that dies before its record is stored has done nothing: the run goes on as if it had not been', async () => {
  let dies = true;
  const world: MemoryWorld = memoryWorld(
    { work: () => 'done' },
    {},
    {
      table: (inside) => ({
        ...inside,
        async put(item, condition) {
          if (dies && item.pk.startsWith('run#')) {
            dies = false;
            world.crash();
            return await new Promise<never>(() => {});
          }
          return await inside.put(item, condition);
        },
      }),
    },
  );
  const outcome = await world.run(chain(2, 'work'));
  expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: 'done' });
  expect(world.invocations.get('work')).toBe(2);
});

test.each([1, 2, 3])(
  'D2: a worker that dies between record %i and what it owes leaves the debt to whoever gets its message next',
  async (fatal) => {
    let sends = 0;
    const world: MemoryWorld = memoryWorld(
      { work: () => 'done' },
      { transitionsPerMessage: 1 },
      {
        queue: (inside) => ({
          ...inside,
          async send(messages) {
            if (JSON.parse(messages[0]!.body).kind === 'call' && ++sends === fatal) {
              world.crash();
              return await new Promise<never>(() => {});
            }
            await inside.send(messages);
          },
        }),
      },
    );
    const outcome = await world.run(chain(3, 'work'));
    expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: 'done' });
    expect(world.invocations.get('work')).toBe(3);
  },
);
