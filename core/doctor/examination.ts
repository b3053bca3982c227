// What one execution waits for, and whether that can still come. It asks the log, never the queue: whatever is open and
// overdue is sent again, which is harmless where it was only late (D3).

import { PARENT_ENDED } from '../driver/children.ts';
import { dispatch } from '../driver/dispatch.ts';
import { send } from '../driver/message.ts';
import { awaitedByOf, type Frame, parseWaitName, type RunState } from '../engine/state.ts';
import type { Creation, Listed } from '../execution.ts';
import { definitionOf } from '../store/definitions.ts';
import { type LogRecord, readNewest, readRecord } from '../store/log.ts';
import { announce, readCreation } from '../store/names.ts';
import { readTrouble } from '../store/stalled.ts';
import type { World } from '../world.ts';
import { defectOf, REPAIR, type Trouble, when } from './findings.ts';
import { type Lateness, latenessOf } from './overdue.ts';

/** What is due before this moment and has not come is overdue. */
export async function examineExecution(world: World, listed: Listed, before: number): Promise<Trouble[]> {
  const { executionArn: subject } = listed;
  const unreadable = (what: string, thrown: unknown): Trouble[] => [
    {
      kind: 'unreadable',
      subject,
      problem: `${what} cannot be read, so the execution stands still.`,
      cause: defectOf(thrown),
      advice: 'Restore what is missing in the table or the payload store; then stepwell doctor --repair wakes it.',
    },
  ];
  let creation: Creation | undefined;
  let newest: LogRecord | undefined;
  let frames: Frame[];
  try {
    creation = await readCreation(world, subject);
  } catch (thrown) {
    return unreadable('What it was started with', thrown);
  }
  if (creation === undefined) return [];
  try {
    newest = await readNewest(world, creation.run);
    frames = newest === undefined ? [] : await liveFrames(world, creation.run, newest);
  } catch (thrown) {
    return unreadable(`A record of its log (run ${creation.run})`, thrown);
  }
  if (newest === undefined)
    return await explained(world, creation, creation.startDate, notBegun(world, creation, before));
  const disagreements = disagreement(world, creation, newest, listed, before);
  if (newest.head.status !== 'RUNNING') return disagreements;
  const orphaned = await orphan(world, creation, newest, before);
  if (orphaned !== undefined) return [...disagreements, orphaned];
  const late = await overdue(world, creation, newest, frames, before);
  return [...disagreements, ...(await explained(world, creation, newest.head.lastTimestamp, late))];
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
  listed: Listed,
  before: number,
): Trouble[] {
  if (listed.status === head.status || head.lastTimestamp >= before) return [];
  const { status, stopDate } = head;
  return [
    {
      kind: 'list',
      subject: creation.executionArn,
      problem: `ListExecutions says ${listed.status}, but the execution is ${status} since ${when(stopDate ?? head.lastTimestamp)}.`,
      advice: 'stepwell doctor --repair corrects the entry.',
      mend: () => announce(world, creation, head),
    },
  ];
}

/** A child whose parent waits for it no longer was to be stopped. One that somebody redrove by hand runs on its own. */
async function orphan(
  world: World,
  creation: Creation,
  { head }: LogRecord,
  before: number,
): Promise<Trouble | undefined> {
  const { parent, run, executionArn } = creation;
  const awaitedBy = awaitedByOf({ creation, head });
  if (parent === undefined || awaitedBy === undefined) return undefined;
  const newest = await readNewest(world, parent.run).catch(() => undefined);
  if (newest === undefined || newest.head.lastTimestamp >= before) return undefined;
  const { frame, since } = parseWaitName(awaitedBy);
  if (newest.head.status === 'RUNNING' && (newest.head.frames[frame] ?? -1) >= since) return undefined;
  return {
    kind: 'orphan',
    subject: executionArn,
    problem: `It runs on, but ${parent.executionArn} waits for it no longer: the message that stops it is late or lost.`,
    advice: 'stepwell doctor --repair stops it.',
    async mend() {
      const message = { id: world.newId(), run, executionArn, kind: 'stop' as const, error: PARENT_ENDED, awaitedBy };
      await send(world, [{ message, queue: 'advance' }]);
    },
  };
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
  const unloadable = await definitionOf(world, creation).then(() => undefined, defectOf);
  const trouble = await readTrouble(world, run);
  const mend = late?.mend && { mend: late.mend };
  if (unloadable !== undefined)
    return [
      {
        kind: 'definition',
        subject,
        problem: `The definition that it runs (a revision of ${machineArn}) cannot be loaded, so it stands still.`,
        cause: unloadable,
        advice: 'Deploy a version of Stepwell that loads it, then stepwell doctor --repair; or stop the execution.',
        ...mend,
      },
    ];
  if (trouble !== undefined && trouble.at >= since)
    return [
      {
        kind: 'stalled',
        subject,
        problem: `No worker gets on with it since ${when(since)}: ${trouble.times} attempts, the last at ${when(trouble.at)}.`,
        cause: trouble.text,
        advice: 'Remove the cause (deploy the fix); then stepwell doctor --repair resumes it.',
        ...mend,
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

/** Throws where the log does not hold them all. */
async function liveFrames(world: World, run: string, newest: LogRecord): Promise<Frame[]> {
  const bySeq = Map.groupBy(Object.entries(newest.head.frames), ([, seq]) => seq);
  const found = await Promise.all(
    [...bySeq].map(async ([seq, entries]) => {
      const record = seq === newest.seq ? newest : await readRecord(world, run, seq);
      if (record === undefined) throw new Error(`Record ${seq} of run ${run} is not in the table`);
      const ids = entries.map(([id]) => id);
      return record.frames.filter(({ id }) => ids.includes(id));
    }),
  );
  return found.flat();
}
