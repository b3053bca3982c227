// Values on their way into and out of a JSONata expression. In: raw number tokens become doubles, once per payload
// and only when there are any. Out: plain JSON, with the engine's hidden sequence flags removed, infinities spelled as
// AWS spells them, and the very object of the payload wherever an expression only selected it, so that its text (and
// its raw numbers) can be reused. Also the measure behind AWS's memory bound.

import { isNumber, type Json, type JsonObject, setOwn, toNumber } from './json.ts';

/**
 * AWS's bound: `[1..873782]` passes and `[1..873783]` fails, at eight bytes a number; a text of 2^22 characters passes
 * and one of 2^23 fails.
 */
const SCALAR_BYTES = 8;
const MEMORY_BYTES = SCALAR_BYTES * (1 + 873_782);
/** Deeper values could not be printed by a recursive printer either. */
const NESTING_LEVELS = 1_000;

/** The value needs more memory than an expression may use. */
export class MemoryExceeded extends Error {
  override name = 'MemoryExceeded';
}

/** An expression gave a function, or an object with a function inside. */
export class UnsupportedResult extends Error {
  override name = 'UnsupportedResult';
}

// Payload objects seen before, with their plain twin (themselves when no raw number is inside), and the way back.
const plainOf = new WeakMap<object, Json>();
const originalOf = new WeakMap<object, Json>();

/** The value with every raw number as a double; the same object when there is none. */
export function withPlainNumbers(value: Json): Json {
  if (isNumber(value)) return toNumber(value);
  if (typeof value !== 'object' || value === null) return value;
  const known = plainOf.get(value);
  if (known !== undefined) return known;
  const plain = Array.isArray(value)
    ? mapArray(value, withPlainNumbers)
    : mapObject(value as JsonObject, withPlainNumbers);
  plainOf.set(value, plain);
  if (plain !== value) originalOf.set(plain as object, value);
  return plain;
}

/** Plain JSON of what the engine returned. Throws UnsupportedResult and MemoryExceeded; `undefined` is the caller's matter. */
export function toJson(result: unknown): Json {
  if (isPayload(result)) return originalOf.get(result) ?? (result as Json);
  measure(result, new WeakMap());
  return clean(result as Json);
}

function clean(value: Json | undefined): Json {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (isFunction(value)) throw new UnsupportedResult();
  if (typeof value !== 'object' || value === null) return value ?? null;
  if (isPayload(value)) return originalOf.get(value) ?? value;
  return Array.isArray(value) ? mapArray(withoutFlags(value), clean) : mapObject(value as JsonObject, clean);
}

/** Part of a payload that went in: whatever it is, it is JSON. */
function isPayload(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return originalOf.has(value) || plainOf.get(value) === value;
}

/** Functions of the engine are marked objects, regular expressions plain functions. */
function isFunction(value: unknown): boolean {
  if (typeof value === 'function') return true;
  if (typeof value !== 'object' || value === null) return false;
  const marked = value as { _jsonata_lambda?: unknown; _jsonata_function?: unknown };
  return marked._jsonata_lambda === true || marked._jsonata_function === true;
}

const SEQUENCE_FLAGS = ['sequence', 'keepSingleton', 'outerWrapper', 'cons', 'tupleStream'];

function withoutFlags(array: Json[]): Json[] {
  return SEQUENCE_FLAGS.some((flag) => flag in array) ? Array.from(array) : array;
}

function mapArray(array: Json[], change: (item: Json) => Json): Json[] {
  let changed: Json[] | undefined;
  for (let i = 0; i < array.length; i++) {
    const item = change(array[i]!);
    if (changed === undefined && item !== array[i]) changed = array.slice(0, i);
    changed?.push(item);
  }
  return changed ?? array;
}

function mapObject(object: JsonObject, change: (item: Json) => Json): JsonObject {
  // Objects that the engine makes have no prototype; what leaves here is like any other JSON.
  let changed = Object.getPrototypeOf(object) === null;
  const copy = {};
  for (const key of Object.keys(object)) {
    const item = change(object[key]!);
    changed ||= item !== object[key];
    setOwn(copy, key, item);
  }
  return changed ? copy : object;
}

/**
 * The bytes a value would take if every shared part were written out, which is what doubling tricks blow up.
 * `known` keeps sizes of parts measured before. Throws MemoryExceeded as soon as it is too much.
 */
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
