// The last sign of life of a task, in one item that every heartbeat overwrites. Nothing is woken by it: the heartbeat's
// timer reads it when it fires, so a heartbeat costs one write (D7).

import type { World } from '../world.ts';
import { expiry, extendItems } from './log.ts';

function keyOf(run: string, wait: string) {
  return { pk: `heartbeat#${run}`, sk: wait };
}

/** Of a run that stays open (D12): the next heartbeat may be due after the last one's expiry. */
export async function extendHeartbeats(world: World, run: string, expires: number): Promise<void> {
  await extendItems(world, keyOf(run, '').pk, expires);
}

export async function writeHeartbeat(world: World, run: string, wait: string): Promise<void> {
  await world.table.put({ ...keyOf(run, wait), at: world.clock.now(), expires: expiry(world) });
}

export async function readHeartbeat(world: World, run: string, wait: string): Promise<number | undefined> {
  const item = await world.table.get(keyOf(run, wait));
  return item === undefined ? undefined : Number(item.at);
}
