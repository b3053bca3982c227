// What the API needs of executions: begin one, read one, end one. The name item decides who owns a name (names.ts); the
// log is the truth about everything after (log.ts).

import type { CallOutcome } from '../engine/call.ts';
import type { Head } from '../engine/state.ts';
import type { Creation, HistoryEvent, Standing } from '../execution.ts';
import { readFrom, readNewest, readRecord, recordMissing } from '../store/log.ts';
import { announce, listNames, readCreation, takeName } from '../store/names.ts';
import { readStanding, standingOf } from '../store/standing.ts';
import type { World } from '../world.ts';
import { request } from './desk.ts';
import { dispatch, stillOwed } from './dispatch.ts';
import { type Message, send } from './message.ts';

export { listNames as listExecutions, readCreation };

/** Begins the execution, or gives the creation that holds the name already. The message goes first: a name taken is a run begun. */
export async function startExecution(world: World, creation: Creation): Promise<{ begun: boolean; holder: Creation }> {
  const { run, executionArn } = creation;
  const message: Message = { id: world.newId(), run, executionArn, kind: 'start', creation };
  await send(world, [{ message, queue: 'advance' }]);
  const holder = await takeName(world, creation);
  return { begun: holder.run === run, holder };
}

/** Aborts the execution; one that has ended stays as it is. Accepted is committed: the state it leaves is stored (D5). */
export async function stopExecution(
  world: World,
  creation: Creation,
  reason: { error?: string; cause?: string },
): Promise<Standing> {
  for (;;) {
    const standing = await readStanding(world, creation);
    if (standing.status !== 'RUNNING') return standing;
    const stop = { ...reason, redriveCount: standing.redriveCount };
    const { state } = await request(world, creation, { kind: 'stop', ...stop });
    if (state.head.status !== 'RUNNING') return standingOf(state.head);
  }
}

/** Lets an execution that broke go on. False when it does not stand as this head says any more. */
export async function redriveExecution(
  world: World,
  creation: Creation,
  head: Head,
  how: { clientToken?: string; awaitedBy?: string },
): Promise<{ isTaken: boolean; redriveDate: number }> {
  await sendEnd(world, creation);
  // The audit asks no log of what the list shows as ended: without this, the insurance alone would know.
  await announce(world, creation, { ...head, isBeingRedriven: true });
  const redrive = { kind: 'redrive' as const, count: head.redriveCount + 1, ...how };
  const { state, isTaken } = await request(world, creation, redrive);
  return { isTaken, redriveDate: state.head.redriveDate ?? world.clock.now() };
}

/**
 * What the end of a run still owes (who waits for it may not have heard, its children and jobs may run on): nobody looks
 * for it behind a redrive.
 */
async function sendEnd(world: World, creation: Creation): Promise<void> {
  const newest = await readNewest(world, creation.run);
  if (newest === undefined || newest.head.status === 'RUNNING') return;
  const { owed } = await stillOwed(newest.commands, false, async () => undefined);
  const state = { creation, head: newest.head, frames: new Map(), outputs: new Map() };
  await dispatch(world, state, newest.seq, owed);
}

/** Lets a child that runs for nobody, as this head says, work for this wait of its parent; if it still does. */
export async function adoptExecution(
  world: World,
  creation: Creation,
  { redriveCount }: Head,
  awaitedBy: string,
): Promise<void> {
  await request(world, creation, { kind: 'adopt', awaitedBy, redriveCount });
}

/**
 * Answers a task token. True when the answer is the one that counts; false when the task was answered already, timed
 * out, or is over for another reason.
 */
export async function answerTask(
  world: World,
  creation: Creation,
  wait: string,
  outcome: CallOutcome,
): Promise<boolean> {
  const at = world.clock.now();
  return (await request(world, creation, { kind: 'callback', wait, outcome, at })).isTaken;
}

/** Records that a page reads at once. */
const RECORDS_PER_READ = 50;

/** Events from the oldest on, or the newest first; `after` is the id of the last event of the page before. */
export async function readHistory(
  world: World,
  { run }: Creation,
  page: { after?: number; limit: number; reverse: boolean },
): Promise<{ events: HistoryEvent[]; more: boolean }> {
  return page.reverse ? await readBackward(world, run, page) : await readForward(world, run, page);
}

async function readForward(
  world: World,
  run: string,
  { after = 0, limit }: { after?: number; limit: number },
): Promise<{ events: HistoryEvent[]; more: boolean }> {
  const events: HistoryEvent[] = [];
  for (let seq = after === 0 ? 0 : await seqOfEvent(world, run, after); ; seq += RECORDS_PER_READ) {
    const records = await readFrom(world, run, seq, RECORDS_PER_READ);
    events.push(...records.flatMap((record) => record.events.filter(({ id }) => id > after)));
    if (events.length > limit) return { events: events.slice(0, limit), more: true };
    if (records.length < RECORDS_PER_READ) return { events, more: false };
  }
}

async function readBackward(
  world: World,
  run: string,
  { after, limit }: { after?: number; limit: number },
): Promise<{ events: HistoryEvent[]; more: boolean }> {
  const events: HistoryEvent[] = [];
  const newest = after === undefined ? await readNewest(world, run) : undefined;
  let seq = newest?.seq ?? (after === undefined ? -1 : await seqOfEvent(world, run, after));
  for (let record = newest; seq >= 0 && events.length <= limit; seq--, record = undefined) {
    record ??= await readRecord(world, run, seq);
    if (record === undefined) throw recordMissing(run, seq);
    const older = record.events.filter(({ id }) => after === undefined || id < after);
    events.push(...older.reverse());
  }
  return { events: events.slice(0, limit), more: events.length > limit };
}

/** The record that holds this event: found by halving, so a late page costs no more than an early one (D10). */
async function seqOfEvent(world: World, run: string, id: number): Promise<number> {
  let low = 0;
  let high = (await readNewest(world, run))?.seq ?? 0;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const record = await readRecord(world, run, middle);
    if (record === undefined) throw recordMissing(run, middle);
    if (record.head.nextEventId > id) high = middle;
    else low = middle + 1;
  }
  return low;
}
