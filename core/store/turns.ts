// Turns. Some messages are sent again and again while a wait lasts: the polls of a job, the timer of a task that sends
// heartbeats. One that came twice would double all that follow. So before it goes on its holder takes the wait's next
// turn, an item of the table that one conditional put moves. Who receives the same message again has the same turn, and
// does what was decided with it; any other message that comes for that turn goes no further.
import type { Item, Key } from '../ports.ts';
import type { World } from '../world.ts';
import { expiry, extendItems } from './log.ts';

/** What the turns of a run's waits are for. */
type TurnsOf = 'job' | 'timer';

export interface Turn extends Item {
  /** The first is 1. */
  turn: number;
  /** The message that has it. */
  by: string;
}

export function turnKey(kind: TurnsOf, run: string, wait: string): Key {
  return { pk: `${kind}#${run}`, sk: wait };
}

/** The last turn that somebody took. */
export async function newestTurn(world: World, { pk, sk }: Key): Promise<Turn | undefined> {
  return (await world.table.get({ pk, sk })) as Turn | undefined;
}

/**
 * Takes this turn, where `before` (0: none) is the newest as far as known. Gives it as whoever came first for the same
 * message has taken it; undefined where another message has it, or a later one is taken.
 */
export async function takeTurn(world: World, turn: Turn, before: number): Promise<Turn | undefined> {
  const item = { ...turn, expires: expiry(world) };
  for (let known = before; ; ) {
    const isLast = { if: 'equals', attribute: 'turn', value: known } as const;
    if (await world.table.put(item, known === 0 ? { if: 'absent' } : isLast)) return turn;
    const newest = await newestTurn(world, turn);
    known = newest?.turn ?? 0;
    if (newest !== undefined && known >= turn.turn)
      return known === turn.turn && newest.by === turn.by ? newest : undefined;
  }
}

/** Of a run that stays open (D12). */
export async function extendTurns(world: World, run: string, expires: number): Promise<void> {
  for (const kind of ['job', 'timer'] as const) await extendItems(world, turnKey(kind, run, '').pk, expires);
}
