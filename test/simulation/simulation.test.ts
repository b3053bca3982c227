// The promises of the durable engine over worlds that go wrong in all ways at once (test/simulation/README.md).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { reportOf } from './report.ts';
import { simulate } from './simulation.ts';

const SEEDS_PER_TEST = 30;
const TESTS = 10;

const known = readFileSync(join(import.meta.dirname, 'seeds.txt'), 'utf8').matchAll(/^(\d+) (.+)$/gm);

test.each([...known].map(([, seed, finding]) => ({ seed: Number(seed), finding })))(
  'seed $seed ends as it does without faults ($finding)',
  async ({ seed }) => play(seed, seed),
);

test.each(Array.from({ length: TESTS }, (_, i) => [i * SEEDS_PER_TEST + 1, (i + 1) * SEEDS_PER_TEST] as const))(
  'seeds %i to %i end as they do without faults',
  async (first, last) => play(first, last),
);

test('a seed tells the same story every time', async () => {
  const [once, again] = [await simulate(7), await simulate(7)];
  expect(again.trace).toEqual(once.trace);
});

async function play(first: number, last: number): Promise<void> {
  for (let seed = first; seed <= last; seed++) {
    const verdict = await simulate(seed);
    expect(verdict.violations, reportOf(verdict)).toEqual([]);
  }
}
