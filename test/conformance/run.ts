// Runs one case against Step Functions and gives its verdict. Each kind of case has a file of its own.
import { runScript } from './api-script.ts';
import type { Case, Kind } from './case.ts';
import type { Options } from './case-run.ts';
import { CaseRun, Skip } from './case-run.ts';
import { ActionError } from './client.ts';
import type { Difference } from './compare.ts';
import { runTestState, runValidation } from './definition-checks.ts';
import { runExecution } from './execution.ts';
import { listsWholeAccount, missingFor } from './needs.ts';

export interface Verdict {
  id: string;
  kind: Kind;
  group: string;
  verdict: 'passed' | 'failed' | 'skipped';
  reason?: string;
  differences: Difference[];
  seconds: number;
}

const KINDS = {
  execution: runExecution,
  validation: runValidation,
  test_state: runTestState,
  api: runScript,
} satisfies Record<Kind, (run: CaseRun) => Promise<Difference[]>>;

export async function runCase(one: Case, options: Options): Promise<Verdict> {
  const began = Date.now();
  const verdict = (outcome: Verdict['verdict'], differences: Difference[], reason?: string): Verdict => ({
    id: one.id,
    kind: one.kind,
    group: one.group,
    verdict: outcome,
    ...(reason === undefined ? {} : { reason }),
    differences,
    seconds: (Date.now() - began) / 1000,
  });
  const missing = missingFor(one);
  if (missing !== undefined) return verdict('skipped', [], missing);
  const run = new CaseRun(one, options);
  try {
    const differences = await KINDS[one.kind](run);
    return differences.length === 0 ? verdict('passed', []) : verdict('failed', differences, 'differs');
  } catch (error) {
    if (error instanceof Skip) return verdict('skipped', [], error.message);
    const what = error instanceof ActionError ? `${error.action}: ${error.code}: ` : '';
    return verdict('failed', [], `${what}${error instanceof Error ? error.message : String(error)}`);
  } finally {
    await run.tidy();
  }
}

/**
 * Runs all cases, several at a time, and gives the promise of each verdict by id. Cases that list everything there is
 * in the account go first, one by one.
 */
export function runCases(cases: Case[], options: Options, atOnce: number): Map<string, Promise<Verdict>> {
  const verdicts = new Map(cases.map((one) => [one.id, Promise.withResolvers<Verdict>()]));
  const judge = async (one: Case) => verdicts.get(one.id)!.resolve(await runCase(one, options));
  const all = async () => {
    for (const one of cases.filter(listsWholeAccount)) await judge(one);
    const rest = cases.filter((one) => !listsWholeAccount(one)).values();
    const worker = async () => {
      for (const one of rest) await judge(one);
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  };
  void all();
  return new Map([...verdicts].map(([id, { promise }]) => [id, promise]));
}
