// Batches under faults: whatever fails, before or after it took effect, whoever else holds the same messages, and in
// whatever company they come again, every message is in one execution.
import { expect, test } from 'vitest';
import type { World } from '../../../core/world.ts';
import { createStartFromSqsHandler } from '../../../handlers/start-from-sqs.ts';
import { memoryWorld } from '../../support/memory-world.ts';
import { seededRandom } from '../../support/random.ts';
import { executionsOf, machineWith, QUEUE, sqsRecord } from '../../support/triggers.ts';

const SEEDS = 150;
const MESSAGES = 8;
const FAULT = 0.15;
const ROUNDS_MAX = 200;

/** The port, with requests that fail, half of them after all was done. */
function unreliable<T extends object>(port: T, random: () => number): T {
  const entries = Object.entries(port).map(([name, member]) => {
    if (typeof member !== 'function') return [name, member];
    const act = async (...args: unknown[]) => {
      const chance = random();
      if (chance < FAULT / 2) throw new Error('request lost');
      const answer = await member(...args);
      if (chance < FAULT) throw new Error('answer lost');
      return answer;
    };
    return [name, act];
  });
  return Object.fromEntries(entries);
}

test.each(Array.from({ length: SEEDS }, (_, seed) => seed))('seed %i', async (seed) => {
  const random = seededRandom(seed);
  const world = memoryWorld();
  const machine = await machineWith(world, 'orders', {
    sqs: { queue: QUEUE, executionPer: 'batch', input: '{% $states.input.body %}' },
  });
  const faulty: World = {
    ...world,
    table: unreliable(world.table, random),
    queue: unreliable(world.queue, random),
  };
  const handler = createStartFromSqsHandler(faulty, () => {});
  const waiting = new Map(Array.from({ length: MESSAGES }, (_, n) => [`m${n}`, sqsRecord(`m${n}`, String(n))]));

  async function receive(): Promise<void> {
    const Records = [...waiting.values()].filter(() => random() < 0.5);
    if (Records.length === 0) return;
    const failed = await handler({ Records }, {}).catch(() => undefined);
    if (failed === undefined) return;
    const returned = new Set(failed.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const { messageId } of Records) if (!returned.has(messageId)) waiting.delete(messageId);
  }

  for (let round = 0; waiting.size > 0 && round < ROUNDS_MAX; round++) await Promise.all([receive(), receive()]);
  expect(waiting.size).toBe(0);
  const started = (await executionsOf(world, machine)).flatMap(({ input }) => input as number[]);
  expect(started.toSorted((a, b) => a - b)).toEqual(Array.from({ length: MESSAGES }, (_, n) => n));
});
