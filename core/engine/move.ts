// How a frame moves: into a state, out of it, to its end. The event chains of AWS (spec section 4.1) are kept here.
import type { State } from '../asl/definition.ts';
import type { Departure } from './dataflow.ts';
import { enteredDetails, exitedDetails, outputDetails } from './history.ts';
import { stopChildren } from './nested.ts';
import type { Payload } from './payload.ts';
import { type Frame, ROOT, RUN_WAIT } from './state.ts';
import type { Step } from './step.ts';

/** A frame at the beginning of a state, nothing of the state before left in it but its variables. */
export function arrive(frame: Frame, state: string, input: string): Frame {
  const { id, parent, index, variables, previous } = frame;
  return {
    id,
    ...(parent === undefined ? {} : { parent }),
    ...(index === undefined ? {} : { index }),
    ...(variables === undefined ? {} : { variables }),
    state,
    input,
    previous,
  };
}

/** Records that the frame entered its state. The first state of an execution points at 0, as ExecutionStarted does. */
export function enter(step: Step, frame: Frame, state: State): Frame {
  const before = frame.id === ROOT && frame.previous === 1 ? 0 : frame.previous;
  const id = step.record(before, `${state.Type}StateEntered`, enteredDetails(frame.state, frame.input));
  return step.set({ ...frame, previous: id, entered: { id, at: step.now, before } });
}

/** Leaves the state for `next`, or ends the frame where there is none. */
export function leave(step: Step, frame: Frame, state: State, departure: Departure, next = state.Next): void {
  let left = step.emit(frame, `${state.Type}StateExited`, exitedDetails(frame.state, departure));
  if (departure.assigned !== undefined)
    left = step.set({ ...left, variables: { ...left.variables, ...departure.assigned } });
  if (next === undefined) endFrame(step, left, departure.output);
  else {
    step.set(arrive(left, next, departure.output.text));
    step.ready.push(frame.id);
  }
}

/** The frame has come to its end with this output: so has the execution, or a branch or iteration of a group. */
function endFrame(step: Step, frame: Frame, output: Payload): void {
  if (frame.parent !== undefined) {
    step.endings.push({ frame, output: output.text });
    step.remove(frame.id);
    return;
  }
  step.remove(frame.id);
  step.record(frame.previous, 'ExecutionSucceeded', {
    executionSucceededEventDetails: outputDetails(output.text),
  });
  endRun(step, { status: 'SUCCEEDED', output: output.text });
}

/** Sets the machine's TimeoutSeconds, if it has one, from this moment on. */
export function limitRun(step: Step, from: number): void {
  const { TimeoutSeconds } = step.definition;
  if (TimeoutSeconds === undefined) return;
  step.head.deadline = from + TimeoutSeconds * 1000;
  step.commands.push({ kind: 'StartTimer', wait: RUN_WAIT, at: step.head.deadline });
}

/** Closes the run; its record is the last, unless it is redriven. */
export function endRun(
  step: Step,
  end: { status: Exclude<typeof step.head.status, 'RUNNING'>; output?: string; error?: string; cause?: string },
): void {
  Object.assign(step.head, end, { stopDate: step.now });
  step.ready.length = 0;
  step.endings.length = 0;
  const stops = step.commands.filter(({ kind }) => kind === 'StopChild' || kind === 'CancelJob');
  step.commands.splice(0, step.commands.length, ...stops);
  stopChildren(step);
  step.commands.push({ kind: 'AnnounceEnd' });
}
