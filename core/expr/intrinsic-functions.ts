// The 18 intrinsic functions in one table: name, numbers of arguments, what it does. A function throws IntrinsicProblem with
// a sentence; the evaluator wraps it into States.IntrinsicFailure. Fractions given for whole numbers are rounded half up.
import { createHash } from 'node:crypto';
import { javaRandomDouble } from './java-random.ts';
import { javaText } from './java-text.ts';
import { equalJson, isNumber, isObject, type Json, type JsonObject, parseJson, printJson, toNumber } from './json.ts';
import type { Scope } from './scope.ts';

export class IntrinsicProblem extends Error {}

interface IntrinsicFunction {
  arguments: readonly [least: number, most: number];
  run: (args: readonly Json[], scope: Scope) => Json;
}

const MAX_TEXT = 10_000;
const MAX_RANGE = 1_000;

const HASHES: ReadonlyMap<string, string> = new Map([
  ['MD5', 'md5'],
  ['SHA-1', 'sha1'],
  ['SHA-256', 'sha256'],
  ['SHA-384', 'sha384'],
  ['SHA-512', 'sha512'],
]);

export const FUNCTIONS: ReadonlyMap<string, IntrinsicFunction> = new Map<string, IntrinsicFunction>([
  ['States.Array', { arguments: [0, Infinity], run: (args) => [...args] }],
  ['States.ArrayPartition', { arguments: [2, 2], run: arrayPartition }],
  [
    'States.ArrayContains',
    { arguments: [2, 2], run: ([array, value]) => arrayOf(array).some((item) => equalJson(item, value!)) },
  ],
  ['States.ArrayRange', { arguments: [3, 3], run: arrayRange }],
  ['States.ArrayGetItem', { arguments: [2, 2], run: arrayGetItem }],
  ['States.ArrayLength', { arguments: [1, 1], run: ([array]) => arrayOf(array).length }],
  ['States.ArrayUnique', { arguments: [1, 1], run: arrayUnique }],
  [
    'States.Base64Encode',
    { arguments: [1, 1], run: ([text]) => Buffer.from(shortText(text), 'utf8').toString('base64') },
  ],
  ['States.Base64Decode', { arguments: [1, 1], run: base64Decode }],
  ['States.Hash', { arguments: [2, 2], run: hash }],
  ['States.JsonMerge', { arguments: [3, 3], run: jsonMerge }],
  ['States.StringToJson', { arguments: [1, 1], run: stringToJson }],
  ['States.JsonToString', { arguments: [1, 1], run: ([value]) => printJson(value!) }],
  ['States.MathRandom', { arguments: [2, 3], run: mathRandom }],
  ['States.MathAdd', { arguments: [2, 2], run: mathAdd }],
  ['States.StringSplit', { arguments: [2, 2], run: stringSplit }],
  ['States.UUID', { arguments: [0, 0], run: (_args, scope) => scope.newId() }],
  ['States.Format', { arguments: [1, Infinity], run: format }],
]);

function arrayOf(value: Json | undefined): Json[] {
  if (!Array.isArray(value)) throw new IntrinsicProblem('The argument must be an array');
  return value;
}

function textOf(value: Json | undefined): string {
  if (typeof value !== 'string') throw new IntrinsicProblem('The argument must be a string');
  return value;
}

function shortText(value: Json | undefined): string {
  const text = textOf(value);
  if (text.length > MAX_TEXT) throw new IntrinsicProblem(`The argument must not be longer than ${MAX_TEXT} characters`);
  return text;
}

/** Math.round of Java and JavaScript alike: half up, so -2.5 becomes -2. */
function wholeNumber(value: Json | undefined): number {
  if (!isNumber(value)) throw new IntrinsicProblem('The argument must be a number');
  return Math.round(toNumber(value)) + 0;
}

function arrayPartition([array, size]: readonly Json[]): Json {
  const items = arrayOf(array);
  const length = wholeNumber(size);
  if (length < 1) throw new IntrinsicProblem('The size of a partition must be positive');
  const chunks: Json[] = [];
  for (let at = 0; at < items.length; at += length) chunks.push(items.slice(at, at + length));
  return chunks;
}

