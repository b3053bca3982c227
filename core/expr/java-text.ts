// How the service's Java prints JSON values: numbers (`1.0E10`), trees in messages (compact JSON), and maps and lists as
// `{k=v, k2=v2}` and `[a, b]` where a value meets a string.
import { isNumber, isObject, type Json, type RawNumber } from './json.ts';

const LONG_MAX = 9_223_372_036_854_775_807n;
const LONG_MIN = -9_223_372_036_854_775_808n;

/** A number as Java prints it: integers exactly, everything with a point or an exponent as a double. */
export function javaNumberText(value: number | RawNumber): string {
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return String(value);
    return Number.isInteger(value) && Math.abs(value) < 1e21 ? BigInt(value).toString() : javaDoubleText(value);
  }
  return isIntegerText(value.rawJSON) ? BigInt(value.rawJSON).toString() : javaDoubleText(Number(value.rawJSON));
}

/** Whether a number is an integer that a Java `long` cannot hold. */
export function isBeyondLong(value: number | RawNumber): boolean {
  if (typeof value === 'number' && Math.abs(value) < 2 ** 63) return false;
  const text = typeof value === 'number' ? javaNumberText(value) : value.rawJSON;
  if (!isIntegerText(text)) return false;
  const integer = BigInt(text);
  return integer > LONG_MAX || integer < LONG_MIN;
}

export function isIntegerText(text: string): boolean {
  return /^-?\d+$/.test(text);
}

/** `Double.toString`: plain between 10^-3 and 10^7, with an exponent outside, and always a digit after the point. */
function javaDoubleText(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
  const magnitude = Math.abs(value);
  if (magnitude >= 1e-3 && magnitude < 1e7) {
    const plain = String(value);
    return plain.includes('.') ? plain : `${plain}.0`;
  }
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${exponent.replace('+', '')}`;
}

/** A JSON tree in a message: compact JSON with Java's numbers. Too deep to print is no reason to fail otherwise. */
export function javaTreeText(value: Json): string {
  try {
    return JSON.stringify(value, (_key, item: Json) => (isNumber(item) ? JSON.rawJSON(javaNumberText(item)) : item));
  } catch (error) {
    if (error instanceof RangeError) return '...';
    throw error;
  }
}

/** `String.valueOf` of a value: strings bare, maps `{k=v}`, lists `[a, b]`. */
export function javaText(value: Json): string {
  if (typeof value === 'string') return value;
  if (isNumber(value)) return javaNumberText(value);
  if (Array.isArray(value)) return `[${value.map(javaText).join(', ')}]`;
  if (!isObject(value)) return String(value);
  return `{${Object.keys(value)
    .map((key) => `${key}=${javaText(value[key]!)}`)
    .join(', ')}}`;
}

/** Java's `trim`: every control character counts as space. */
export function trimJava(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text[start]! <= ' ') start++;
  while (end > start && text[end - 1]! <= ' ') end--;
  return text.slice(start, end);
}
