// The promises of the durable engine over worlds that go wrong in all ways at once (test/simulation/README.md).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LATER_FAULTS } from './faults.ts';
import { reportOf } from './report.ts';
import { simulate, WHOLE } from './simulation.ts';
import { FOCUSES, type Focus } from './workflow.ts';

const SEEDS_PER_TEST = 30;
const TESTS = { all: 10, small: 2, nested: 2 } satisfies Record<Focus, number>;

const known = readFileSync(join(import.meta.dirname, 'seeds.txt'), 'utf8').matchAll(/^(?:(\w+) )?(\d+) (.+)$/gm);

test.each(
  [...known].map(([, focus = 'all', seed, finding]) => ({ focus: focus as Focus, seed: Number(seed), finding })),
)('seed $seed ends as it does without faults ($finding)', async ({ focus, seed }) => {
  await play(focus, seed, seed);
  // The story that it told before there were more faults.
  await play(focus, seed, seed, LATER_FAULTS);
});

const ranges = FOCUSES.flatMap((focus) =>
  Array.from({ length: TESTS[focus] }, (_, i) => [focus, i * SEEDS_PER_TEST + 1, (i + 1) * SEEDS_PER_TEST] as const),
);

test.each(ranges)('%s: seeds %i to %i end as they do without faults', async (focus, first, last) =>
  play(focus, first, last),
);

test('a seed tells the same story every time', async () => {
  const [once, again] = [await simulate(7), await simulate(7)];
  expect(again.trace).toEqual(once.trace);
});

async function play(focus: Focus, first: number, last: number, without: string[] = []): Promise<void> {
  for (let seed = first; seed <= last; seed++) {
    const verdict = await simulate(seed, { ...WHOLE, focus, without: new Set(without) });
    expect(verdict.violations, reportOf(verdict)).toEqual([]);
  }
}
