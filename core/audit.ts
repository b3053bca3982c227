// The audit: finds running executions that are open and overdue, and sends again what should have woken them. It asks
// the log, never the queue, so a purged queue loses nothing for good (D8). Sending again is harmless (D3).
import { dispatch, nothingOwed, type Owed } from './dispatch.ts';
import { type Frame, RUN_WAIT, type RunState, waitName } from './engine/state.ts';
import type { Creation } from './execution.ts';
import { extendLife, type LogRecord, readNewest, readRecord } from './log.ts';
import { listMachines } from './machines.ts';
import { send } from './message.ts';
import { announce, extendName, listNames, readCreation } from './names.ts';
import { listShelved, resume } from './stalled.ts';
import type { World } from './world.ts';

/** A queue may be late by this much before the audit steps in. */
const OVERDUE_MS = 600_000;
const PAGE = 100;

const DAY_MS = 86_400_000;
/** Days between two extensions of the life of an open run's records. */
const EXTENSION_DAYS = 7;

/** Gives the number of executions it has sent something for. */
export async function audit(world: World): Promise<number> {
  for (const shelved of await listShelved(world)) await resume(world, shelved);
  let awakened = 0;
  for await (const machineArn of machines(world))
    for await (const creation of running(world, machineArn)) {
      if (await wakeOverdue(world, creation)) awakened++;
      const days = Math.floor((world.clock.now() - creation.startDate) / DAY_MS);
      if (days > 0 && days % EXTENSION_DAYS === 0) await extend(world, creation);
    }
  return awakened;
}

/** Records are born with an expiry that a run open for longer than the retention would outlive. */
async function extend(world: World, { run, executionArn }: Creation): Promise<void> {
  await extendLife(world, run);
  await extendName(world, executionArn);
}

async function* machines(world: World): AsyncGenerator<string> {
  for (let after: string | undefined; ; ) {
    const page = await listMachines(world, PAGE, after);
    for (const { machineArn } of page) yield machineArn;
    after = page.at(-1)?.name;
    if (page.length < PAGE) return;
  }
}

async function* running(world: World, machineArn: string): AsyncGenerator<Creation> {
  for (let after: string | undefined; ; ) {
    const page = { machineArn, status: 'RUNNING' as const, limit: PAGE, ...(after === undefined ? {} : { after }) };
    const { executions, next } = await listNames(world, page);
    for (const { executionArn } of executions) {
      const creation = await readCreation(world, executionArn);
      if (creation !== undefined) yield creation;
    }
    if (next === undefined) return;
    after = next;
  }
}

async function wakeOverdue(world: World, creation: Creation): Promise<boolean> {
  const newest = await readNewest(world, creation.run);
  const before = world.clock.now() - OVERDUE_MS;
  if (newest === undefined) return creation.startDate < before && (await startAgain(world, creation));
  const { head } = newest;
  if (head.status !== 'RUNNING') {
    const { status, redriveCount, stopDate } = head;
    await announce(world, creation, { status, redriveCount, ...(stopDate === undefined ? {} : { stopDate }) });
    return false;
  }
  const frames = await liveFrames(world, creation.run, newest);
  const owed = nothingOwed();
  for (const frame of frames) oweOverdue(frame, head.lastTimestamp, before, owed);
  if (head.deadline !== undefined && head.deadline < before) owed.timers.set(before, [RUN_WAIT]);
  const isOverdue = owed.ready.length + owed.calls.advance.length + owed.timers.size > 0;
  const state: RunState = {
    creation,
    head,
    frames: new Map(frames.map((frame) => [frame.id, frame])),
    outputs: new Map(),
  };
  if (isOverdue) await dispatch(world, state, newest.seq, owed);
  return isOverdue;
}

async function startAgain(world: World, creation: Creation): Promise<boolean> {
  const { run, executionArn } = creation;
  const message = { id: world.newId(), run, executionArn, kind: 'start' as const, creation };
  await send(world, [{ message, queue: 'advance' }]);
  return true;
}

function oweOverdue({ id, wait }: Frame, lastTimestamp: number, before: number, owed: Owed): void {
  if (wait === undefined) return;
  const name = waitName(id, wait.since);
  if (wait.kind === 'ready' && lastTimestamp < before) owed.ready.push(name);
  if ((wait.kind === 'timer' || wait.kind === 'retry') && wait.until < before)
    owed.timers.set(wait.until, [...(owed.timers.get(wait.until) ?? []), name]);
  if (wait.kind === 'task' && (wait.claim?.until ?? lastTimestamp) < before) owed.calls.advance.push(name);
}

async function liveFrames(world: World, run: string, newest: LogRecord): Promise<Frame[]> {
  const bySeq = Map.groupBy(Object.entries(newest.head.frames), ([, seq]) => seq);
  const found = await Promise.all(
    [...bySeq].map(async ([seq, entries]) => {
      const record = seq === newest.seq ? newest : await readRecord(world, run, seq);
      const ids = entries.map(([id]) => id);
      return record?.frames.filter(({ id }) => ids.includes(id)) ?? [];
    }),
  );
  return found.flat();
}
