// JSONPath as the service runs it: a definite path gives a value or fails, any other path gives an array. This module is
// the door to it; the dialect is in jsonpath-parse.ts, its semantics in jsonpath-evaluate.ts and jsonpath-filter.ts.
import type { Json } from './json.ts';
import { matchPath } from './jsonpath-evaluate.ts';
import { type CompiledPath, parsePath } from './jsonpath-parse.ts';
import { memoizeByText } from './memoize.ts';

export type { CompiledPath } from './jsonpath-parse.ts';
export { PathError, type PathErrorKind } from './path-error.ts';

const MAX_COMPILED = 1_000;

/** Throws PathError. */
export const compilePath: (path: string) => CompiledPath = memoizeByText(MAX_COMPILED, (path) => parsePath(path));

export function isDefinite(path: string): boolean {
  return compilePath(path).definite;
}

/** The value of a definite path, the array of matches of any other. Throws PathError; never changes the document. */
export function evaluatePath(path: string, document: Json): Json {
  const compiled = compilePath(path);
  const matches = matchPath(compiled, document);
  return compiled.definite ? matches[0]! : matches;
}
