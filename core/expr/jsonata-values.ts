// Values on their way into and out of a JSONata expression. In: raw number tokens become doubles, once per payload
// and only when there are any. Out: plain JSON, with the engine's hidden sequence flags removed, infinities spelled as
// AWS spells them, and the very object of the payload wherever an expression only selected it, so that its text (and
// its raw numbers) can be reused.

import { isNumber, type Json, type JsonObject, toNumber } from './json.ts';
import { isFunction, measure } from './jsonata-memory.ts';

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
  const items = Object.entries(object).map(([key, before]) => {
    const item = change(before);
    changed ||= item !== before;
    return [key, item] as const;
  });
  return changed ? Object.fromEntries(items) : object;
}
