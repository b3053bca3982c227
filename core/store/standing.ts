// Where an execution stands: what its newest record says.
import { type Head, initialHead } from '../engine/state.ts';
import type { Creation, Standing } from '../execution.ts';
import type { World } from '../world.ts';
import { readNewest } from './log.ts';

export async function readStanding(world: World, creation: Creation): Promise<Standing> {
  return standingOf(await readHead(world, creation));
}

/** The head of the newest record; before there is one, that of a run about to begin. */
export async function readHead(world: World, creation: Creation): Promise<Head> {
  return (await readNewest(world, creation.run))?.head ?? initialHead(creation);
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
