// `npm run sim -- --seeds 1..1000` or `--seed 42`: plays seeds on all cores (`--jobs`), prints each that fails with the
// smallest story in which it still does, and in the end how many were played how fast, and what went wrong in them.
// `--focus` chooses what the workflows are made of, `--failures 1` ends with the first that fails, `--whole` shrinks
// nothing. One seed alone prints its whole trace; `--without`, `--steps` and `--passes` cut it down, as the report of a
// failure says. Every 1,000 seeds a line says how far it is.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { Played, PlayOptions, Range } from './range.ts';
import { reportOf } from './report.ts';
import { type Cuts, simulate } from './simulation.ts';
import { addTo, noTotals, summaryOf } from './totals.ts';
import { FOCUSES } from './workflow.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1..300' },
    seed: { type: 'string' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    failures: { type: 'string', default: '5' },
    focus: { type: 'string', default: 'all' },
    whole: { type: 'boolean', default: false },
    without: { type: 'string', default: '' },
    steps: { type: 'string', default: 'Infinity' },
    passes: { type: 'string', default: '' },
  },
});
const [first = Number.NaN, last = first] = (values.seed ?? values.seeds).split('..').map(Number);
const jobs = Number(values.jobs);
const focus = FOCUSES.find((name) => name === values.focus);
if (![first, last, jobs].every(Number.isInteger) || jobs < 1 || focus === undefined) {
  console.error(`usage: npm run sim -- (--seeds 1..1000 [--jobs 2] | --seed 42) [--focus ${FOCUSES.join('|')}]`);
  process.exit(2);
}
const names = (text: string) => new Set(text.split(',').filter((name) => name !== ''));
const cuts: Cuts = { focus, without: names(values.without), steps: Number(values.steps), passes: names(values.passes) };

const SEEDS_PER_CHUNK = 50;
const SEEDS_PER_LINE = 1_000;
/** A story leaves much behind that is soon forgotten. */
const YOUNG_GENERATION_MB = 192;

process.exitCode = (values.seed === undefined ? await playAll() : await playOne()) ? 0 : 1;

async function playOne(): Promise<boolean> {
  const verdict = await simulate(first, cuts);
  console.log(reportOf(verdict, Number.POSITIVE_INFINITY));
  return verdict.violations.length === 0;
}

async function playAll(): Promise<boolean> {
  const begun = performance.now();
  const totals = noTotals();
  const failuresMax = Number(values.failures);
  const options: PlayOptions = { cuts, isWhole: values.whole, failuresMax };
  let next = first;

  function nextRange(): Range | undefined {
    if (next > last || totals.failed >= failuresMax) return undefined;
    const range = { first: next, last: Math.min(next + SEEDS_PER_CHUNK - 1, last) };
    next = range.last + 1;
    return range;
  }

  function take({ totals: more, reports }: Played): void {
    const lines = Math.floor(totals.played / SEEDS_PER_LINE);
    addTo(totals, more);
    for (const report of reports) console.log(report);
    if (Math.floor(totals.played / SEEDS_PER_LINE) > lines)
      console.error(`${totals.played} seeds of ${last - first + 1}, ${totals.failed} failed`);
  }

  await Promise.all(Array.from({ length: jobs }, () => playInThread(options, nextRange, take)));
  console.log(`seeds ${first}..${next - 1}`);
  console.log(summaryOf(totals, (performance.now() - begun) / 1000));
  return totals.failed === 0;
}

/** Until there is nothing more to play. */
function playInThread(
  workerData: PlayOptions,
  nextRange: () => Range | undefined,
  take: (played: Played) => void,
): Promise<void> {
  const thread = new Worker(new URL('range.ts', import.meta.url), {
    workerData,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  });
  return new Promise((resolve, reject) => {
    const goOn = () => {
      const range = nextRange();
      if (range !== undefined) thread.postMessage(range);
      else void thread.terminate().then(() => resolve());
    };
    thread.on('message', (played: Played) => {
      take(played);
      goOn();
    });
    thread.on('error', reject);
    goOn();
  });
}
