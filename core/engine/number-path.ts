// Numbers of a state that its definition only names: MaxConcurrencyPath, TimeoutSecondsPath and their like.
import type { State } from '../asl/definition.ts';
import { runtimeError } from '../errors.ts';
import { type Json, printJson } from '../expr/json.ts';
import { effectiveInput, pathScope, readField } from './dataflow.ts';
import type { Frame } from './state.ts';
import type { Step } from './step.ts';

/** How such a number may be written, its bounds, and what AWS calls it. */
export interface NumberKind {
  form: RegExp;
  least: number;
  most: number;
  name: 'integer' | 'float';
}

export const INTEGER: NumberKind = { form: /^\d+$/, least: 0, most: 2 ** 31 - 1, name: 'integer' };
/** Of a timeout or a heartbeat, with the bounds of the literal. */
export const SECONDS: NumberKind = { ...INTEGER, least: 1, most: 99_999_999 };
export const FLOAT: NumberKind = {
  form: /^[-+]?\d+(\.\d+)?([eE][-+]?\d+)?$/,
  least: -Number.MAX_VALUE,
  most: Number.MAX_VALUE,
  name: 'float',
};

/** The number that a path of the state refers to. A number in a string counts too (recorded of MaxConcurrencyPath). */
export function numberAt(
  step: Step,
  frame: Frame,
  state: State,
  field: string,
  path: string,
  { form, least, most, name }: NumberKind,
): number {
  const value = readField(pathScope(step, frame, effectiveInput(step, frame, state).value), path);
  const shown = textOf(value);
  const number = form.test(shown) ? Number(shown) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw runtimeError(`The ${field} field refers to value "${shown}" which is not a valid ${name}: ${path}`);
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : printJson(value);
}
