// What an expression of a JSONPath state can read: `$` the input, `$$` the context object, `$name` a variable.
import { runtimeError } from '../errors.ts';
import type { Json } from './json.ts';
import { evaluatePath } from './jsonpath.ts';

export interface Scope {
  input: Json;
  context: Json;
  variables: Record<string, Json>;
  /** A number from 0 up to but not including 1. */
  random: () => number;
  newId: () => string;
}

const VARIABLE = /^\$([\p{ID_Start}_][\p{ID_Continue}]*)/u;

/** The name of the variable a path starts with; undefined for paths into the input and the context object. */
export function variableOf(path: string): string | undefined {
  return VARIABLE.exec(path)?.[1];
}

/** Throws PathError where the document lacks the path, and StatesError where the variable is not there at all. */
export function readPath(path: string, scope: Scope): Json {
  if (path === '$') return scope.input;
  if (path.startsWith('$$')) return evaluatePath(path.slice(1), scope.context);
  const name = variableOf(path);
  if (name === undefined) return evaluatePath(path, scope.input);
  const { variables } = scope;
  if (!Object.hasOwn(variables, name)) throw runtimeError(`The variable '$${name}' is not defined`);
  const value = variables[name]!;
  const rest = path.slice(name.length + 1);
  return rest === '' ? value : evaluatePath(`$${rest}`, value);
}

/** What a path reads from, as messages show it. */
export function documentOf(path: string, scope: Scope): Json {
  return path.startsWith('$$') ? scope.context : scope.input;
}
