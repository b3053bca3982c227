// Tasks on offer to the workers of an activity: one item each under the activity, oldest first. An offer is a hint, like
// every message; who has the task is the log's to say.
import { openWait, type RunState } from './engine/state.ts';
import { assert } from './errors.ts';
import { expiry } from './log.ts';
import type { Key } from './ports.ts';
import type { World } from './world.ts';

export interface Offer {
  key: Key;
  executionArn: string;
  run: string;
  wait: string;
}

function partition(activityArn: string): string {
  return `tasks#${activityArn}`;
}

/** Offers the task to the activity's workers. Offering it again changes nothing. */
export async function offerTask(world: World, state: RunState, wait: string): Promise<void> {
  const open = openWait(state, wait)?.wait;
  assert(open?.kind === 'task', `Wait ${wait} offers no task`);
  const { executionArn, run } = state.creation;
  // The record's time puts tasks in order, and makes a second offer the same item.
  const since = String(state.head.lastTimestamp).padStart(15, '0');
  const item = { pk: partition(open.call.resource), sk: `${since}#${run}#${wait}`, executionArn, run, wait };
  await world.table.put({ ...item, expires: expiry(world) }, { if: 'absent' });
}

/** The oldest offers of an activity. */
export async function readOffers(world: World, activityArn: string, limit: number): Promise<Offer[]> {
  const items = await world.table.query({ pk: partition(activityArn), limit });
  return items.map(({ pk, sk, executionArn, run, wait }) => ({
    key: { pk, sk },
    executionArn: String(executionArn),
    run: String(run),
    wait: String(wait),
  }));
}
