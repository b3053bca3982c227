// Verdicts as people read them: a table by kind and group, and the first differences of what failed.
import type { Json } from '../../core/expr/json.ts';
import { printJson } from '../../core/expr/json.ts';
import type { Verdict } from './run.ts';

const OUTCOMES = ['passed', 'failed', 'skipped'] as const;
const SHOWN_CHARACTERS = 600;
const SHOWN_DIFFERENCES = 6;

export function count(verdicts: Verdict[]): Record<Verdict['verdict'], number> {
  const number = (outcome: Verdict['verdict']) => verdicts.filter(({ verdict }) => verdict === outcome).length;
  return { passed: number('passed'), failed: number('failed'), skipped: number('skipped') };
}

/** `N passed, N failed, N skipped` */
export function totals(verdicts: Verdict[]): string {
  const counted = count(verdicts);
  return OUTCOMES.map((outcome) => `${counted[outcome]} ${outcome}`).join(', ');
}

export function table(verdicts: Verdict[]): string {
  const groups = Map.groupBy(verdicts, ({ kind, group }) => `${kind}.${group}`);
  const rows = [...groups.keys()].sort().map((name) => {
    const counted = count(groups.get(name)!);
    return [name, ...OUTCOMES.map((outcome) => String(counted[outcome]))];
  });
  const all = [['kind.group', ...OUTCOMES], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const align = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!);
  return all.map((row) => row.map(align).join('  ')).join('\n');
}

/** What a failed case got instead of what was recorded. */
export function explain({ id, reason, differences }: Verdict): string {
  const lines = differences
    .slice(0, SHOWN_DIFFERENCES)
    .flatMap(({ path, why, expected, got }) => [
      `  ${path}: ${why}`,
      `    expected ${shown(expected)}`,
      `    got      ${shown(got)}`,
    ]);
  const more = differences.length - SHOWN_DIFFERENCES;
  return [`${id} (${reason})`, ...lines, ...(more > 0 ? [`  and ${more} more`] : [])].join('\n');
}

function shown(value: Json | undefined): string {
  const text = value === undefined ? 'nothing' : printJson(value);
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}...`;
}
