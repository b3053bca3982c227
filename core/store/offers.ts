// Tasks on offer to the workers of an activity: one item each under the activity, oldest first. An offer is a hint, like
// every message; who has the task is the log's to say.
import { openWait, type RunState } from '../engine/state.ts';
import { assert } from '../errors.ts';
import type { Key } from '../ports.ts';
import type { World } from '../world.ts';
import { expiry } from './log.ts';

export interface Offer {
  key: Key;
  executionArn: string;
  run: string;
  wait: string;
}

function partition(activityArn: string): string {
  return `tasks#${activityArn}`;
}

/** The record's time puts tasks in order, and makes a second offer the same item. */
function offerKey(activityArn: string, run: string, wait: string, at: number): Key {
  return { pk: partition(activityArn), sk: `${String(at).padStart(15, '0')}#${run}#${wait}` };
}

/** Offers the task to the activity's workers. Offering it again changes nothing. */
export async function offerTask(world: World, state: RunState, wait: string): Promise<void> {
  const open = openWait(state, wait)?.wait;
  assert(open?.kind === 'task', `Wait ${wait} offers no task`);
  const { executionArn, run } = state.creation;
  const key = offerKey(open.call.resource, run, wait, state.head.lastTimestamp);
  await world.table.put({ ...key, executionArn, run, wait, expires: expiry(world) }, { if: 'absent' });
}

/** Whether the task that began to wait at this time is still on offer. */
export async function isOffered(
  world: World,
  { activityArn, run, wait, at }: { activityArn: string; run: string; wait: string; at: number },
): Promise<boolean> {
  return (await world.table.get(offerKey(activityArn, run, wait, at))) !== undefined;
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
