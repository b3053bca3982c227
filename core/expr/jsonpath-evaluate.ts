// Runs a compiled path over a document. Depth first, because the order of matches and the first failure show outside:
// a wildcard over an array swallows "not found" of an item and keeps what the item gave before; everything else fails the
// whole path. Failures are returned, not thrown, so that swallowing one costs nothing.

import { javaTreeText } from './java-text.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { acceptsItem, type Filter } from './jsonpath-filter.ts';
import { type CompiledPath, isDefiniteStep, type Step } from './jsonpath-parse.ts';
import { PathError, type PathErrorKind } from './path-error.ts';

/** The way from the root to a value, linked upwards; printed only in messages. */
interface Trail {
  readonly up?: Trail;
  /** Absent at the root. */
  readonly step?: string | number | readonly string[];
  /** Reached as Java's own null or string, not as a JSON node: it decides how a message speaks of it. */
  readonly isBare: boolean;
}

const ROOT: Trail = { isBare: false };
const FILTERED_ITEM: Trail = { isBare: true };

interface Failure {
  kind: PathErrorKind;
  message: () => string;
}

interface Run {
  readonly steps: readonly Step[];
  readonly root: Json;
  readonly matches: Json[];
  budget: number;
}

/** Values looked at in one evaluation; only stacked deep scans over large documents come near. */
const MAX_VISITS = 3_000_000;
/** `[-9:2]` yields a null for every index that is not there; nobody means more of them than this. */
const MAX_BELOW_ZERO = 100_000;

/** All matches, in document order. Throws PathError. */
export function matchPath(path: CompiledPath, document: Json): Json[] {
  const run: Run = { steps: path.steps, root: document, matches: [], budget: MAX_VISITS };
  const failure = visit(run, 0, document, ROOT);
  if (failure) throw new PathError(failure.kind, failure.message());
  return run.matches;
}

/** The definite value of a path inside a filter; undefined where the document lacks it. */
function readDefinite(path: CompiledPath, document: Json, isRoot: boolean): Json | undefined {
  const run: Run = { steps: path.steps, root: document, matches: [], budget: MAX_VISITS };
  const failure = visit(run, 0, document, isRoot ? ROOT : FILTERED_ITEM);
  if (failure?.kind === 'NotFound') return undefined;
  if (failure) throw new PathError(failure.kind, failure.message());
  return run.matches[0];
}

/** `value` undefined is an array index out of range, which the service treats as a null that is there. */
function visit(run: Run, at: number, value: Json | undefined, trail: Trail): Failure | undefined {
  const step = run.steps[at];
  if (--run.budget < 0) return tooMuchWork();
  if (step === undefined) {
    run.matches.push(value ?? null);
    return undefined;
  }
  switch (step.kind) {
    case 'names':
      return visitNames(run, at, step.names, value, trail);
    case 'root':
      return visit(run, at + 1, value, ROOT);
    case 'wildcard':
      return visitWildcard(run, at, value, trail);
    case 'scan':
      return scan(run, at + 1, value, trail);
    case 'filter':
      return visitFilter(run, at, step.filter, value, trail);
    default:
      return visitIndexes(run, at, step, value, trail);
  }
}

function visitNames(run: Run, at: number, names: string[], value: Json | undefined, trail: Trail) {
  const name = names[0];
  if (name === undefined || names.length > 1) return visitManyNames(run, at, names, value, trail);
  if (!isObject(value)) return missingProperty(names, trail);
  const child = { up: trail, step: name, isBare: true };
  const object: JsonObject = value;
  if (Object.hasOwn(object, name)) return visit(run, at + 1, object[name], child);
  if (at + 1 === run.steps.length) return notFound(() => `No results for path: ${printTrail(child)}`);
  // Right after or somewhere before a step with many matches, a missing name only loses a match.
  const previous = run.steps[at - 1];
  if (previous !== undefined && !isDefiniteStep(previous)) return undefined;
  if (!run.steps.slice(at).every(isDefiniteStep)) return undefined;
  return notFound(() => `Missing property in path ${printTrail(child)}`);
}

