// Seeds one after another; and a thread that plays those it is given, so that `main.ts` can use all cores.
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { reportOf } from './report.ts';
import { shrink } from './shrink.ts';
import { type Cuts, simulate } from './simulation.ts';
import { addTo, noTotals, type Totals, totalsOf } from './totals.ts';

export interface Range {
  first: number;
  last: number;
}

export interface Played {
  range: Range;
  totals: Totals;
  /** One for each seed that failed. */
  reports: string[];
}

export interface PlayOptions {
  cuts: Cuts;
  /** Whether a story that fails is told as it was, and not made smaller. */
  isWhole: boolean;
  failuresMax: number;
}

/** Plays on until so many have failed. */
export async function playRange(range: Range, { cuts, isWhole, failuresMax }: PlayOptions): Promise<Played> {
  const totals = noTotals();
  const reports: string[] = [];
  for (let seed = range.first; seed <= range.last && totals.failed < failuresMax; seed++) {
    const verdict = await simulate(seed, cuts);
    addTo(totals, totalsOf(verdict));
    if (verdict.violations.length > 0) reports.push(reportOf(isWhole ? verdict : await shrink(verdict)));
  }
  return { range, totals, reports };
}

if (!isMainThread)
  parentPort?.on('message', async (range: Range) => {
    parentPort?.postMessage(await playRange(range, workerData as PlayOptions));
  });