function arrayRange(args: readonly Json[]): Json {
  const [start = 0, end = 0, step = 0] = args.map(wholeNumber);
  if (step === 0) throw new IntrinsicProblem('The step of a range must not be zero');
  const length = Math.max(0, Math.floor((end - start) / step) + 1);
  if (length > MAX_RANGE) throw new IntrinsicProblem(`A range must not have more than ${MAX_RANGE} items`);
  return Array.from({ length }, (_item, index) => start + index * step);
}

function arrayGetItem([array, index]: readonly Json[]): Json {
  const item = arrayOf(array)[wholeNumber(index)];
  if (item === undefined) throw new IntrinsicProblem('The index is out of bounds');
  return item;
}

function arrayUnique([array]: readonly Json[]): Json {
  const known = new Set<string>();
  return arrayOf(array).filter((item) => {
    const key = printJson(canonical(item));
    if (known.has(key)) return false;
    known.add(key);
    return true;
  });
}

/** Equal values in one form: names sorted, numbers as doubles. */
function canonical(value: Json): Json {
  if (isNumber(value)) return toNumber(value) + 0;
  if (Array.isArray(value)) return value.map(canonical);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, item]): [string, Json] => [key, canonical(item)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function base64Decode([text]: readonly Json[]): Json {
  const encoded = shortText(text);
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(encoded) || encoded.replace(/=+$/, '').length % 4 === 1) {
    throw new IntrinsicProblem('The argument must be Base64 text');
  }
  return Buffer.from(encoded, 'base64').toString('utf8');
}

function hash([text, algorithm]: readonly Json[]): Json {
  const name = HASHES.get(textOf(algorithm));
  if (name === undefined) throw new IntrinsicProblem(`The algorithm must be one of ${[...HASHES.keys()].join(', ')}`);
  const hashed = typeof text === 'string' ? text : printJson(text!);
  return createHash(name).update(shortText(hashed), 'utf8').digest('hex');
}

function jsonMerge([first, second, isDeep]: readonly Json[]): Json {
  if (!isObject(first) || !isObject(second)) throw new IntrinsicProblem('The arguments must be objects');
  if (isDeep !== false) throw new IntrinsicProblem('The third argument must be false: deep merging is not supported');
  return { ...(first as JsonObject), ...(second as JsonObject) };
}

function stringToJson([text]: readonly Json[]): Json {
  const json = textOf(text);
  if (json.trim() === '') return null;
  try {
    const value = parseJson(json);
    return isNumber(value) && Object.is(toNumber(value), -0) ? 0 : value;
  } catch {
    throw new IntrinsicProblem('The argument must be JSON text');
  }
}

function mathRandom(args: readonly Json[], scope: Scope): Json {
  const [start = 0, end = 0, seed] = args.map(wholeNumber);
  if (end <= start) throw new IntrinsicProblem('The end of the range must be greater than its start');
  const random = seed === undefined ? scope.random() : javaRandomDouble(seed);
  return start + Math.floor(random * (end - start));
}

function mathAdd(args: readonly Json[]): Json {
  const [first = 0, second = 0] = args.map(wholeNumber);
  const sum = first + second;
  if ([first, second, sum].some((number) => number !== (number | 0))) {
    throw new IntrinsicProblem('The numbers and their sum must be 32-bit integers');
  }
  return sum;
}

/** Every character of the second argument separates, and separators side by side leave nothing between them. */
function stringSplit([text, separators]: readonly Json[]): Json {
  const apart = new Set(textOf(separators));
  const parts: string[] = [];
  let part = '';
  for (const char of textOf(text)) {
    if (!apart.has(char)) {
      part += char;
      continue;
    }
    if (part !== '') parts.push(part);
    part = '';
  }
  return part === '' ? parts : [...parts, part];
}

/** The template comes with its backslashes, so that `\{\}` is no placeholder. */
function format([template, ...values]: readonly Json[]): Json {
  let used = 0;
  const text = textOf(template).replace(/\\([\s\S])|\{\}/g, (_match, escaped: string | undefined) => {
    if (escaped !== undefined) return escaped;
    const value = values[used++];
    return value === undefined ? '' : javaText(value);
  });
  if (used !== values.length) {
    throw new IntrinsicProblem('The number of arguments does not match the occurrences of {} in the template');
  }
  return text;
}
