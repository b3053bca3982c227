// What many seeds came to: how many, how fast, how they ended, and how often each fault happened.
import type { Verdict } from './simulation.ts';

export interface Totals {
  played: number;
  failed: number;
  steps: number;
  statuses: Map<string, number>;
  faults: Map<string, number>;
  summary(): string;
}

/** The clock starts now. */
export function totalsOf(first: number): Totals {
  const begun = performance.now();
  const totals: Totals = {
    played: 0,
    failed: 0,
    steps: 0,
    statuses: new Map(),
    faults: new Map(),
    summary() {
      const { played, failed, steps, statuses, faults } = totals;
      const seconds = (performance.now() - begun) / 1000;
      const injected = [...faults.values()].reduce((sum, each) => sum + each, 0);
      return [
        `seeds ${first}..${first + played - 1}: ${failed} failed; ${seconds.toFixed(0)} s, ${(played / seconds).toFixed(1)} seeds/s`,
        `${steps.toLocaleString('en')} steps; executions: ${listed(statuses)}`,
        `${injected.toLocaleString('en')} faults: ${listed(faults)}`,
      ].join('\n');
    },
  };
  return totals;
}

export function addTo(totals: Totals, { violations, steps, statuses, struck }: Verdict): void {
  totals.played++;
  totals.steps += steps;
  if (violations.length > 0) totals.failed++;
  for (const status of statuses) totals.statuses.set(status, (totals.statuses.get(status) ?? 0) + 1);
  for (const [fault, count] of struck) totals.faults.set(fault, (totals.faults.get(fault) ?? 0) + count);
}

/** The most frequent first. */
function listed(counts: Map<string, number>): string {
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  return sorted.map(([name, count]) => `${count.toLocaleString('en')} ${name}`).join(', ');
}
