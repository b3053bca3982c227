// A list that stays sorted. Insertion at the end, by far the most common here (logs and clocks only grow), costs a
// binary search; elsewhere the tail is moved, which stays cheap at the sizes that fit into memory.

export interface OrderedList<T> {
  /** All values, in order. Not to be changed by the reader. */
  readonly values: readonly T[];
  /** Index of the first value that is not before `value`. */
  position(value: T): number;
  /** Adds the value, or replaces the one that compares equal. */
  set(value: T): void;
  remove(value: T): void;
  /** Removes and gives the first `count` values. */
  takeFirst(count: number): T[];
}

export function orderedList<T>(compare: (a: T, b: T) => number): OrderedList<T> {
  const values: T[] = [];

  function position(value: T): number {
    const last = values.at(-1);
    if (last === undefined || compare(last, value) < 0) return values.length;
    let low = 0;
    let high = values.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(values[middle]!, value) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  const holdsAt = (index: number, value: T) => index < values.length && compare(values[index]!, value) === 0;

  return {
    values,
    position,
    set(value) {
      const index = position(value);
      values.splice(index, holdsAt(index, value) ? 1 : 0, value);
    },
    remove(value) {
      const index = position(value);
      if (holdsAt(index, value)) values.splice(index, 1);
    },
    takeFirst: (count) => values.splice(0, count),
  };
}

/** Orders strings by code unit, as `<` does. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