/** `['a','b']`: one object with those of the names that are there. */
function visitManyNames(run: Run, at: number, names: string[], value: Json | undefined, trail: Trail) {
  if (!isObject(value)) return missingProperty(names, trail);
  if (at + 1 < run.steps.length) {
    const child = { up: trail, step: names, isBare: true };
    return invalid(() => `Multi properties can only be used as path leafs: ${printTrail(child)}`);
  }
  const object: JsonObject = value;
  const present = names.filter((name) => Object.hasOwn(object, name));
  run.matches.push(Object.fromEntries(present.map((name) => [name, object[name]!])));
  return undefined;
}

function visitWildcard(run: Run, at: number, value: Json | undefined, trail: Trail) {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const failure = visit(run, at + 1, item, { up: trail, step: index, isBare: false });
      if (failure?.kind === 'InvalidPath') return failure;
    }
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      const failure = visit(run, at + 1, item, { up: trail, step: key, isBare: true });
      if (failure) return failure;
    }
  }
  return undefined;
}

function visitIndexes(
  run: Run,
  at: number,
  step: Extract<Step, { kind: 'indexes' | 'slice' | 'fromEnd' }>,
  value: Json | undefined,
  trail: Trail,
): Failure | undefined {
  if (!Array.isArray(value)) return notAnArray(run, at, value, trail);
  if (step.kind === 'slice' && step.to !== undefined && (step.from ?? 0) < -MAX_BELOW_ZERO) return tooMuchWork();
  const indexes = step.kind === 'indexes' ? step.indexes : indexRange(step, value.length);
  for (const index of indexes) {
    const failure = visit(run, at + 1, value[index], { up: trail, step: index, isBare: false });
    if (failure) return failure;
  }
  return undefined;
}

/** A negative bound counts from the end only where the other side is open; `[-3:-1]` runs over indexes that are not there. */
function* indexRange(step: Extract<Step, { kind: 'slice' | 'fromEnd' }>, length: number): Generator<number> {
  if (step.kind === 'fromEnd') {
    yield length + step.offset;
    return;
  }
  const { from, to } = step;
  if (length === 0) return;
  const end = to === undefined ? length : Math.min(length, from === undefined && to < 0 ? length + to : to);
  let index = from ?? 0;
  if (to === undefined && index < 0) index = Math.max(0, length + index);
  for (; index < end; index++) yield index;
}

function visitFilter(run: Run, at: number, filter: Filter | undefined, value: Json | undefined, trail: Trail) {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      if (!accepts(run, filter, item)) continue;
      const failure = visit(run, at + 1, item, { up: trail, step: index, isBare: false });
      if (failure) return failure;
    }
    return undefined;
  }
  if (isObject(value)) return accepts(run, filter, value) ? visit(run, at + 1, value, trail) : undefined;
  return invalid(
    () =>
      `Filter: ${printSteps(run.steps, at)} can not be applied to primitives. Current context is: ${printContext(value, trail)}`,
  );
}

function accepts(run: Run, filter: Filter | undefined, item: Json): boolean {
  if (filter === undefined) {
    throw new PathError(
      'InvalidPath',
      'Cannot invoke "com.jayway.jsonpath.Predicate.apply(com.jayway.jsonpath.Predicate$PredicateContext)" because "predicate" is null',
    );
  }
  run.budget--;
  return acceptsItem(filter, item, run.root, readDefinite);
}

