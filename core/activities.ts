// Activities: how workers outside fetch the tasks on offer (offers.ts). Whoever writes ActivityStarted into the log has
// the task. Handing it out is not repeated, as on AWS: a worker that never got
// the answer lets the task run into its timeout.
import { request } from './desk.ts';
import { openWait } from './engine/state.ts';
import { readCreation } from './names.ts';
import { type Offer, readOffers } from './offers.ts';
import { currentKey, seal } from './tokens.ts';
import type { World } from './world.ts';

export interface ActivityTask {
  taskToken: string;
  input: string;
}

const OFFERS_PER_LOOK = 10;
/** How long a poll sleeps between two looks. */
const LOOK_MS = 250;

/** The oldest task of the activity; waits for one until `until`. */
export async function takeTask(
  world: World,
  activityArn: string,
  workerName: string | undefined,
  until: number,
): Promise<ActivityTask | undefined> {
  for (;;) {
    const task = await takeNow(world, activityArn, workerName);
    if (task !== undefined || world.clock.now() >= until) return task;
    await world.clock.until(Math.min(world.clock.now() + LOOK_MS, until), new AbortController().signal);
  }
}

async function takeNow(
  world: World,
  activityArn: string,
  workerName: string | undefined,
): Promise<ActivityTask | undefined> {
  for (const offer of await readOffers(world, activityArn, OFFERS_PER_LOOK)) {
    const task = await begin(world, offer, workerName);
    // Taken is what the log says; the offer is only a hint and goes either way.
    await world.table.delete(offer.key);
    if (task !== undefined) return task;
  }
  return undefined;
}

/** Records that the task has begun; undefined where the execution no longer waits for it. */
async function begin(
  world: World,
  { executionArn, run, wait }: Offer,
  workerName: string | undefined,
): Promise<ActivityTask | undefined> {
  const creation = await readCreation(world, executionArn);
  if (creation === undefined || creation.run !== run) return undefined;
  const { state, isTaken } = await request(world, creation, {
    message: { id: world.newId(), run, executionArn, kind: 'timer', waits: [wait] },
    activation: { kind: 'ActivityTaken', at: world.clock.now(), wait, ...(workerName !== undefined && { workerName }) },
    // Whoever is lost between the record and what it owes leaves a task that nothing would time out.
    isInsured: true,
  });
  const open = openWait(state, wait)?.wait;
  if (!isTaken || open?.kind !== 'task') return undefined;
  return { taskToken: seal(await currentKey(world), { executionArn, run, wait }), input: open.call.parameters };
}
