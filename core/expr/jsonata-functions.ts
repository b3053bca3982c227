// The functions of AWS's dialect: six that JSONata does not have (or has without an argument), and the built-ins that
// must not be the library's own. All take randomness and ids from the scope.
// https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html

import { createHash } from 'node:crypto';
import type { Json } from './json.ts';
import { asSequence, distinct, type Swap, shuffle, sort, spread } from './jsonata-arrays.ts';
import { SEQUENCE_ITEMS } from './jsonata-memory.ts';

/** What an expression may not make up by itself. */
export interface Chance {
  random: () => number;
  newId: () => string;
}

/** A failure that AWS reports as its own internal error, without text. */
export class InternalFailure extends Error {
  override name = 'InternalFailure';
}

/** A function for the engine: its arguments come checked against the JSONata signature. */
export interface AddedFunction {
  signature: string;
  call: (chance: Chance, ...args: never[]) => unknown;
}

export const ADDED_FUNCTIONS: Record<string, AddedFunction> = {
  partition: { signature: '<an:a<a>>', call: (_chance, array: Json[], size: number) => partition(array, size) },
  range: {
    signature: '<nnn:a<n>>',
    call: (_chance, start: number, end: number, step: number) => range(start, end, step),
  },
  hash: { signature: '<s-s:s>', call: (_chance, text: string, algorithm: string) => hash(text, algorithm) },
  random: { signature: '<n?:n>', call: (chance, seed?: number) => random(chance, seed) },
  uuid: { signature: '<:s>', call: (chance) => chance.newId() },
  parse: { signature: '<s-:x>', call: (_chance, text: string) => parse(text) },
  shuffle: { signature: '<a:a>', call: (chance, items?: unknown[]) => shuffle(chance.random, items) },
  sort: { signature: '<af?:a>', call: (_chance, items?: unknown[], swap?: Swap) => sort(items, swap) },
  distinct: { signature: '<x:x>', call: (_chance, value: unknown) => distinct(value) },
  spread: { signature: '<x-:a<o>>', call: (_chance, value: unknown) => spread(value) },
  base64encode: { signature: '<s-:s>', call: (_chance, text?: string) => base64Encode(text) },
  base64decode: { signature: '<s-:s>', call: (_chance, text?: string) => base64Decode(text) },
};

function partition(array: Json[] | undefined, size: number): Json[][] | undefined {
  if (array === undefined) return undefined;
  const length = Math.floor(size);
  if (!(length >= 1)) throw new InternalFailure();
  const parts: Json[][] = [];
  for (let from = 0; from < array.length; from += length) parts.push(array.slice(from, from + length));
  return parts;
}

/** The end is included when a step lands on it. A JSONata sequence: one single number comes out as that number. */
function range(start: number | undefined, end: number | undefined, step: number | undefined): number[] | undefined {
  if (start === undefined || end === undefined || step === undefined) return undefined;
  const [first, last, stride] = [Math.floor(start), Math.floor(end), Math.floor(step)];
  const length = Math.floor((last - first) / stride) + 1;
  if (!Number.isFinite(length)) throw new InternalFailure();
  if (length > SEQUENCE_ITEMS) throw { code: 'D2015', value: SEQUENCE_ITEMS };
  const numbers = Array.from({ length: Math.max(length, 0) }, (_, i) => first + i * stride);
  return asSequence(numbers);
}

const HASHES: Record<string, string> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

function hash(text: string | undefined, algorithm: string): string | undefined {
  if (text === undefined) return undefined;
  const name = Object.hasOwn(HASHES, algorithm) ? HASHES[algorithm] : undefined;
  if (name === undefined) throw new InternalFailure();
  return createHash(name).update(text, 'utf8').digest('hex');
}

function random(chance: Chance, seed: number | undefined): number {
  return seed === undefined ? chance.random() : javaRandomDouble(BigInt(Math.floor(seed)));
}

const MULTIPLIER = 0x5deece66dn;
const STATE_MASK = (1n << 48n) - 1n;

/** `new java.util.Random(seed).nextDouble()`: a 48-bit linear congruential generator, 26 and 27 bits of two steps. */
export function javaRandomDouble(seed: bigint): number {
  const first = step((seed ^ MULTIPLIER) & STATE_MASK);
  const second = step(first);
  return Number(((first >> 22n) << 27n) + (second >> 21n)) / 2 ** 53;
}

function step(state: bigint): bigint {
  return (state * MULTIPLIER + 0xbn) & STATE_MASK;
}

function parse(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new InternalFailure();
  }
}

/** Fails on what Latin-1 does not have, where the library encodes another character instead. */
function base64Encode(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return btoa(text);
  } catch {
    throw new InternalFailure();
  }
}

/** AWS fails on text that is not base64, where the library skips what it cannot read. */
function base64Decode(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return atob(text);
  } catch {
    throw new InternalFailure();
  }
}
