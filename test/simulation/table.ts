// The table: conditions hold, reads are consistent, lists may be old. It knows what is kept in it for later, so that
// who looks after that comes when there is something to do.
import type { Item, Key, Table } from '../../core/ports.ts';
import { memoryTable } from '../../infra/memory/table.ts';
import type { Chance } from './chance.ts';
import type { Scheduler } from './scheduler.ts';

export interface SimulatedTable extends Table {
  /** Items of this kind, which the table still holds. */
  kept(kind: Kept): Iterable<Item>;
  holds(kind: Kept): boolean;
}

/** Messages for later, messages on the shelf, tasks that activities' workers may take: by the beginning of their key. */
export type Kept = (typeof KINDS)[number];
const KINDS = ['later#', 'stalled', 'tasks#'] as const;

export function simulatedTable(
  scheduler: Scheduler,
  chance: Chance,
  onPut: (item: Item) => Promise<void> | undefined,
): SimulatedTable {
  const table = memoryTable({ now: () => scheduler.now });
  const earlier = new Map<string, Item[]>();
  const kept = new Map<Kept, Map<string, Item>>(KINDS.map((kind) => [kind, new Map()]));
  const keeper = ({ pk }: Key) => kept.get(KINDS.find((kind) => pk.startsWith(kind)) as Kept);
  const nameOf = ({ pk, sk }: Key) => `${pk} ${sk}`;
  return {
    ...table,
    kept: (kind) => kept.get(kind)!.values(),
    holds: (kind) => kept.get(kind)!.size > 0,
    async put(item, condition) {
      const isStored = await table.put(item, condition);
      if (!isStored) return false;
      keeper(item)?.set(nameOf(item), item);
      await onPut(item);
      return true;
    },
    async delete(key) {
      keeper(key)?.delete(nameOf(key));
      await table.delete(key);
    },
    async list(range) {
      const key = JSON.stringify(range);
      const before = earlier.get(key);
      const now = await table.list(range);
      earlier.set(key, now);
      return before !== undefined && scheduler.strikes('stale') && chance.hits(0.9) ? before : now;
    },
  };
}
