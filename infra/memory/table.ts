// The Table port in memory. Every operation is one synchronous step, so conditions are as atomic as DynamoDB's.
// Items are copied on the way in and out: nobody changes what is stored by changing what was given or handed out.
// As with DynamoDB's TTL, an expired item stays readable until somebody purges it.

import type { Clock, Item, Key, ListRange, Range, Table } from '../../core/ports.ts';
import { conditionHolds, hasExpired } from '../condition.ts';
import { byCodeUnit, type OrderedList, orderedList } from './ordered-list.ts';

export interface MemoryTable extends Table {
  /** Removes expired items, as DynamoDB does in its own time; gives how many. */
  purge(nowSeconds?: number): Promise<number>;
}

export function memoryTable(clock: Pick<Clock, 'now'>): MemoryTable {
  const partitions = new Map<string, OrderedList<Item>>();
  const lists = new Map<string, OrderedList<Item>>();

  const find = (key: Key): Item | undefined => {
    const partition = partitions.get(key.pk);
    const found = partition?.values[partition.position(key as Item)];
    return found?.sk === key.sk ? found : undefined;
  };

  function store(item: Item): void {
    unlist(find(item));
    within(partitions, item.pk, bySortKey).set(item);
    if (isListed(item)) within(lists, item.list, byListSort).set(item);
  }

  function erase(key: Key): void {
    const stored = find(key);
    if (stored === undefined) return;
    unlist(stored);
    partitions.get(key.pk)?.remove(stored);
  }

  function unlist(item: Item | undefined): void {
    if (item !== undefined && isListed(item)) lists.get(item.list)?.remove(item);
  }

  return {
    async get(key) {
      const stored = find(key);
      return stored && copy(stored);
    },
    async put(item, condition) {
      if (!conditionHolds(find(item), condition)) return false;
      store(copy(item));
      return true;
    },
    async update(key, set, condition) {
      const stored = find(key);
      if (!conditionHolds(stored, condition)) return false;
      store(copy({ ...stored, ...set, pk: key.pk, sk: key.sk }));
      return true;
    },
    async delete(key) {
      erase(key);
    },
    async query(range) {
      return select(partitions.get(range.pk), range).map(copy);
    },
    async list(range) {
      return page(lists.get(range.list), range).map(projection);
    },
    async purge(nowSeconds = Math.floor(clock.now() / 1000)) {
      const all = [...partitions.values()].flatMap((partition) => partition.values);
      const expired = all.filter((item) => hasExpired(item, nowSeconds));
      for (const item of expired) erase(item);
      return expired.length;
    },
  };
}

type Listed = Item & { list: string; listSort: string };

function isListed(item: Item): item is Listed {
  return typeof item.list === 'string' && typeof item.listSort === 'string';
}

const bySortKey = (a: Item, b: Item) => byCodeUnit(a.sk, b.sk);

function byListSort(a: Item, b: Item): number {
  return byCodeUnit(a.listSort as string, b.listSort as string) || byCodeUnit(a.pk, b.pk) || byCodeUnit(a.sk, b.sk);
}

function within(
  map: Map<string, OrderedList<Item>>,
  name: string,
  compare: (a: Item, b: Item) => number,
): OrderedList<Item> {
  let list = map.get(name);
  if (list === undefined) {
    list = orderedList(compare);
    map.set(name, list);
  }
  return list;
}

function select(partition: OrderedList<Item> | undefined, range: Range): Item[] {
  if (partition === undefined) return [];
  const start = range.from === undefined ? 0 : partition.position({ pk: range.pk, sk: range.from });
  let end = partition.values.length;
  if (range.to !== undefined) {
    end = partition.position({ pk: range.pk, sk: range.to });
    if (partition.values[end]?.sk === range.to) end += 1;
  }
  const limit = range.limit ?? Number.POSITIVE_INFINITY;
  if (range.descending) return partition.values.slice(Math.max(start, end - limit), end).reverse();
  return partition.values.slice(start, Math.min(end, start + limit));
}

function page(list: OrderedList<Item> | undefined, range: ListRange): Item[] {
  if (list === undefined) return [];
  const { after, limit } = range;
  const ordered = range.descending ? list.values.toReversed() : list.values;
  const sign = range.descending ? -1 : 1;
  const rest =
    after === undefined ? ordered : ordered.filter((item) => byCodeUnit(item.listSort as string, after) * sign > 0);
  return rest.slice(0, limit);
}

/** What the list index holds of an item. */
function projection(item: Item): Item {
  const shown: Item = { pk: item.pk, sk: item.sk };
  for (const name of ['list', 'listSort', 'summary']) {
    if (item[name] !== undefined) shown[name] = item[name];
  }
  return shown;
}

function copy(item: Item): Item {
  const copied: Item = { ...item };
  for (const name in copied) {
    const value = copied[name];
    if (value instanceof Uint8Array) copied[name] = new Uint8Array(value);
  }
  return copied;
}
