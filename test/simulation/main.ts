// `npm run sim -- --seeds 1..1000` or `--seed 42`: plays seeds, prints each that fails with what there is to know, and
// how many were played how fast; `--failures 1` ends with the first. One seed alone prints its whole trace.
import { parseArgs } from 'node:util';
import { reportOf } from './report.ts';
import { simulate } from './simulation.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1..300' },
    seed: { type: 'string' },
    failures: { type: 'string', default: '5' },
  },
});
const [first = Number.NaN, last = first] = (values.seed ?? values.seeds).split('..').map(Number);
if (!Number.isInteger(first) || !Number.isInteger(last)) {
  console.error('usage: npm run sim -- --seeds 1..1000 | --seed 42');
  process.exit(2);
}

const begun = performance.now();
let [played, failed, steps] = [0, 0, 0];
const faults = new Map<string, number>();
const statuses = new Map<string, number>();
for (let seed = first; seed <= last && failed < Number(values.failures); seed++) {
  const verdict = await simulate(seed);
  played++;
  steps += verdict.steps;
  for (const [fault, count] of verdict.struck) faults.set(fault, (faults.get(fault) ?? 0) + count);
  for (const status of verdict.statuses) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  if (verdict.violations.length > 0) failed++;
  if (verdict.violations.length > 0 || values.seed !== undefined)
    console.log(reportOf(verdict, values.seed === undefined ? 60 : Number.POSITIVE_INFINITY));
}
const seconds = (performance.now() - begun) / 1000;
const ends = [...statuses].map(([status, count]) => `${count} ${status}`).join(', ');
console.log(`${played} seeds in ${seconds.toFixed(1)} s (${(played / seconds).toFixed(1)}/s), ${failed} failed`);
console.log(`${steps} steps; executions: ${ends}`);
console.log(`faults: ${[...faults].map(([fault, count]) => `${count} ${fault}`).join(', ')}`);
process.exitCode = failed > 0 ? 1 : 0;
