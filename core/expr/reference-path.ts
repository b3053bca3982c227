// Reference Paths: paths that name one place. ResultPath writes to one; the document itself is never changed, only the
// objects and arrays on the way to the place are copied.
import { StatesError } from '../errors.ts';
import { isObject, type Json, type JsonObject, printJson, setOwn } from './json.ts';
import { compilePath, PathError } from './jsonpath.ts';

/** Names and indexes from the root down; empty is the document itself. */
export type ReferencePath = readonly (string | number)[];

/** The steps of a Reference Path; undefined for any other text. */
export function parseReferencePath(path: string): ReferencePath | undefined {
  if (!path.startsWith('$')) return undefined;
  try {
    const steps: (string | number)[] = [];
    for (const step of compilePath(path).steps) {
      const [place, more] = step.kind === 'names' ? step.names : step.kind === 'indexes' ? step.indexes : [];
      if (place === undefined || more !== undefined || (typeof place === 'number' && place < 0)) return undefined;
      steps.push(place);
    }
    return steps;
  } catch (error) {
    if (error instanceof PathError) return undefined;
    throw error;
  }
}

/**
 * The document with `value` at the place; objects that are missing on the way are made, arrays keep their length.
 * Throws States.ResultPathMatchFailure where the document has something else in the way.
 */
export function writeReferencePath(path: string, document: Json, value: Json): Json {
  const steps = parseReferencePath(path);
  if (steps === undefined) {
    throw new StatesError('States.ResultPathMatchFailure', `Value is not a Reference Path: ${path}`);
  }
  let root = document;
  let hold = (copy: Json): void => {
    root = copy;
  };
  let current: Json | undefined = document;
  for (const step of steps) {
    const copy = copyFor(step, current);
    hold(copy);
    current = Array.isArray(copy) ? copy[step as number] : Object.hasOwn(copy, step) ? copy[step] : undefined;
    hold = (below) => {
      if (Array.isArray(copy)) copy[step as number] = below;
      else setOwn(copy, step as string, below);
    };
  }
  hold(value);
  return root;
}

/** A copy of the container that the step leads into. */
function copyFor(step: string | number, container: Json | undefined): JsonObject | Json[] {
  if (typeof step === 'number') {
    if (Array.isArray(container) && step < container.length) return [...container];
  } else if (container === undefined) return {};
  else if (isObject(container)) return { ...container };
  throw new StatesError(
    'States.ResultPathMatchFailure',
    `Unable to apply step "${step}" to input ${printJson(container ?? null)}`,
  );
}
