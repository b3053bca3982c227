// What one execution waits for, and whether that can still come. It asks the log, never the queue: whatever is open and
// overdue is sent again, which is harmless where it was only late (D3).

import { dispatch } from '../driver/dispatch.ts';
import { send } from '../driver/message.ts';
import type { Frame, RunState } from '../engine/state.ts';
import { Unreadable } from '../errors.ts';
import type { Creation, Listed } from '../execution.ts';
import { definitionOf } from '../store/definitions.ts';
import { forgetLog, type LogRecord, readNewest } from '../store/log.ts';
import { correctEntry, type Entry, forgetName, keep, readHolder } from '../store/names.ts';
import { readTrouble } from '../store/stalled.ts';
import type { World } from '../world.ts';
import { lostChildren, orphan } from './family.ts';
import { defectOf, REPAIR, SKEW_MS, type Trouble, when } from './findings.ts';
import { type Lateness, latenessOf } from './overdue.ts';
import { examineLog, liveFrames } from './records.ts';

/** What is due before `before` and has not come is overdue; `isThorough` reads the whole log. */
export interface Examination {
  before: number;
  /** Also executions that the list shows as ended, and every record. */
  isThorough?: boolean;
}

export type Seen = Pick<Entry, 'executionArn' | 'listed'>;

export async function examineExecution(world: World, seen: Seen, examination: Examination): Promise<Trouble[]> {
  const { executionArn: subject } = seen;
  let holder: Awaited<ReturnType<typeof readHolder>>;
  try {
    holder = await readHolder(world, subject);
  } catch (thrown) {
    return [unreadable(subject, 'What it was started with', thrown)];
  }
  if (holder === undefined) return [];
  const { creation, expires } = holder;
  try {
    const newest = await readNewest(world, creation.run);
    const isExpired = expires * 1000 <= world.clock.now();
    if (isExpired && newest?.head.status !== 'RUNNING') return [];
    const found = isExpired ? [expired(world, creation, expires)] : [];
    const frames = newest === undefined ? [] : await liveFrames(world, creation.run, newest);
    return [...found, ...(await examineRun(world, creation, newest, frames, seen, examination))];
  } catch (thrown) {
    return [unreadable(subject, 'Its log', thrown)];
  }
}

/** Gives up an execution whose start, newest record or live frames are lost. */
export async function discardExecution(world: World, executionArn: string): Promise<'done' | 'readable' | 'unknown'> {
  const holder = await readHolder(world, executionArn).catch(damageOf);
  if (holder === undefined) return 'unknown';
  if ('damage' in holder) {
    await forgetName(world, executionArn);
    return 'done';
  }
  const { run } = holder.creation;
  const newest = await readNewest(world, run).catch(damageOf);
  const isDamaged =
    newest !== undefined && ('damage' in newest || 'damage' in (await liveFrames(world, run, newest).catch(damageOf)));
  if (!isDamaged) return 'readable';
  // The name first: a name without a log is an execution that is to begin.
  await forgetName(world, executionArn);
  await forgetLog(world, run);
  return 'done';
}

function damageOf(thrown: unknown): { damage: Unreadable } {
  if (thrown instanceof Unreadable) return { damage: thrown };
  throw thrown;
}

function unreadable(subject: string, what: string, thrown: unknown): Trouble {
  return {
    kind: 'unreadable',
    subject,
    problem: `${what} cannot be read, so it stands still.`,
    cause: defectOf(thrown),
    advice: `Restore that from a backup; then stepwell doctor --repair wakes it. If it is lost for good: stepwell doctor --discard ${subject}.`,
  };
}

async function examineRun(
  world: World,
  creation: Creation,
  newest: LogRecord | undefined,
  frames: Frame[],
  { listed }: Seen,
  { before, isThorough = false }: Examination,
): Promise<Trouble[]> {
  if (newest === undefined)
    return await explained(world, creation, creation.startDate, notBegun(world, creation, before));
  const found = [
    ...disagreement(world, creation, newest, listed, before),
    ...(isThorough ? await examineLog(world, creation, newest.seq) : []),
  ];
  if (newest.head.status !== 'RUNNING') return found;
  found.push(...ahead(world, creation, newest));
  const orphaned = await orphan(world, creation, newest, before);
  if (orphaned !== undefined) return [...found, orphaned];
  found.push(...(await lostChildren(world, creation, frames, before)));
  const late = await overdue(world, creation, newest, frames, before);
  return [...found, ...(await explained(world, creation, newest.head.lastTimestamp, late))];
}

