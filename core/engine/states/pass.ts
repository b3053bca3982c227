// Pass: hands on its Result, its Parameters, or its input.
import type { PassState } from '../../asl/definition.ts';
import { departWithResult, workInput } from '../dataflow.ts';
import { leave } from '../move.ts';
import { payloadOf } from '../payload.ts';
import type { Frame } from '../state.ts';
import type { Step } from '../step.ts';

export async function begin(step: Step, frame: Frame, state: PassState): Promise<void> {
  const result = state.Result === undefined ? await workInput(step, frame, state) : payloadOf(state.Result);
  if (state.Result !== undefined) step.observe('result', result.text);
  leave(step, frame, state, await departWithResult(step, frame, state, result));
}
