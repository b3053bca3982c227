// What many seeds came to: how many, how they ended, and how often each fault happened.
import type { Verdict } from './simulation.ts';

export interface Totals {
  played: number;
  failed: number;
  steps: number;
  statuses: Map<string, number>;
  faults: Map<string, number>;
}

export function noTotals(): Totals {
  return { played: 0, failed: 0, steps: 0, statuses: new Map(), faults: new Map() };
}

export function totalsOf({ violations, steps, statuses, struck }: Verdict): Totals {
  const counted = Map.groupBy(statuses, (status) => status);
  return {
    played: 1,
    failed: violations.length > 0 ? 1 : 0,
    steps,
    statuses: new Map([...counted].map(([status, all]) => [status, all.length])),
    faults: new Map(struck),
  };
}

export function addTo(totals: Totals, more: Totals): void {
  totals.played += more.played;
  totals.failed += more.failed;
  totals.steps += more.steps;
  for (const counts of ['statuses', 'faults'] as const)
    for (const [name, count] of more[counts]) totals[counts].set(name, (totals[counts].get(name) ?? 0) + count);
}

export function summaryOf({ played, failed, steps, statuses, faults }: Totals, seconds: number): string {
  const injected = [...faults.values()].reduce((sum, each) => sum + each, 0);
  return [
    `${number(played)} seeds: ${failed} failed; ${seconds.toFixed(0)} s, ${(played / seconds).toFixed(1)} seeds/s`,
    `${number(steps)} steps; executions: ${listed(statuses)}`,
    `${number(injected)} faults: ${listed(faults)}`,
  ].join('\n');
}

/** The most frequent first. */
function listed(counts: Map<string, number>): string {
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  return sorted.map(([name, count]) => `${number(count)} ${name}`).join(', ');
}

function number(count: number): string {
  return count.toLocaleString('en');
}
