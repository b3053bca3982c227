// Where an execution stands: what its newest record says.
import type { Head } from './engine/state.ts';
import type { Creation, Standing } from './execution.ts';
import { readNewest } from './log.ts';
import type { World } from './world.ts';

export async function readStanding(world: World, { run }: Creation): Promise<Standing> {
  const newest = await readNewest(world, run);
  return newest === undefined ? { status: 'RUNNING', redriveCount: 0, lastEventId: 0 } : standingOf(newest.head);
}

export function standingOf(head: Head): Standing {
  const { status, stopDate, output, error, cause, redriveCount, redriveDate, redriveTokens, nextEventId } = head;
  return {
    status,
    redriveCount,
    lastEventId: nextEventId - 1,
    ...(redriveDate === undefined ? {} : { redriveDate }),
    ...(redriveTokens === undefined ? {} : { redriveTokens }),
    ...(stopDate === undefined ? {} : { stopDate }),
    ...(output === undefined ? {} : { output }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  };
}
