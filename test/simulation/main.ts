// `npm run sim -- --seeds 1..1000` or `--seed 42`: plays seeds, prints each that fails with the smallest story in which
// it still does, and in the end how many were played how fast, and what went wrong in them; `--failures 1` ends with the
// first, `--whole` shrinks nothing. One seed alone prints its whole trace; `--without`, `--steps` and `--passes` cut it
// down, as the report of a failure says. Every 1,000 seeds a line says how far it is, from where it can be taken up again.
import { parseArgs } from 'node:util';
import { reportOf } from './report.ts';
import { shrink } from './shrink.ts';
import { type Cuts, simulate } from './simulation.ts';
import { addTo, totalsOf } from './totals.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1..300' },
    seed: { type: 'string' },
    failures: { type: 'string', default: '5' },
    whole: { type: 'boolean', default: false },
    without: { type: 'string', default: '' },
    steps: { type: 'string', default: 'Infinity' },
    passes: { type: 'string', default: '' },
  },
});
const [first = Number.NaN, last = first] = (values.seed ?? values.seeds).split('..').map(Number);
if (!Number.isInteger(first) || !Number.isInteger(last)) {
  console.error('usage: npm run sim -- --seeds 1..1000 | --seed 42');
  process.exit(2);
}
const names = (text: string) => new Set(text.split(',').filter((name) => name !== ''));
const cuts: Cuts = { without: names(values.without), steps: Number(values.steps), passes: names(values.passes) };
const isAlone = values.seed !== undefined;
const LINES_OF_A_FAILURE = 60;
const SEEDS_PER_LINE = 1_000;

const totals = totalsOf(first);
for (let seed = first; seed <= last && totals.failed < Number(values.failures); seed++) {
  const verdict = await simulate(seed, cuts);
  addTo(totals, verdict);
  const isFailed = verdict.violations.length > 0;
  const shown = isFailed && !values.whole && !isAlone ? await shrink(verdict) : verdict;
  if (isFailed || isAlone) console.log(reportOf(shown, isAlone ? Number.POSITIVE_INFINITY : LINES_OF_A_FAILURE));
  if (totals.played % SEEDS_PER_LINE === 0)
    console.error(`${totals.played} seeds up to ${seed}, ${totals.failed} failed`);
}
console.log(totals.summary());
process.exitCode = totals.failed > 0 ? 1 : 0;
