// Messages that nobody could process, shelved: the runs they are about are stalled, listed, and resumable (D8).
import type { QueueName } from './ports.ts';
import type { World } from './world.ts';

const SHELF = 'stalled';

export interface Shelved {
  id: string;
  body: string;
  queue: QueueName;
}

export async function shelve(world: World, { id, body, queue }: Shelved): Promise<void> {
  await world.table.put({ pk: SHELF, sk: id, body: Buffer.from(body), queue, shelvedAt: world.clock.now() });
}

export async function listShelved(world: World): Promise<Shelved[]> {
  const items = await world.table.query({ pk: SHELF });
  return items.map(({ sk, body, queue }) => ({
    id: sk,
    body: Buffer.from(body as Uint8Array).toString(),
    queue: queue as QueueName,
  }));
}

/** Sends a shelved message again; it is taken off the shelf only when it is in the queue. */
export async function resume(world: World, { id, body, queue }: Shelved): Promise<void> {
  await world.queue.send([{ queue, body }]);
  await world.table.delete({ pk: SHELF, sk: id });
}