function notBegun(world: World, creation: Creation, before: number): Trouble | undefined {
  const { run, executionArn, startDate } = creation;
  if (startDate >= before) return undefined;
  return {
    kind: 'not-begun',
    subject: executionArn,
    problem: `It was accepted at ${when(startDate)} and has not begun: the message that starts it is late or lost.`,
    advice: REPAIR,
    async mend() {
      const message = { id: world.newId(), run, executionArn, kind: 'start' as const, creation };
      await send(world, [{ message, queue: 'advance' }]);
    },
  };
}

/** The list index shows what was last announced; an announcement that was lost is made again. */
function disagreement(
  world: World,
  creation: Creation,
  { head }: LogRecord,
  listed: Listed | undefined,
  before: number,
): Trouble[] {
  const isRight = listed?.status === head.status && listed.redriveCount === head.redriveCount;
  if (isRight || head.lastTimestamp >= before) return [];
  const { status, stopDate, lastTimestamp } = head;
  const says = listed === undefined ? 'shows nothing that can be read' : `says ${listed.status}`;
  return [
    {
      kind: 'list',
      subject: creation.executionArn,
      problem: `ListExecutions ${says}, but the execution is ${status} since ${when(stopDate ?? lastTimestamp)}.`,
      advice: 'stepwell doctor --repair corrects the entry.',
      mend: () => correctEntry(world, creation),
    },
  ];
}

/** Nobody looked after it for longer than its records are kept: whatever deletes them has not come by yet. */
function expired(world: World, creation: Creation, expires: number): Trouble {
  return {
    kind: 'expired',
    subject: creation.executionArn,
    problem: `It has not ended, but could be deleted since ${when(expires * 1000)}, because no audit kept it.`,
    advice: 'stepwell doctor --repair keeps it.',
    mend: () => keep(world, creation),
  };
}

/** Times that the clock has not reached: it was ahead when they were written, or is behind now. */
function ahead(world: World, creation: Creation, { head: { lastTimestamp } }: LogRecord): Trouble[] {
  const now = world.clock.now();
  if (lastTimestamp <= now + SKEW_MS) return [];
  return [
    {
      kind: 'clock',
      subject: creation.executionArn,
      problem: `Its last event is of ${when(lastTimestamp)}, but it is ${when(now)} here: what it waits for may come as much too late.`,
      advice:
        'Set the clock right. If it is right now, the execution goes on when it gets there; or stop it and start another.',
    },
  ];
}

/** All that is overdue in a running execution, as one trouble. */
async function overdue(
  world: World,
  creation: Creation,
  newest: LogRecord,
  frames: Frame[],
  before: number,
): Promise<Trouble | undefined> {
  const late = await latenessOf(world, creation, newest, frames, before);
  const [reason, ...others] = late.reasons;
  if (reason === undefined) return undefined;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return {
    kind: 'overdue',
    subject: creation.executionArn,
    problem: `Nothing wakes it: ${reason}${more}. A message is late or lost, as after a purge of the queue.`,
    advice: REPAIR,
    mend: () => wake(world, creation, newest, frames, late),
  };
}

/** Why an execution stands still since then, where that is known; `late` is what is known without it. */
async function explained(
  world: World,
  creation: Creation,
  since: number,
  late: Trouble | undefined,
): Promise<Trouble[]> {
  const { executionArn: subject, machineArn, run } = creation;
  const unloadable = await definitionOf(world, creation).then(
    () => undefined,
    (thrown) => ({ cause: defectOf(thrown), isGone: thrown instanceof Unreadable }),
  );
  if (unloadable !== undefined)
    return [
      {
        kind: 'definition',
        subject,
        problem: `The definition that it runs (a revision of ${machineArn}) cannot be loaded, so it stands still.`,
        cause: unloadable.cause,
        advice: `${unloadable.isGone ? 'Restore it from a backup' : 'Deploy a version of Stepwell that loads it'}, then stepwell doctor --repair. Or: stepwell stop ${subject}.`,
      },
    ];
  const trouble = await readTrouble(world, run);
  if (trouble !== undefined && trouble.at >= since)
    return [
      {
        kind: 'stalled',
        subject,
        problem: `No worker gets on with it since ${when(since)}: ${trouble.times} attempts, the last at ${when(trouble.at)}.`,
        cause: trouble.text,
        advice: 'Remove the cause (deploy the fix); then stepwell doctor --repair resumes it.',
        ...(late?.mend && { mend: late.mend }),
      },
    ];
  return late === undefined ? [] : [late];
}

async function wake(
  world: World,
  creation: Creation,
  { head, seq }: LogRecord,
  frames: Frame[],
  { owed, ends }: Lateness,
): Promise<void> {
  const state: RunState = {
    creation,
    head,
    frames: new Map(frames.map((frame) => [frame.id, frame])),
    outputs: new Map(),
  };
  await send(world, ends);
  await dispatch(world, state, seq, owed);
}
