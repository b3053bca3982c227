// Array functions of JSONata that the library answers in quadratic time or memory (its `$sort` of 100,000 numbers needs
// more than 4 GB), rewritten to the same answers in linear space; and `$shuffle`, which must take its chance from the scope.

import { isFunction } from './jsonata-memory.ts';

/** Whether the right one goes before the left one. */
export type Swap = (left: unknown, right: unknown) => unknown;

/** A JSONata sequence: the engine unwraps one of a single item and drops one of none. */
export function asSequence<T>(items: T[]): T[] {
  return Object.defineProperty(items, 'sequence', { value: true, enumerable: false });
}

/** Stable. Without a comparator only for all numbers or all strings; the comparator is asked whether to swap. */
export async function sort(items: unknown[] | undefined, swap?: Swap): Promise<unknown[] | undefined> {
  if (items === undefined || items.length <= 1) return items;
  if (swap !== undefined) return mergeSort(items, swap);
  const type = typeof items[0];
  if ((type !== 'number' && type !== 'string') || !items.every((item) => typeof item === type)) {
    throw { code: 'D3070', index: 1 };
  }
  return (items as string[]).slice().sort((a, b) => (a > b ? 1 : a < b ? -1 : 0));
}

async function mergeSort(items: unknown[], swap: Swap): Promise<unknown[]> {
  let [from, to] = [items.slice(), new Array<unknown>(items.length)];
  for (let width = 1; width < items.length; width *= 2) {
    for (let start = 0; start < items.length; start += 2 * width) {
      const middle = Math.min(start + width, items.length);
      const end = Math.min(start + 2 * width, items.length);
      let [left, right] = [start, middle];
      for (let i = start; i < end; i++) {
        const isRight = left === middle || (right < end && Boolean(await swap(from[left], from[right])));
        to[i] = from[isRight ? right++ : left++];
      }
    }
    [from, to] = [to, from];
  }
  return from;
}

export function shuffle(random: () => number, items: unknown[] | undefined): unknown[] | undefined {
  if (items === undefined) return undefined;
  const shuffled = items.slice();
  for (let i = shuffled.length - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1));
    [shuffled[i], shuffled[other]] = [shuffled[other], shuffled[i]];
  }
  return shuffled;
}

/** Each value once, the first of equals kept; objects are equal whatever the order of their keys. */
export function distinct(value: unknown): unknown {
  if (!Array.isArray(value) || value.length <= 1) return value;
  const seen = new Set<unknown>();
  const kept = value.filter((item) => {
    const key = identityOf(item);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  return (value as { sequence?: boolean }).sequence === true ? asSequence(kept) : kept;
}

/** A value that is the same for equal values: a text for structures, strings marked so that none looks like one. */
function identityOf(value: unknown): unknown {
  if (typeof value === 'string') return `"${value}`;
  if (typeof value !== 'object' || value === null || isFunction(value)) return value;
  const sorted = JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
  return `:${sorted}`;
}

/** An object as one object per key; an array as those of all its items. */
export function spread(value: unknown): unknown {
  if (!Array.isArray(value)) return isSpreadable(value) ? asSequence(entriesOf(value)) : value;
  const parts: unknown[] = [];
  collect(value, parts);
  return value.length === 0 ? undefined : parts;
}

function collect(items: unknown[], parts: unknown[]): void {
  for (const item of items) {
    if (Array.isArray(item)) collect(item, parts);
    else if (isSpreadable(item)) parts.push(...entriesOf(item));
    else if (item !== undefined) parts.push(item);
  }
}

function isSpreadable(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !isFunction(value);
}

function entriesOf(object: object): object[] {
  return Object.entries(object).map((entry) => Object.fromEntries([entry]));
}
