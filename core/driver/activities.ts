// Activities: how workers outside fetch the tasks on offer (offers.ts). Whoever writes ActivityStarted into the log has
// the task. Handing it out is not repeated, as on AWS: a worker that never got the answer lets the task run into its
// timeout. The polls of one process for one activity stand in one line, and look once for all of them.

import { openWait } from '../engine/state.ts';
import { readCreation } from '../store/names.ts';
import { type Offer, readOffers } from '../store/offers.ts';
import type { World } from '../world.ts';
import { takeFor } from './desk.ts';
import { currentKey, seal } from './tokens.ts';

export interface ActivityTask {
  taskToken: string;
  input: string;
}

/** A poll that waits. */
interface Poller {
  workerName: string | undefined;
  until: number;
  signal: AbortSignal | undefined;
  resolve(task: ActivityTask | undefined): void;
  reject(trouble: unknown): void;
}

/** Tasks handed out at once. */
const OFFERS_PER_LOOK = 10;
/** How long a line sleeps between two looks. */
const LOOK_MS = 250;

/** Those who wait in this process, by activity, in the order in which they came. */
const lines = new WeakMap<World, Map<string, Poller[]>>();

/**
 * The oldest task of the activity; waits for one until `until`. Tasks go to those who have waited longest, and to nobody
 * whose `signal` says that he is gone.
 */
export function takeTask(
  world: World,
  activityArn: string,
  { workerName, until, signal }: Pick<Poller, 'workerName' | 'until' | 'signal'>,
): Promise<ActivityTask | undefined> {
  const open = lines.get(world) ?? new Map<string, Poller[]>();
  lines.set(world, open);
  return new Promise((resolve, reject) => {
    const poller = { workerName, until, signal, resolve, reject };
    const line = open.get(activityArn);
    if (line !== undefined) return void line.push(poller);
    open.set(activityArn, [poller]);
    void serve(world, activityArn, open);
  });
}

/** One look after the other for all in the line, as long as somebody is in it. */
async function serve(world: World, activityArn: string, open: Map<string, Poller[]>): Promise<void> {
  const line = open.get(activityArn) ?? [];
  while (line.length > 0) {
    const hasHanded = await look(world, activityArn, line).catch((trouble) => {
      for (const { reject } of line.splice(0)) reject(trouble);
    });
    const now = world.clock.now();
    for (const poller of line.splice(0)) {
      if (now >= poller.until || poller.signal?.aborted) poller.resolve(undefined);
      else line.push(poller);
    }
    if (line.length === 0 || hasHanded) continue;
    const next = Math.min(now + LOOK_MS, ...line.map(({ until }) => until));
    await world.clock.until(next, new AbortController().signal);
  }
  open.delete(activityArn);
}

/** Hands the oldest tasks to the first in the line. True when there were any. */
async function look(world: World, activityArn: string, line: Poller[]): Promise<boolean> {
  const offers = await readOffers(world, activityArn, OFFERS_PER_LOOK);
  const first = line.filter(({ signal }) => !signal?.aborted).slice(0, offers.length);
  await Promise.all(
    first.map(async (poller, index) => {
      const offer = offers[index]!;
      const task = await begin(world, offer, poller.workerName);
      // Taken is what the log says; the offer is only a hint and goes either way.
      await world.table.delete(offer.key);
      if (task === undefined) return;
      line.splice(line.indexOf(poller), 1);
      poller.resolve(task);
    }),
  );
  return first.length > 0;
}

/** Records that the task has begun; undefined where the execution no longer waits for it. */
async function begin(
  world: World,
  { executionArn, run, wait }: Offer,
  workerName: string | undefined,
): Promise<ActivityTask | undefined> {
  const creation = await readCreation(world, executionArn);
  if (creation === undefined || creation.run !== run) return undefined;
  const { state, isTaken } = await takeFor(world, creation, wait, workerName);
  const open = openWait(state, wait)?.wait;
  if (!isTaken || open?.kind !== 'task') return undefined;
  return { taskToken: seal(await currentKey(world), { executionArn, run, wait }), input: open.call.parameters };
}
