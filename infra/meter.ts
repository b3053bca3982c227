// Counts what the adapters ask of the world, in the units that AWS charges for, whatever the adapter stands on: so the
// cost of a workflow is measured on a laptop. A metered port behaves as the port inside.

import type { Item, Key, Payloads, Queue, Table } from '../core/ports.ts';
import { inBatches } from './aws/batches.ts';
import { itemSize, readUnits, writeUnits } from './item-size.ts';

export interface Metered<Reading> {
  /** What was counted since the start or the last reset. */
  reading(): Reading;
  reset(): void;
}

const NO_TABLE_USE = {
  puts: 0,
  updates: 0,
  deletes: 0,
  gets: 0,
  queries: 0,
  lists: 0,
  /** Writes whose condition did not hold; they are counted and charged like the others. */
  refused: 0,
  writeUnits: 0,
  /** Writes to the list index, charged on top of `writeUnits`. */
  indexWriteUnits: 0,
  readUnits: 0,
};
export type TableReading = typeof NO_TABLE_USE;

const NO_QUEUE_USE = {
  messagesSent: 0,
  bytesSent: 0,
  /** Requests as SQS charges for them: one for each ten messages, and for each 64 KiB of one request. */
  sendRequests: 0,
  messagesReceived: 0,
  receiveRequests: 0,
  deletes: 0,
  postponements: 0,
};
export type QueueReading = typeof NO_QUEUE_USE;

const NO_PAYLOAD_USE = { puts: 0, bytesPut: 0, gets: 0, bytesGot: 0 };
export type PayloadsReading = typeof NO_PAYLOAD_USE;

const REQUEST_BYTES = 64 * 1024;

export function meterTable<T extends Table>(table: T): T & Metered<TableReading> {
  const { count, ...metered } = counter(NO_TABLE_USE);
  const sizes = rememberedSizes();

  function countWrite(kind: 'puts' | 'updates', key: Key, size: number, indexSize: number, won: boolean): void {
    const before = sizes.of(key);
    // A write is charged by the larger of the item before and after; a refused one by what stands there.
    count({
      [kind]: 1,
      writeUnits: writeUnits(won ? Math.max(before, size) : before),
      refused: won ? 0 : 1,
      indexWriteUnits: won && indexSize > 0 ? writeUnits(indexSize) : 0,
    });
    if (won) sizes.remember(key, size);
  }

  function countRead(items: Item[]): void {
    for (const item of items) sizes.remember(item, itemSize(item));
    count({ readUnits: readUnits(sizeOfAll(items)) });
  }

  return {
    ...table,
    ...metered,
    async get(key) {
      const item = await table.get(key);
      count({ gets: 1 });
      countRead(item === undefined ? [] : [item]);
      return item;
    },
    async put(item, condition) {
      const won = await table.put(item, condition);
      countWrite('puts', item, itemSize(item), indexEntrySize(item), won);
      return won;
    },
    async update(key, set, condition) {
      const won = await table.update(key, set, condition);
      const shown = { ...key, ...set };
      countWrite('updates', key, Math.max(sizes.of(key), itemSize(shown)), indexEntrySize(shown), won);
      return won;
    },
    async delete(key) {
      await table.delete(key);
      count({ deletes: 1, writeUnits: writeUnits(sizes.of(key)) });
      sizes.forget(key);
    },
    async query(range) {
      const items = await table.query(range);
      count({ queries: 1 });
      countRead(items);
      return items;
    },
    async list(range) {
      const items = await table.list(range);
      // Eventually consistent: half the price.
      count({ lists: 1, readUnits: readUnits(sizeOfAll(items)) / 2 });
      return items;
    },
  };
}

export function meterQueue<Q extends Queue>(queue: Q): Q & Metered<QueueReading> {
  const { count, ...metered } = counter(NO_QUEUE_USE);
  return {
    ...queue,
    ...metered,
    async send(messages) {
      await queue.send(messages);
      count({ messagesSent: messages.length });
      for (const group of Object.values(Object.groupBy(messages, (message) => message.queue))) {
        for (const batch of inBatches(group)) {
          const bytes = batch.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);
          count({ bytesSent: bytes, sendRequests: requests(bytes) });
        }
      }
    },
    async receive(name, max, visibilitySeconds) {
      const messages = await queue.receive(name, max, visibilitySeconds);
      const bytes = messages.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);
      count({ messagesReceived: messages.length, receiveRequests: requests(bytes) });
      return messages;
    },
    async delete(name, receipt) {
      await queue.delete(name, receipt);
      count({ deletes: 1 });
    },
    async postpone(name, receipt, seconds) {
      await queue.postpone(name, receipt, seconds);
      count({ postponements: 1 });
    },
  };
}

export function meterPayloads<P extends Payloads>(payloads: P): P & Metered<PayloadsReading> {
  const { count, ...metered } = counter(NO_PAYLOAD_USE);
  return {
    ...payloads,
    ...metered,
    async put(key, body) {
      await payloads.put(key, body);
      count({ puts: 1, bytesPut: body.length });
    },
    async get(key) {
      const body = await payloads.get(key);
      count({ gets: 1, bytesGot: body?.length ?? 0 });
      return body;
    },
  };
}

const sizeOfAll = (items: Item[]) => items.reduce((sum, item) => sum + itemSize(item), 0);

const requests = (bytes: number) => Math.max(1, Math.ceil(bytes / REQUEST_BYTES));

function counter<Reading extends Record<string, number>>(zero: Reading) {
  let counts: Record<string, number> = { ...zero };
  return {
    count(use: Partial<Reading>): void {
      for (const [name, number] of Object.entries(use)) counts[name] = (counts[name] ?? 0) + (number as number);
    },
    reading: () => ({ ...counts }) as Reading,
    reset(): void {
      counts = { ...zero };
    },
  };
}

/** What the list index holds of an item. */
const INDEXED = ['list', 'listSort', 'summary'];

/** Zero when the item is in no list, as far as this write tells. */
function indexEntrySize(item: Item): number {
  if (!INDEXED.some((name) => name in item)) return 0;
  return itemSize(
    Object.fromEntries(
      Object.entries(item).filter(([name]) => INDEXED.includes(name) || name === 'pk' || name === 'sk'),
    ),
  );
}

/** Updates and deletions are charged by the whole item, of which they show a part: sizes seen lately fill the gap. */
const REMEMBERED_SIZES = 10_000;

function rememberedSizes() {
  const sizes = new Map<string, number>();
  const nameOf = ({ pk, sk }: Key) => `${pk}\n${sk}`;
  return {
    of: (key: Key) => sizes.get(nameOf(key)) ?? 0,
    remember(key: Key, size: number): void {
      sizes.delete(nameOf(key));
      sizes.set(nameOf(key), size);
      if (sizes.size > REMEMBERED_SIZES) sizes.delete(sizes.keys().next().value!);
    },
    forget(key: Key): void {
      sizes.delete(nameOf(key));
    },
  };
}
