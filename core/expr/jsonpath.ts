// JSONPath as the service runs it: a definite path gives a value or fails, any other path gives an array. This module is
// the door to it; the dialect is in jsonpath-parse.ts, its semantics in jsonpath-evaluate.ts and jsonpath-filter.ts.
import type { Json } from './json.ts';
import { matchPath } from './jsonpath-evaluate.ts';
import { type CompiledPath, parsePath } from './jsonpath-parse.ts';

export type { CompiledPath } from './jsonpath-parse.ts';
export { PathError, type PathErrorKind } from './path-error.ts';

/** Compiled paths by text, least recently used first. Definitions repeat a few paths many times. */
const compiled = new Map<string, CompiledPath>();
const MAX_COMPILED = 1_000;

/** Throws PathError. */
export function compilePath(path: string): CompiledPath {
  const known = compiled.get(path);
  if (known !== undefined) {
    compiled.delete(path);
    compiled.set(path, known);
    return known;
  }
  const fresh = parsePath(path);
  if (compiled.size >= MAX_COMPILED) compiled.delete(compiled.keys().next().value!);
  compiled.set(path, fresh);
  return fresh;
}

export function isDefinite(path: string): boolean {
  return compilePath(path).definite;
}

/** The value of a definite path, the array of matches of any other. Throws PathError; never changes the document. */
export function evaluatePath(path: string, document: Json): Json {
  const { definite, steps } = compilePath(path);
  const matches = matchPath({ definite, steps }, document);
  return definite ? matches[0]! : matches;
}
