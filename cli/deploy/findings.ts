// What is wrong with a project's files, each with its place: a deployment with a finding does not begin.
import type { Finding } from '../lint-report.ts';
import { positionOf, type Source } from '../lint-source.ts';

export interface Located {
  finding: Finding;
  source: Source;
}

/** Keys and indexes down to a place, as locations of the checker are written: `machines/order/triggers[0]`. */
export function locationOf(path: readonly (string | number)[]): string {
  return path.map((key) => (typeof key === 'number' ? `[${key}]` : `/${key}`)).join('');
}

/** A finding at a place of the file. */
export function problemAt(
  source: Source,
  path: readonly (string | number)[],
  message: string,
  code = 'DEPLOY',
): Located {
  const position = positionOf(source, path.length === 0 ? undefined : locationOf(path));
  return { source, finding: { file: source.file, ...position, severity: 'error', code, message } };
}
