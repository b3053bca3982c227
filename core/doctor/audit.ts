// The audit: finds executions that are open and overdue, and sends again what should have woken them. It asks the log,
// never the queue, so a purged queue loses nothing for good (D8). Sending again is harmless (D3). One execution that
// cannot be read keeps no other from being looked after.

import type { Listed } from '../execution.ts';
import { expiry } from '../store/log.ts';
import { keep, readHolder } from '../store/names.ts';
import type { World } from '../world.ts';
import { examine, isWorthALook, mend } from './diagnosis.ts';
import { type Sight, survey } from './survey.ts';

/** A queue may be late by this much before the audit steps in. */
const OVERDUE_MS = 600_000;

const DAY_SECONDS = 86_400;
/** Days, or more, between two extensions of the life of an open run's records. */
const EXTENSION_DAYS = 7;

/** Gives the number of executions it has sent something for. `onTrouble` hears of those it could not look after. */
export async function audit(
  world: World,
  onTrouble: (trouble: unknown, subject: string) => void = () => {},
): Promise<number> {
  const examination = { before: world.clock.now() - OVERDUE_MS };
  let awakened = 0;
  for await (const { sight } of survey(world)) {
    if (!isWorthALook(sight, examination)) continue;
    try {
      const mended = (await mend(await examine(world, sight, examination))).filter(({ repaired }) => repaired);
      if (sight.kind !== 'execution') continue;
      if (mended.some(({ kind }) => kind !== 'list')) awakened++;
      if (isOld(world, sight.listed)) await extend(world, sight.executionArn);
    } catch (trouble) {
      onTrouble(trouble, subjectOf(sight));
    }
  }
  return awakened;
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
