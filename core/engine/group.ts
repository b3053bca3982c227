// Branches and iterations: how a Parallel or Map begins its frames, goes on as they end, and joins them. One group per
// frame; its counts live in the head, the outputs of what ended in the records where it ended.
import type { MapState, ParallelState } from '../asl/definition.ts';
import { assert } from '../errors.ts';
import { departWithResult } from './dataflow.ts';
import { leave } from './move.ts';
import { type Payload, payload } from './payload.ts';
import type { Frame } from './state.ts';
import { Missing, type Step } from './step.ts';

type GroupState = ParallelState | MapState;

/** Gives the input of the branch or iteration with this index. */
export type InputOf = (index: number) => Promise<string> | string;

/** Parks the frame on its branches or iterations and begins as many as may run at once. */
export async function open(
  step: Step,
  frame: Frame,
  state: GroupState,
  total: number,
  concurrency: number,
  inputOf: InputOf,
): Promise<void> {
  step.park(frame, { kind: 'group' });
  step.head.groups[frame.id] = { since: step.seq, total, next: 0, done: 0, concurrency };
  const first = Math.min(total, concurrency);
  for (let i = 0; i < first; i++) await beginNext(step, frame, state, frame.previous, inputOf);
  if (total === 0) await join(step, frame, state, frame.previous);
}

/** Begins the next branch or iteration; its chain hangs on `previous`. */
async function beginNext(
  step: Step,
  parent: Frame,
  state: GroupState,
  previous: number,
  inputOf: InputOf,
): Promise<void> {
  const group = step.group(parent.id);
  const index = group.next;
  const input = await inputOf(index);
  step.head.groups[parent.id] = { ...group, next: index + 1 };
  const began =
    state.Type === 'Map'
      ? step.record(previous, 'MapIterationStarted', { mapIterationStartedEventDetails: { name: parent.state, index } })
      : previous;
  const scope = state.Type === 'Map' ? (state.ItemProcessor ?? state.Iterator) : state.Branches[index];
  assert(scope !== undefined, `${parent.state} has no states for index ${index}`);
  // The event that opened the group is part of the id: a retried Map begins new frames, never old ones again.
  const id = `${parent.id}.${parent.previous}.${index}`;
  step.set({ id, parent: parent.id, index, state: scope.StartAt, input, previous: began });
  step.ready.push(id);
}

/** A branch or iteration came to its end with this output. */
export async function ended(
  step: Step,
  child: Frame,
  output: string,
  parent: Frame,
  state: GroupState,
  inputOf: InputOf,
): Promise<void> {
  const group = step.group(parent.id);
  const index = child.index ?? 0;
  const last =
    state.Type === 'Map'
      ? step.record(child.previous, 'MapIterationSucceeded', {
          mapIterationSucceededEventDetails: { name: parent.state, index },
        })
      : child.previous;
  step.keepOutput(parent.id, index, output);
  step.head.groups[parent.id] = { ...group, done: group.done + 1 };
  if (group.next < group.total) await beginNext(step, parent, state, child.previous, inputOf);
  else if (group.done + 1 === group.total) await join(step, parent, state, last);
}

async function join(step: Step, parent: Frame, state: GroupState, previous: number): Promise<void> {
  const result = joined(step, parent.id);
  step.ended.delete(parent.id);
  delete step.head.groups[parent.id];
  step.record(previous, `${state.Type}StateSucceeded`);
  const { wait: _closed, items: _items, keys: _keys, ...open } = parent;
  const frame = step.set({ ...open, previous });
  leave(step, frame, state, await departWithResult(step, frame, state, result));
}

/** The array of all outputs, in order of index. */
function joined(step: Step, id: string): Payload {
  const known = step.run.outputs.get(id) ?? [];
  const now = step.ended.get(id) ?? {};
  const texts = Array.from({ length: step.group(id).total }, (_, index) => now[index] ?? known[index]);
  if (texts.includes(undefined)) throw new Missing([], id);
  return payload(`[${texts.join(',')}]`);
}
