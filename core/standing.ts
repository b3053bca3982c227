// Where an execution stands: what its newest record says.
import { type Head, initialHead } from './engine/state.ts';
import type { Creation, Standing } from './execution.ts';
import { type LogRecord, readNewest } from './log.ts';
import type { World } from './world.ts';

/** With the seq of that record. */
export async function readStanding(world: World, creation: Creation): Promise<Standing & { seq: number }> {
  const { seq, head } = await readLatest(world, creation);
  return { ...standingOf(head), seq };
}

/** The newest record; before there is one, what a run about to begin would have. */
export async function readLatest(world: World, creation: Creation): Promise<Pick<LogRecord, 'seq' | 'head'>> {
  return (await readNewest(world, creation.run)) ?? { seq: 0, head: initialHead(creation) };
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
