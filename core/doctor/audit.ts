// The audit: finds executions that are open and overdue, and sends again what should have woken them. It asks the log,
// never the queue, so a purged queue loses nothing for good (D8). Sending again is harmless (D3). One execution that
// cannot be read keeps no other from being looked after.

import { extendLife } from '../store/log.ts';
import { extendName, readCreation } from '../store/names.ts';
import type { World } from '../world.ts';
import { examine, isWorthALook, mend } from './diagnosis.ts';
import { type Sight, survey } from './survey.ts';

/** A queue may be late by this much before the audit steps in. */
const OVERDUE_MS = 600_000;

const DAY_MS = 86_400_000;
/** Days between two extensions of the life of an open run's records. */
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
      await extend(world, sight);
    } catch (trouble) {
      onTrouble(trouble, subjectOf(sight));
    }
  }
  return awakened;
}

/** Records are born with an expiry that a run open for longer than the retention would outlive. */
async function extend(world: World, { listed }: Extract<Sight, { kind: 'execution' }>): Promise<void> {
  const days = Math.floor((world.clock.now() - listed.startDate) / DAY_MS);
  if (days === 0 || days % EXTENSION_DAYS !== 0) return;
  const creation = await readCreation(world, listed.executionArn);
  if (creation !== undefined) await extendLife(world, creation.run);
  await extendName(world, listed.executionArn);
}

function subjectOf(sight: Sight): string {
  if (sight.kind === 'shelved') return `Message ${sight.shelved.id}`;
  return sight.kind === 'machine' ? sight.machineArn : sight.listed.executionArn;
}
