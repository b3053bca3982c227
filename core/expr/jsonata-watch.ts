// What is looked at after each step of an expression, because the library does not: that there are not too many, that no
// text or structure outgrows the memory bound (before the next step can double it again), that order-by stays small, and
// that only functions are called (the library writes a mark into whatever is called, also into the caller's payload).

import { isFunction, MemoryExceeded, measure } from './jsonata-memory.ts';

/**
 * Times that order-by (`^`) may compute a key in one evaluation. The library's merge copies its halves item by item:
 * memory grows with the square of the items, and about 8,000 items, reached here, already take 100 MB.
 */
const SORT_KEYS_MAX = 200_000;

/** Steps of one evaluation: what a whole processor of today does in about a second. */
const STEPS_MAX = 1_000_000;

export class StepsExceeded extends Error {
  override name = 'StepsExceeded';
}

/** The nodes whose result may be a structure that was not there before. */
const MAKERS: ReadonlySet<string> = new Set(['unary', 'function', 'apply']);

interface Node {
  type: string;
}

/** What one evaluation has used so far; made for each. */
export interface Usage {
  /** Sizes of structures met before. */
  sizes?: WeakMap<object, number>;
  sortKeys?: number;
  steps?: number;
}

export type Watch = (node: Node, result: unknown, usage: Usage) => void;

/** The check to run after each step of the expression with this syntax tree. Throws what the library or memory would. */
export function watchOf(tree: object): Watch {
  const sortKeys = new WeakSet<object>();
  const called = new WeakSet<object>();
  mark(tree, sortKeys, called);
  return (node, result, usage) => {
    usage.steps = (usage.steps ?? 0) + 1;
    if (usage.steps > STEPS_MAX) throw new StepsExceeded();
    if (sortKeys.has(node)) {
      usage.sortKeys = (usage.sortKeys ?? 0) + 1;
      if (usage.sortKeys > SORT_KEYS_MAX) throw new MemoryExceeded();
    }
    if (called.has(node)) refuseCall(node, unwrapped(result));
    if (typeof result === 'string' || MAKERS.has(node.type)) {
      usage.sizes ??= new WeakMap();
      measure(result, usage.sizes);
    }
  };
}

/** A path that leads nowhere stays the library's: it may know a function of that name. */
function refuseCall(node: Node, callee: unknown): void {
  if (!isFunction(callee) && (callee !== undefined || node.type !== 'path')) throw { code: 'T1006' };
}

/** The library unwraps sequences only after the watch has seen them. */
function unwrapped(result: unknown): unknown {
  const isSequence = Array.isArray(result) && (result as { sequence?: boolean }).sequence === true;
  return isSequence && result.length <= 1 ? result[0] : result;
}

function mark(tree: object, sortKeys: WeakSet<object>, called: WeakSet<object>): void {
  const { type, terms, procedure } = tree as { type?: string; terms?: { expression: object }[]; procedure?: object };
  if (type === 'sort') for (const term of terms ?? []) sortKeys.add(term.expression);
  if (type === 'function' && procedure !== undefined) called.add(procedure);
  for (const part of Object.values(tree)) if (typeof part === 'object' && part !== null) mark(part, sortKeys, called);
}
