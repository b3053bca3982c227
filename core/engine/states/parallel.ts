// Parallel: one frame per branch, all at once.
//   enter -> ParallelStateStarted, parked -> the last branch ends: exit with the outputs in branch order
import type { ParallelState } from '../../asl/definition.ts';
import { workInput } from '../dataflow.ts';
import * as group from '../group.ts';
import type { Frame } from '../state.ts';
import type { Step } from '../step.ts';

export async function begin(step: Step, frame: Frame, state: ParallelState): Promise<void> {
  const { text } = await workInput(step, frame, state);
  const count = state.Branches.length;
  await group.open(step, step.emit(frame, 'ParallelStateStarted'), state, count, count, () => text);
}

export async function childEnded(
  step: Step,
  frame: Frame,
  state: ParallelState,
  child: Frame,
  output: string,
): Promise<void> {
  // All branches begin together, so no branch is left to begin here.
  await group.ended(step, child, output, frame, state, () => '');
}
