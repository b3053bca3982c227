// What a worker could not do. Messages that nobody could process are shelved: the runs they are about are stalled,
// listed, and resumable (D8). And the last trouble that workers of a run had is noted, so whoever looks knows why.

import { Unreadable } from '../errors.ts';
import type { Key, QueueName } from '../ports.ts';
import type { World } from '../world.ts';
import { expiry } from './log.ts';

const SHELF = 'stalled';
/** Shelved messages are tried again by themselves after this long: what was broken may have been mended since. */
const RESUME_AFTER_MS = 3_600_000;
const RESUMED_AT_ONCE = 100;
const SHELF_PAGE = 100;

export interface Letter {
  id: string;
  body: string;
  queue: QueueName;
}

export interface Shelved extends Letter {
  key: Key;
  shelvedAt: number;
}

export async function shelve(world: World, letter: Letter): Promise<void> {
  await put(world, { ...letter, shelvedAt: world.clock.now() });
}

/** In order of when they are tried again. */
async function put(world: World, { id, body, queue, shelvedAt }: Letter & { shelvedAt: number }): Promise<void> {
  const sk = `${String(world.clock.now()).padStart(15, '0')}#${id}`;
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
  for (let after = ''; ; ) {
    const page = await listShelved(world, SHELF_PAGE, after);
    const found = page.find((shelved) => shelved.id === id);
    if (found !== undefined || page.length < SHELF_PAGE) return found;
    after = page.at(-1)!.key.sk;
  }
}

/** Sends a shelved message again; it is taken off the shelf only when it is in the queue. */
export async function resume(world: World, { key, body, queue }: Shelved): Promise<void> {
  await world.queue.send([{ queue, body }]);
  await discard(world, key);
}

export async function discard(world: World, key: Key): Promise<void> {
  await world.table.delete(key);
}

/** Messages whose hour on the shelf is over, oldest first. */
export async function listRested(world: World): Promise<Shelved[]> {
  const before = world.clock.now() - RESUME_AFTER_MS;
  return (await listShelved(world, RESUMED_AT_ONCE)).filter((shelved) => laidDownAt(shelved) <= before);
}

/** Early releases had the id alone for a key. */
function laidDownAt({ key, shelvedAt }: Shelved): number {
  return /^\d{15}#/.test(key.sk) ? Number(key.sk.slice(0, 15)) : shelvedAt;
}

/** Lets a message lie for another hour. */
export async function putBack(world: World, { key, ...letter }: Shelved): Promise<void> {
  await put(world, letter);
  await discard(world, key);
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
  // What is unreadable says so in whole sentences.
  return thrown.name === 'Error' || thrown instanceof Unreadable ? thrown.message : `${thrown.name}: ${thrown.message}`;
}
