// The state of a run, read from its log: the newest head, and of frames and outputs only what a step needs (D9).
import { type Head, openWait, parseWaitName, type RunState } from '../engine/state.ts';
import { Missing } from '../engine/step.ts';
import { assert } from '../errors.ts';
import type { World } from '../world.ts';
import { type LogRecord, readFrom, readNewest, readRecord } from './log.ts';

/** The newest state and its seq. */
export async function reload(world: World, known: RunState): Promise<{ seq: number; state: RunState } | undefined> {
  const newest = await readNewest(world, known.creation.run);
  return newest === undefined ? undefined : { seq: newest.seq, state: newerState(known, newest) };
}

/** The state as of this record; keeps what is known of frames and outputs, as far as it still holds. */
export function newerState({ creation, head: old, frames, outputs }: RunState, newest: LogRecord): RunState {
  const { head } = newest;
  const kept = [...frames.values()].filter(
    ({ id }) => head.frames[id] !== undefined && head.frames[id] === old.frames[id],
  );
  const current = new Map([...kept, ...newest.frames].map((frame) => [frame.id, frame]));
  return { creation, head, frames: current, outputs: outputsOfOpenGroups({ head, outputs }, old) };
}

/** Outputs of groups that are still open; a later group of the same frame has none of the one before. */
export function outputsOfOpenGroups(
  { head, outputs }: Pick<RunState, 'head' | 'outputs'>,
  before: Head,
): RunState['outputs'] {
  const isOpen = (id: string) => {
    const [now, then] = [head.groups[id], before.groups[id]];
    return now !== undefined && (then === undefined || then.since === now.since);
  };
  return new Map([...outputs].filter(([id]) => isOpen(id)));
}

/** The state with what a step could not do without. */
export async function supply(world: World, state: RunState, missing: Missing): Promise<RunState> {
  if (missing.outputsOf !== undefined) return await withOutputs(world, state, missing.outputsOf);
  const { run } = state.creation;
  const ids = missing.frames;
  const seqs = [...new Set(ids.map((id) => state.head.frames[id] ?? -1))];
  const records = await Promise.all(seqs.map((seq) => readRecord(world, run, seq)));
  // A record may also hold an older version of a frame that is asked for.
  const isAsked = (id: string, seq: number) => ids.includes(id) && state.head.frames[id] === seq;
  const found = records.flatMap((record) => record?.frames.filter(({ id }) => isAsked(id, record.seq)) ?? []);
  assert(found.length >= ids.length, `Frames ${ids.join(', ')} are live, but the log of run ${run} does not hold them`);
  return { ...state, frames: new Map([...state.frames, ...found.map((frame) => [frame.id, frame] as const)]) };
}

/** One read of the log from the group's record on gives every output that its ended frames left there. */
async function withOutputs(world: World, state: RunState, id: string): Promise<RunState> {
  const group = state.head.groups[id];
  assert(group !== undefined, `Outputs of ${id} are needed, but no such group is open`);
  const texts = [...(state.outputs.get(id) ?? [])];
  for (const { ended } of await readFrom(world, state.creation.run, group.since))
    for (const [index, text] of Object.entries(ended?.[id] ?? {})) texts[Number(index)] = text;
  return { ...state, outputs: new Map(state.outputs).set(id, texts) };
}

/** Whether the wait may be open, as far as can be told without reading its frame. */
export function mayBeOpen(state: RunState, wait: string): boolean {
  const { frame: id, since } = parseWaitName(wait);
  const { head, frames } = state;
  if (frames.has(id)) return openWait(state, wait) !== undefined;
  return head.status === 'RUNNING' && (head.frames[id] ?? -1) >= since;
}

/** Whether a wait of this run is open, as the log says now. */
export async function isWaitOpen(world: World, run: string, wait: string): Promise<boolean> {
  const { frame: id, since } = parseWaitName(wait);
  const newest = await readNewest(world, run);
  const seq = newest?.head.status === 'RUNNING' ? newest.head.frames[id] : undefined;
  if (seq === undefined || seq < since) return false;
  const record = seq === newest?.seq ? newest : await readRecord(world, run, seq);
  return record?.frames.some((frame) => frame.id === id && frame.wait?.since === since) ?? false;
}

/** The state with the frames of these waits at hand, as far as the waits may still be open. */
export async function withFramesOf(world: World, state: RunState, waits: string[]): Promise<RunState> {
  const needed = waits.filter((wait) => mayBeOpen(state, wait)).map((wait) => parseWaitName(wait).frame);
  const missing = [...new Set(needed)].filter((frame) => !state.frames.has(frame));
  return missing.length === 0 ? state : await supply(world, state, new Missing(missing));
}
