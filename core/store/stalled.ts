// What a worker could not do. Messages that nobody could process are shelved: the runs they are about are stalled,
// listed, and resumable (D8). And the last trouble that workers of a run had is noted, so whoever looks knows why.

import type { Key, QueueName } from '../ports.ts';
import type { World } from '../world.ts';
import { expiry } from './log.ts';

const SHELF = 'stalled';
/** Shelved messages are tried again by themselves after this long: what was broken may have been mended since. */
const RESUME_AFTER_MS = 3_600_000;
const RESUMED_AT_ONCE = 100;

export interface Letter {
  id: string;
  body: string;
  queue: QueueName;
}

export interface Shelved extends Letter {
  key: Key;
  shelvedAt: number;
}

/** Oldest first on the shelf. */
export async function shelve(world: World, { id, body, queue }: Letter): Promise<void> {
  const shelvedAt = world.clock.now();
  const sk = `${String(shelvedAt).padStart(15, '0')}#${id}`;
  await world.table.put({ pk: SHELF, sk, id, body: Buffer.from(body), queue, shelvedAt });
}

export async function listShelved(world: World, limit?: number, after?: string): Promise<Shelved[]> {
  const items = await world.table.query({
    pk: SHELF,
    ...(limit === undefined ? {} : { limit }),
    ...(after === undefined ? {} : { from: `${after}\u0000` }),
  });
  return items.map(({ pk, sk, id = sk, body, queue, shelvedAt }) => ({
    key: { pk, sk },
    id: String(id),
    body: Buffer.from(body as Uint8Array).toString(),
    queue: queue as QueueName,
    shelvedAt: Number(shelvedAt),
  }));
}

export async function findShelved(world: World, id: string): Promise<Shelved | undefined> {
  return (await listShelved(world)).find((shelved) => shelved.id === id);
}

/** Sends a shelved message again; it is taken off the shelf only when it is in the queue. */
export async function resume(world: World, { key, body, queue }: Shelved): Promise<void> {
  await world.queue.send([{ queue, body }]);
  await discard(world, key);
}

export async function discard(world: World, key: Key): Promise<void> {
  await world.table.delete(key);
}

/** Resumes what has lain on the shelf for an hour; gives how many. */
export async function resumeOld(world: World): Promise<number> {
  const before = world.clock.now() - RESUME_AFTER_MS;
  const old = (await listShelved(world, RESUMED_AT_ONCE)).filter(({ shelvedAt }) => shelvedAt <= before);
  for (const shelved of old) await resume(world, shelved);
  return old.length;
}

export interface LastTrouble {
  /** The sentence of whatever was thrown. */
  text: string;
  at: number;
  /** How often the message had been received. */
  times: number;
}

const TEXT_MAX = 1_000;

function troubleKey(run: string): Key {
  return { pk: `trouble#${run}`, sk: 'last' };
}

/** Notes why a message of this run goes back to the queue. */
export async function noteTrouble(world: World, run: string, thrown: unknown, times: number): Promise<void> {
  const text = sentenceOf(thrown).slice(0, TEXT_MAX);
  await world.table.put({ ...troubleKey(run), text, at: world.clock.now(), times, expires: expiry(world) });
}

export async function readTrouble(world: World, run: string): Promise<LastTrouble | undefined> {
  const item = await world.table.get(troubleKey(run));
  return item && { text: String(item.text), at: Number(item.at), times: Number(item.times) };
}

export function sentenceOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.name === 'Error' ? thrown.message : `${thrown.name}: ${thrown.message}`;
}