/** Deep scan: every container below and including `value`, parents first, that the step at `at` can be applied to. */
function scan(run: Run, at: number, value: Json | undefined, trail: Trail): Failure | undefined {
  const step = run.steps[at];
  if (step === undefined) return invalid(() => 'Current path token is a leaf');
  const pending: [Json | undefined, Trail][] = [[value, trail]];
  for (let entry = pending.pop(); entry !== undefined; entry = pending.pop()) {
    const [node, way] = entry;
    if (--run.budget < 0) return tooMuchWork();
    if (Array.isArray(node)) {
      const failure = scanArray(run, at, step, node, way);
      if (failure) return failure;
      for (let index = node.length - 1; index >= 0; index--)
        pending.push([node[index], { up: way, step: index, isBare: false }]);
    } else if (isObject(node)) {
      const failure = isScanned(run, step, node) ? visit(run, at, node, way) : undefined;
      if (failure) return failure;
      for (const [key, item] of Object.entries(node).reverse())
        pending.push([item, { up: way, step: key, isBare: true }]);
    }
  }
  return undefined;
}

/** On an array a step that is not the last is skipped: `..[0].a` reads `a` of every item. */
function scanArray(run: Run, at: number, step: Step, value: Json[], trail: Trail): Failure | undefined {
  if (!isScanned(run, step, value)) return undefined;
  if (at + 1 === run.steps.length) return visit(run, at, value, trail);
  for (const [index, item] of value.entries()) {
    const failure = visit(run, at + 1, item, { up: trail, step: index, isBare: true });
    if (failure) return failure;
  }
  return undefined;
}

function isScanned(run: Run, step: Step, value: JsonObject | Json[]): boolean {
  switch (step.kind) {
    case 'names':
      return isObject(value) && step.names.every((name) => Object.hasOwn(value, name));
    case 'wildcard':
      return true;
    case 'filter':
      return accepts(run, step.filter, value);
    case 'scan':
    case 'root':
      return false;
    default:
      return Array.isArray(value);
  }
}

function notFound(message: () => string): Failure {
  return { kind: 'NotFound', message };
}

function invalid(message: () => string): Failure {
  return { kind: 'InvalidPath', message };
}

function tooMuchWork(): Failure {
  return invalid(() => 'The path looks at too many values');
}

function missingProperty(names: readonly string[], trail: Trail): Failure {
  return notFound(() => `Property ${printStep(names)} not found in path ${printTrail(trail)}`);
}

function notAnArray(run: Run, at: number, value: Json | undefined, trail: Trail): Failure {
  if (value === undefined || (value === null && trail.isBare)) {
    return notFound(() => `The path ${printTrail(trail)} is null`);
  }
  return invalid(
    () =>
      `Filter: ${printSteps(run.steps, at)} can only be applied to arrays. Current context is: ${printContext(value, trail)}`,
  );
}

function printTrail(trail: Trail): string {
  const steps: string[] = [];
  for (let at: Trail | undefined = trail; at?.step !== undefined; at = at.up) steps.push(printStep(at.step));
  return `$${steps.reverse().join('')}`;
}

function printStep(step: string | number | readonly string[]): string {
  if (typeof step === 'number') return `[${step}]`;
  return typeof step === 'string' ? `['${step}']` : `[${step.map((name) => `'${name}'`).join(', ')}]`;
}

/** The rest of the path, as the library prints a step. */
function printSteps(steps: readonly Step[], at: number): string {
  return steps.slice(at).map(printPathStep).join('');
}

function printPathStep(step: Step): string {
  switch (step.kind) {
    case 'names':
      return printStep(step.names);
    case 'wildcard':
      return '[*]';
    case 'scan':
      return '..';
    case 'root':
      return '$';
    case 'filter':
      return '[?]';
    case 'indexes':
      return `[${step.indexes.join(',')}]`;
    case 'fromEnd':
      return `[@.size()${step.offset}]`;
    case 'slice':
      return `[${step.from ?? ''}:${step.to ?? ''}]`;
  }
}

function printContext(value: Json | undefined, trail: Trail): string {
  if (value === undefined) return 'null';
  return typeof value === 'string' && trail.isBare ? value : javaTreeText(value);
}
