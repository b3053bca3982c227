// Activities: tasks that workers outside fetch. A task on offer is an item under its activity, oldest first; whoever
// writes ActivityStarted into the log has the task. Handing it out is not repeated, as on AWS: a worker that never got
// the answer lets the task run into its timeout.
import { act } from './drive.ts';
import { openWait, type RunState } from './engine/state.ts';
import { assert } from './errors.ts';
import { expiry } from './log.ts';
import type { Message } from './message.ts';
import { readCreation } from './names.ts';
import { currentKey, seal } from './tokens.ts';
import type { World } from './world.ts';

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
  const offers = await world.table.query({ pk: partition(activityArn), limit: OFFERS_PER_LOOK });
  for (const { pk, sk, ...offer } of offers) {
    const task = await begin(world, String(offer.executionArn), String(offer.run), String(offer.wait), workerName);
    // Taken is what the log says; the offer is only a hint and goes either way.
    await world.table.delete({ pk, sk });
    if (task !== undefined) return task;
  }
  return undefined;
}

/** Records that the task has begun; undefined where the execution no longer waits for it. */
async function begin(
  world: World,
  executionArn: string,
  run: string,
  wait: string,
  workerName: string | undefined,
): Promise<ActivityTask | undefined> {
  const creation = await readCreation(world, executionArn);
  if (creation === undefined || creation.run !== run) return undefined;
  const message: Message = { id: world.newId(), run, executionArn, kind: 'timer', waits: [wait] };
  const named = workerName === undefined ? {} : { workerName };
  const { state, isTaken } = await act(world, creation, message, {
    kind: 'ActivityTaken',
    at: world.clock.now(),
    wait,
    ...named,
  });
  const open = openWait(state, wait)?.wait;
  if (!isTaken || open?.kind !== 'task') return undefined;
  return { taskToken: seal(await currentKey(world), { executionArn, run, wait }), input: open.call.parameters };
}
