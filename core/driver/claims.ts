// How long a claim holds (D4). A Lambda invocation has a deadline, and a while after it whoever claimed a call is lost. The
// workers of one process live as long as it does: a claim of theirs holds while they are at work, however long that is.
import type { Call } from '../engine/call.ts';
import type { Claim } from '../engine/state.ts';
import { Unavailable } from '../errors.ts';
import { endsByItself } from '../integrations/index.ts';
import type { World } from '../world.ts';

/** A worker ends its own calls this long before its deadline, so that it can still record their end. */
const LAST_ORDERS_MS = 3_000;
/** Past its claim by this much, a worker was lost. */
export const LOST_AFTER_MS = 30_000;
/** Where no deadline ends a call: whoever was silent for so long says nothing any more. */
const SILENCE_MS = 900_000;

/** Lets it be known that this worker is at work, for as long as it is. */
export async function atWork({ working }: World, by: string, work: () => Promise<void>): Promise<void> {
  working?.add(by);
  try {
    await work();
  } finally {
    working?.delete(by);
  }
}

/** Whether a worker that would lose something has the time to wait for the end of this trouble. */
export function isWaitedOut({ clock, working }: World, trouble: unknown, deadline: number): boolean {
  return clock.now() < deadline || (working !== undefined && trouble instanceof Unavailable);
}

/** Until when an answer is waited for: a little less long than the worker lives, or, with its process, as long as it takes. */
export function lastOrders({ clock, working }: World, call: Call, workerDeadline: number): number {
  if (working === undefined) return workerDeadline - LAST_ORDERS_MS;
  return endsByItself(call) ? Number.POSITIVE_INFINITY : clock.now() + SILENCE_MS;
}

/** From when on the worker of this claim counts as lost: at once where it is known that it, or its process, has ended. */
export function lostAt({ clock, working, settings: { bootId } }: World, { by, until }: Claim): number {
  if (bootId !== undefined && !by.startsWith(`${bootId}/`)) return 0;
  if (working === undefined) return until + LOST_AFTER_MS;
  return working.has(by) ? clock.now() + LOST_AFTER_MS : 0;
}
