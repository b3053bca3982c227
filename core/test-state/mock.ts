// The answer a test gives in place of the world: checked against what the state could really be answered with.
import { validation } from '../api/exceptions.ts';
import type { State } from '../asl/definition.ts';
import type { CallOutcome } from '../engine/call.ts';
import { isObject, type Json, parseJson } from '../expr/json.ts';
import type { MockInput } from './request.ts';
import { checkTaskResult } from './result-shape.ts';

export type Answer = Extract<CallOutcome, { kind: 'succeeded' | 'failed' }>;

/** Throws ValidationException. */
export function mockedAnswer(state: State, mock: MockInput): Answer {
  if (mock.result === undefined) {
    const { error, cause } = mock.errorOutput ?? {};
    return {
      kind: 'failed',
      ...(error === undefined ? {} : { error }),
      ...(cause === undefined ? {} : { cause }),
    };
  }
  checkResult(state, parsedResult(mock.result), mock.fieldValidationMode ?? 'STRICT');
  return { kind: 'succeeded', output: mock.result };
}

function parsedResult(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    throw validation('Mocked result must be a valid JSON.');
  }
}

function checkResult(state: State, result: Json, mode: NonNullable<MockInput['fieldValidationMode']>): void {
  switch (state.Type) {
    case 'Map':
      if (state.ResultWriter === undefined) checkArray(result);
      else if (!isObject(result)) throw validation('Mocked result must be a JSON object.');
      return;
    case 'Parallel':
      checkArray(result);
      if (result.length !== state.Branches.length)
        throw validation('Mocked result must contain the same number of items as number of Parallel branches.');
      return;
    case 'Task':
      if (mode !== 'NONE') checkTaskResult(state.Resource, result, mode === 'STRICT');
  }
}

function checkArray(result: Json): asserts result is Json[] {
  if (!Array.isArray(result)) throw validation('Mocked result must be an array.');
}
