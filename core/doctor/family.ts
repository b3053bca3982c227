// Parents and children that have lost each other: a child whose parent waits for it no longer, a parent whose child is gone.
import { worksFor } from '../driver/children.ts';
import { stopMessage } from '../driver/dispatch.ts';
import { send } from '../driver/message.ts';
import { awaitedByOf, type Frame, parseWaitName, waitName } from '../engine/state.ts';
import type { Creation } from '../execution.ts';
import { type LogRecord, readNewest } from '../store/log.ts';
import { readHolder } from '../store/names.ts';
import type { World } from '../world.ts';
import type { Trouble } from './findings.ts';

/** A child whose parent waits for it no longer was to be stopped. One that somebody redrove by hand runs on its own. */
export async function orphan(
  world: World,
  creation: Creation,
  { head }: LogRecord,
  before: number,
): Promise<Trouble | undefined> {
  const { parent, executionArn } = creation;
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
    mend: () => send(world, [stopMessage(world, creation, awaitedBy)]),
  };
}

/** A state that waits for the end of a child that is not there waits for ever. */
export async function lostChildren(
  world: World,
  creation: Creation,
  frames: Frame[],
  before: number,
): Promise<Trouble[]> {
  const found: Trouble[] = [];
  for (const { id, state, wait } of frames) {
    if (wait?.kind !== 'task' || wait.child === undefined || (wait.submittedAt ?? before) >= before) continue;
    const holder = await readHolder(world, wait.child).catch(() => 'unreadable' as const);
    if (holder === 'unreadable') continue;
    if (holder !== undefined && (await isChildOf(world, holder.creation, creation, waitName(id, wait.since)))) continue;
    const { executionArn: subject } = creation;
    found.push({
      kind: 'lost-child',
      subject,
      problem: `State '${state}' waits for the end of ${wait.child}, ${holder === undefined ? 'which does not exist' : 'which runs for somebody else'}.`,
      advice: `stepwell stop ${subject}, then stepwell redrive ${subject}: the state begins another.`,
    });
  }
  return found;
}

async function isChildOf(world: World, child: Creation, parent: Creation, wait: string): Promise<boolean> {
  const newest = await readNewest(world, child.run).catch(() => undefined);
  return newest === undefined
    ? child.parent?.run === parent.run
    : worksFor({ creation: child, head: newest.head }, parent.run, wait);
}
