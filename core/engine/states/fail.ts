// Fail: ends its frame with an error of the author's own. It has no Exited event.
import type { FailState } from '../../asl/definition.ts';
import { runtimeError } from '../../errors.ts';
import { evaluateIntrinsic } from '../../expr/intrinsics.ts';
import { type Json, printJson } from '../../expr/json.ts';
import { evaluateTyped } from '../../expr/jsonata-template.ts';
import { PathError } from '../../expr/jsonpath.ts';
import { readPath } from '../../expr/scope.ts';
import { effectiveInput, jsonataScope, languageOf, pathScope } from '../dataflow.ts';
import { fail } from '../recover.ts';
import type { Frame } from '../state.ts';
import type { Step } from '../step.ts';

export async function begin(step: Step, frame: Frame, state: FailState): Promise<void> {
  const { value } = effectiveInput(step, frame, state);
  const error = await text(step, frame, state, 'Error', value);
  const cause = await text(step, frame, state, 'Cause', value);
  await fail(step, frame, { error, cause });
}

async function text(
  step: Step,
  frame: Frame,
  state: FailState,
  field: 'Error' | 'Cause',
  input: Json,
): Promise<string | undefined> {
  const literal = state[field];
  if (literal !== undefined) {
    if (languageOf(step, state) !== 'JSONata') return literal;
    return (await evaluateTyped(literal, field, 'string', jsonataScope(step, frame))) as string;
  }
  const path = state[`${field}Path`];
  if (path === undefined) return undefined;
  const scope = pathScope(step, frame, input);
  try {
    const value = path.startsWith('States.') ? evaluateIntrinsic(path, scope) : readPath(path, scope);
    if (typeof value === 'string') return value;
    throw runtimeError(`The ${field}Path parameter does not reference a string: ${path} == ${printJson(value)}`);
  } catch (problem) {
    if (!(problem instanceof PathError)) throw problem;
    throw runtimeError(
      `The JSONPath '${path}' specified for the field '${field}Path' could not be found in the input '${printJson(scope.input)}'`,
    );
  }
}
