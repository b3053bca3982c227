// JSON as the service treats it. Numbers whose text JavaScript cannot give back (12345678901234567890, 1.0)
// are kept as raw JSON tokens (ES2025 `JSON.rawJSON`), so a payload that is only carried or selected from is never
// rounded. Everything that computes with a number asks `isNumber` and `toNumber`; nothing else may look inside.

import { parseInOrder } from './json-order.ts';

declare global {
  interface JSON {
    rawJSON(text: string): RawNumber;
    isRawJSON(value: unknown): value is RawNumber;
  }
}

/** A number kept as the text it had; made only by `parseJson`. */
export interface RawNumber {
  readonly rawJSON: string;
}
export type JsonObject = { [key: string]: Json };
export type Json = null | boolean | number | string | RawNumber | Json[] | JsonObject;

// A cheap look for number tokens that may not survive: 16 digits or more, a zero at the end of a fraction, an exponent, -0.
const SUSPECT_NUMBER = /\d{16}|\.\d*0(?!\d)|\d[eE]|-0/;

// A cheap look for keys that JavaScript would put in another place.
const INTEGER_KEY = /"(?:0|[1-9]\d*)"\s*:/;

/** Parses JSON text; objects list their keys as the text does. Throws SyntaxError on anything that is not JSON. */
export function parseJson(text: string): Json {
  if (INTEGER_KEY.test(text)) {
    JSON.parse(text);
    return parseInOrder(text, (token) => exact(JSON.parse(token) as Json, token));
  }
  if (!SUSPECT_NUMBER.test(text)) return JSON.parse(text) as Json;
  return JSON.parse(text, (_key, value: Json, context?: { source?: string }) =>
    context?.source === undefined ? value : exact(value, context.source),
  ) as Json;
}

/** The value of an atom; raw where a double would print it otherwise. */
function exact(value: Json, source: string): Json {
  return typeof value === 'number' && String(value) !== source ? JSON.rawJSON(source) : value;
}

/** Compact JSON text; raw numbers print as they were read. */
export function printJson(value: Json): string {
  return JSON.stringify(value);
}

export function isNumber(value: Json | undefined): value is number | RawNumber {
  return typeof value === 'number' || JSON.isRawJSON(value);
}

/** The IEEE double of a number; the nearest one where the text says more than a double holds. */
export function toNumber(value: number | RawNumber): number {
  return typeof value === 'number' ? value : Number(value.rawJSON);
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
}

/** Sets an own property, also when the key is `__proto__`. */
export function setOwn(object: JsonObject, key: string, value: Json): void {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  else object[key] = value;
}

/** Deep equality; numbers compare by value. */
export function equalJson(a: Json, b: Json): boolean {
  if (isNumber(a) || isNumber(b)) return isNumber(a) && isNumber(b) && toNumber(a) === toNumber(b);
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => equalJson(item, b[i]!))
    );
  if (!isObject(a) || !isObject(b)) return a === b;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && equalJson(a[key]!, b[key]!))
  );
}

/** How many brackets are open at the deepest point; brackets inside strings do not count. */
export function nestingDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (quoted) {
      if (character === '\\') index++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '{' || character === '[') deepest = Math.max(deepest, ++depth);
    else if (character === '}' || character === ']') depth--;
  }
  return deepest;
}
