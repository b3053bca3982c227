// AWS's memory bound on one expression, as a measure of values. Shared parts count as often as they would be printed,
// which is what doubling tricks blow up.

/** Longest sequence; one more trips the bound on AWS: `[1..873782]` passes, `[1..873783]` fails. */
export const SEQUENCE_ITEMS = 873_782;
/** At eight bytes a number; by the same bound a text of 2^22 characters passes and one of 2^23 fails. */
const SCALAR_BYTES = 8;
const MEMORY_BYTES = SCALAR_BYTES * (1 + SEQUENCE_ITEMS);
/** Deeper values could not be printed by a recursive printer either. */
const NESTING_LEVELS = 1_000;
export class MemoryExceeded extends Error {
  override name = 'MemoryExceeded';
}

/** The bytes of a value with every shared part written out. Throws MemoryExceeded as soon as it is too much. */
export function measure(value: unknown, known: WeakMap<object, number>, level = 0): number {
  if (typeof value === 'string') return within(value.length);
  if (typeof value !== 'object' || value === null || isFunction(value)) return SCALAR_BYTES;
  const before = known.get(value);
  if (before !== undefined) return before;
  if (level > NESTING_LEVELS) throw new MemoryExceeded();
  let bytes = SCALAR_BYTES;
  if (Array.isArray(value)) {
    for (const item of value) bytes = within(bytes + measure(item, known, level + 1));
  } else {
    for (const key of Object.keys(value)) {
      bytes = within(bytes + measure((value as Record<string, unknown>)[key], known, level + 1));
    }
  }
  known.set(value, bytes);
  return bytes;
}

function within(bytes: number): number {
  if (bytes > MEMORY_BYTES) throw new MemoryExceeded();
  return bytes;
}

/** Functions of the engine are marked objects, regular expressions plain functions. */
export function isFunction(value: unknown): boolean {
  if (typeof value === 'function') return true;
  if (typeof value !== 'object' || value === null) return false;
  const marked = value as { _jsonata_lambda?: unknown; _jsonata_function?: unknown };
  return marked._jsonata_lambda === true || marked._jsonata_function === true;
}
