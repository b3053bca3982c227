// Succeed: ends its frame with its input.
import type { SucceedState } from '../../asl/definition.ts';
import { departWithInput } from '../dataflow.ts';
import { leave } from '../move.ts';
import type { Frame } from '../state.ts';
import type { Step } from '../step.ts';

export async function begin(step: Step, frame: Frame, state: SucceedState): Promise<void> {
  leave(step, frame, state, await departWithInput(step, frame, state));
}
