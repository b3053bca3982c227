// The audit: finds executions that are open and overdue, and sends again what should have woken them. It asks the log,
// never the queue, so a purged queue loses nothing for good (D8). Sending again is harmless (D3). One execution that
// cannot be read keeps no other from being looked after.

import type { Listed } from '../execution.ts';
import type { Key } from '../ports.ts';
import { expiry } from '../store/log.ts';
import { keep, readHolder } from '../store/names.ts';
import type { World } from '../world.ts';
import { examine, isWorthALook, mend } from './diagnosis.ts';
import type { Examination } from './examination.ts';
import { type Place, type Sight, survey } from './survey.ts';

/** A queue may be late by this much before the audit steps in. */
const OVERDUE_MS = 600_000;

const DAY_SECONDS = 86_400;
/** Days, or more, between two extensions of the life of an open run's records. */
const EXTENSION_DAYS = 7;

type OnTrouble = (trouble: unknown, subject: string) => void;

/** Gives the number of executions it has sent something for. `onTrouble` hears of those it could not look after. */
export async function audit(world: World, onTrouble: OnTrouble = () => {}): Promise<number> {
  return (await auditFrom(world, undefined, Number.POSITIVE_INFINITY, onTrouble)).awakened;
}

/** Where a round stopped that took longer than its worker had, and until when somebody goes on with it. */
const ROUND: Key = { pk: 'audit', sk: 'round' };

/**
 * The part of a round that fits before the deadline: what is left is for the next call, whoever makes it. Begins a round
 * only where it is told to and none is under way.
 */
export async function auditRound(
  world: World,
  { begins, deadline, onTrouble }: { begins: boolean; deadline: number; onTrouble: OnTrouble },
): Promise<number> {
  const item = await world.table.get(ROUND);
  const until = Number(item?.until ?? 0);
  if ((item === undefined && !begins) || until > world.clock.now()) return 0;
  const place = String(item?.place ?? '');
  const condition =
    item === undefined ? ({ if: 'absent' } as const) : ({ if: 'equals', attribute: 'until', value: until } as const);
  if (!(await world.table.put({ ...ROUND, place, until: deadline }, condition))) return 0;
  const from = place === '' ? undefined : (JSON.parse(place) as Place);
  const { awakened, next } = await auditFrom(world, from, deadline, onTrouble);
  if (next === undefined) await world.table.delete(ROUND);
  else await world.table.put({ ...ROUND, place: JSON.stringify(next), until: 0 });
  return awakened;
}

async function auditFrom(
  world: World,
  from: Place | undefined,
  deadline: number,
  onTrouble: OnTrouble,
): Promise<{ awakened: number; next?: Place }> {
  const examination = { before: world.clock.now() - OVERDUE_MS };
  let awakened = 0;
  for await (const { sight, place } of survey(world, from)) {
    if (isWorthALook(sight, examination) && (await lookAfter(world, sight, examination, onTrouble))) awakened++;
    if (world.clock.now() >= deadline) return { awakened, next: place };
  }
  return { awakened };
}

/** Whether it was an execution that something was sent for. */
async function lookAfter(world: World, sight: Sight, examination: Examination, onTrouble: OnTrouble): Promise<boolean> {
  try {
    const mended = (await mend(await examine(world, sight, examination))).filter(({ repaired }) => repaired);
    if (sight.kind !== 'execution') return false;
    if (isOld(world, sight.listed)) await extend(world, sight.executionArn);
    return mended.some(({ kind }) => kind !== 'list');
  } catch (trouble) {
    onTrouble(trouble, subjectOf(sight));
    return false;
  }
}

function isOld(world: World, listed: Listed | undefined): boolean {
  return listed === undefined || world.clock.now() - listed.startDate > EXTENSION_DAYS * DAY_SECONDS * 1000;
}

/** Records are born with an expiry that a run open for longer than the retention would outlive (D12). */
async function extend(world: World, executionArn: string): Promise<void> {
  const holder = await readHolder(world, executionArn);
  if (holder === undefined || holder.expires > expiry(world) - EXTENSION_DAYS * DAY_SECONDS) return;
  await keep(world, holder.creation);
}

function subjectOf(sight: Sight): string {
  if (sight.kind === 'shelved') return `Message ${sight.shelved.id}`;
  return sight.kind === 'machine' ? sight.machineArn : sight.executionArn;
}
