// What of a running execution is overdue: its open waits one by one, each with what should have woken it.
import { worksFor } from '../driver/children.ts';
import { endMessage, nothingOwed, type Owed, owe } from '../driver/dispatch.ts';
import type { Sending } from '../driver/message.ts';
import { forgottenSince } from '../driver/polling.ts';
import { lostTimer, mustBeat } from '../driver/timers.ts';
import { parseResource } from '../engine/call.ts';
import { type Frame, RUN_WAIT, type TaskWait, waitName } from '../engine/state.ts';
import { dueAt } from '../engine/states/task.ts';
import type { Creation } from '../execution.ts';
import { readHeartbeat } from '../store/heartbeats.ts';
import { type LogRecord, readNewest, readRecord } from '../store/log.ts';
import { readCreation } from '../store/names.ts';
import { isOffered } from '../store/offers.ts';
import type { World } from '../world.ts';
import { SKEW_MS, when } from './findings.ts';

export interface Lateness {
  owed: Owed;
  /** Ends of children that their parent has not heard of. */
  ends: Sending[];
  reasons: string[];
}

export async function latenessOf(
  world: World,
  creation: Creation,
  newest: LogRecord,
  frames: Frame[],
  before: number,
): Promise<Lateness> {
  const late: Lateness = { owed: nothingOwed(), ends: [], reasons: [] };
  for (const frame of frames) await examineFrame(world, creation, newest, frame, before, late);
  const { deadline } = newest.head;
  if (deadline !== undefined && deadline < before) {
    owe(late.owed.timers, deadline, RUN_WAIT);
    late.reasons.push(`it was to time out at ${when(deadline)}`);
  }
  return late;
}

async function examineFrame(
  world: World,
  creation: Creation,
  newest: LogRecord,
  frame: Frame,
  before: number,
  late: Lateness,
): Promise<void> {
  const { wait, state } = frame;
  if (wait === undefined) return;
  const name = waitName(frame.id, wait.since);
  const { lastTimestamp } = newest.head;
  // What a clock that was ahead has sent may be kept back until then.
  const sentBefore = lastTimestamp > world.clock.now() + SKEW_MS ? Number.POSITIVE_INFINITY : before;
  if (wait.kind === 'ready' && lastTimestamp < sentBefore) {
    late.owed.ready.push(name);
    late.reasons.push(`state '${state}' is ready to go on since ${when(lastTimestamp)}`);
  }
  if ((wait.kind === 'timer' || wait.kind === 'retry') && wait.until < before) {
    owe(late.owed.timers, wait.until, name);
    const what = wait.kind === 'timer' ? 'was to go on' : 'was to be tried again';
    late.reasons.push(`state '${state}' ${what} at ${when(wait.until)}`);
  }
  if (wait.kind !== 'task') return;
  if (wait.submittedAt !== undefined) return await examineSubmitted(world, creation, { ...frame, wait }, before, late);
  if (parseResource(wait.call.resource).kind === 'activity')
    return await examineOffer(world, creation, { ...frame, wait }, before, late);
  const since = wait.claim?.until ?? lastTimestamp;
  if (since >= (wait.claim === undefined ? sentBefore : before)) return;
  late.owed.calls.advance.push(name);
  late.reasons.push(
    wait.claim === undefined
      ? `state '${state}' waits for a worker to make its call since ${when(since)}`
      : `the worker that made the call of state '${state}' was to be done at ${when(since)}`,
  );
}

type TaskFrame = Frame & { wait: TaskWait };

/** A submitted call ends by a callback, its time, or a heartbeat that does not come; a child's, by the child's end. */
async function examineSubmitted(
  world: World,
  creation: Creation,
  { id, state, wait }: TaskFrame,
  before: number,
  late: Lateness,
): Promise<void> {
  const { run } = creation;
  const name = waitName(id, wait.since);
  const due = dueAt(wait, (mustBeat(wait) ? await readHeartbeat(world, run, name) : undefined) ?? 0);
  if (due !== undefined && due < before) {
    if (mustBeat(wait)) late.owed.heartbeats.push({ wait: name, at: due, ...(await lostTimer(world, run, name)) });
    else owe(late.owed.timers, due, name);
    late.reasons.push(`state '${state}' was to time out at ${when(due)}`);
  }
  const forgotten = await forgottenSince(world, run, name, wait);
  if (forgotten !== undefined) {
    late.owed.polls.push(name);
    late.reasons.push(`nobody asks for the job of state '${state}' since ${when(forgotten)}`);
  }
  if (wait.child === undefined) return;
  // One that cannot be read is found for itself.
  const child = await readCreation(world, wait.child).catch(() => undefined);
  const end = child && (await readNewest(world, child.run).catch(() => undefined));
  if (child === undefined || end === undefined) return;
  if (!worksFor({ creation: child, head: end.head }, run, name)) return;
  if (end.head.status === 'RUNNING' || end.head.lastTimestamp >= before) return;
  late.ends.push(...endMessage(world, { creation: child, head: end.head }));
  late.reasons.push(`state '${state}' has not heard that ${wait.child} is ${end.head.status}`);
}

/** A task that is on offer may wait for its worker as long as it likes; one that no worker can find may not. */
async function examineOffer(
  world: World,
  { run }: Creation,
  { id, state, wait }: TaskFrame,
  before: number,
  late: Lateness,
): Promise<void> {
  const opened = await readRecord(world, run, wait.since);
  const at = opened?.head.lastTimestamp;
  const name = waitName(id, wait.since);
  if (at === undefined || at >= before) return;
  if (await isOffered(world, { activityArn: wait.call.resource, run, wait: name, at })) return;
  late.owed.offers.push(name);
  late.reasons.push(`the task of state '${state}' is not on offer to the workers of ${wait.call.resource}`);
}
