// The JSONPath compiler: text to steps. It owns the dialect of the service, which is that of one old Java library and of
// no standard, and reproduces what that library makes of odd text (`["0"]` is the index 0, a `]` ends a quoted name).

import { trimJava } from './java-text.ts';
import { type Filter, parseFilter } from './jsonpath-filter.ts';
import { endOfPath, PathError, refusedPath } from './path-error.ts';

export type Step =
  | { kind: 'names'; names: string[] }
  | { kind: 'wildcard' }
  | { kind: 'scan' }
  /** A `$` in the middle of a path: only messages start anew there. */
  | { kind: 'root' }
  | { kind: 'indexes'; indexes: number[] }
  /** `[from:to]`; either side may be open, never both. */
  | { kind: 'slice'; from: number | undefined; to: number | undefined }
  /** `[(@.length-n)]`; `offset` is -n. */
  | { kind: 'fromEnd'; offset: number }
  /** Without a filter, `[?]`: a placeholder the service has nothing to put into. */
  | { kind: 'filter'; filter: Filter | undefined };

export interface CompiledPath {
  readonly steps: readonly Step[];
  /** At most one match, so the value itself is the answer, not an array of matches. */
  readonly definite: boolean;
}

/** More steps than any real path has; it bounds the evaluator's recursion. */
const MAX_STEPS = 1_000;
const MAX_FILTER_DEPTH = 20;

const EMPTY_FILTER = /^\[\s*\?[\s,?*]*\]$/;
const DIGIT = /\p{Nd}/u;
const INDEX_CHAR = /[\p{Nd}, :-]/u;
const BOUND = /^[\p{Nd} -]*/u;

export function parsePath(text: string, depth = 0): CompiledPath {
  if (text === '') throw new PathError('InvalidPath', 'json can not be null or empty');
  if (depth > MAX_FILTER_DEPTH) throw refusedPath('Filters are nested too deeply');
  const path = withRoot(trimJava(text));
  const steps: Step[] = [];
  let at = 1;
  while (at < path.length) {
    const { fragment, next } = readFragment(path, at);
    at = next;
    if (fragment !== undefined) steps.push(parseFragment(fragment, depth));
    if (steps.length > MAX_STEPS) throw refusedPath('The path has too many steps');
  }
  return { steps, definite: steps.every(isDefiniteStep) };
}

/** The path with its leading `$`; a path without one is taken to start below the root. */
function withRoot(path: string): string {
  if (path === '') throw endOfPath(0);
  if (path.endsWith('..')) throw refusedPath('A path can not end with a scan.');
  if (path[0] !== '$' && path[0] !== '@') return `$.${path}`;
  const rooted = `$${path.slice(1)}`;
  if (rooted.length > 1 && rooted[1] !== '.' && rooted[1] !== '[') throw refusedPath(`Invalid path ${rooted}`);
  return rooted;
}

/** The next fragment in the one form `parseFragment` knows: `..`, or something in brackets. */
function readFragment(path: string, at: number): { fragment: string | undefined; next: number } {
  switch (path[at]) {
    case ' ':
      throw refusedPath('Space not allowed in path');
    case '[': {
      const next = closingBracket(path, at);
      return { fragment: path.slice(at, next), next };
    }
    case '*':
      return { fragment: '[*]', next: at + 1 };
    case '$':
      return { fragment: '$', next: at + 1 };
    case '.': {
      if (at + 1 === path.length) throw endOfPath(at + 1);
      if (path[at + 1] === '.') return { fragment: '..', next: at + 2 };
      const next = endOfName(path, at + 1);
      if (next === at + 1) return { fragment: undefined, next };
      const name = path.slice(at + 1, next);
      return { fragment: name === '*' ? '[*]' : `['${name}']`, next };
    }
    default: {
      const next = endOfName(path, at);
      return { fragment: `['${path.slice(at, next)}']`, next };
    }
  }
}

function endOfName(path: string, start: number): number {
  let at = start;
  while (at < path.length && path[at] !== '.' && path[at] !== '[' && path[at] !== ' ') at++;
  return at;
}

/** Just past the bracket that closes the one at `start`; brackets inside quotes count like any other. */
function closingBracket(path: string, start: number): number {
  let open = 0;
  for (let at = start + 1; at < path.length; at++) {
    if (path[at] === '[') open++;
    else if (path[at] === ']' && open-- === 0) return at + 1;
  }
  return path.length;
}

/** The first telling character decides what a bracket holds, wherever it stands: `[x1]` is the index 1. */
function parseFragment(fragment: string, depth: number): Step {
  if (fragment === '..') return { kind: 'scan' };
  if (fragment === '$') return { kind: 'root' };
  if (fragment === '[*]') return { kind: 'wildcard' };
  if (EMPTY_FILTER.test(fragment)) return { kind: 'filter', filter: undefined };
  for (let at = 0; at < fragment.length; at++) {
    const char = fragment[at]!;
    if (char === '?') return { kind: 'filter', filter: parseFilter(filterText(fragment, at), parsePath, depth + 1) };
    if (char === "'") return { kind: 'names', names: quotedNames(fragment, at) };
    if (char === '@') return parseFromEnd(fragment, at);
    if (char === ':' || char === '-' || DIGIT.test(char)) return parseIndexes(fragment, at);
  }
  throw refusedPath(`Could not analyze path component: ${fragment}`);
}

/** Names between single quotes up to the first `]`; there are no escapes. */
function quotedNames(fragment: string, start: number): string[] {
  const end = fragment.indexOf(']', start);
  if (end < 0) throw endOfPath(fragment.length);
  const parts = fragment.slice(start, end).split("'");
  // Every second part stood inside quotes; the last one is not closed by a quote and does not count.
  return parts.filter((_part, index) => index % 2 === 1 && index < parts.length - 1);
}

/** `[(@.length-n)]`. The character after `@` is taken for the point it should be, parentheses and spaces do not count. */
function parseFromEnd(fragment: string, start: number): Step {
  const minus = fragment.indexOf('-', start + 2);
  const close = fragment.indexOf(')', minus);
  if (minus < 0) throw endOfPath(fragment.length);
  const name = fragment.slice(start + 2, minus).replace(/[ ()]/g, '');
  if (name !== 'length' && name !== 'size') {
    throw refusedPath(`Invalid function: @.${name}. Supported functions are: [(@.length - n)] and [(@.size() - n)]`);
  }
  if (close < 0) throw endOfPath(fragment.length);
  return { kind: 'fromEnd', offset: parseJavaInt(fragment.slice(minus, close).replaceAll(' ', '')) };
}

/**
 * Reads `n`, `n,m`, `a:b`, `a:`, `:b`, and makes something of every mixture of them: it stops without complaint at the
 * first character that belongs to none, and skips the one character that follows a bound.
 */
function parseIndexes(fragment: string, start: number): Step {
  const numbers: number[] = [];
  const seen = { list: false, openEnd: false, openStart: false };
  let digits = '';
  let at = start;
  for (; at < fragment.length && INDEX_CHAR.test(fragment[at]!); at++) {
    const char = fragment[at]!;
    if (char === ',') {
      numbers.push(parseJavaInt(digits));
      digits = '';
      seen.list = true;
    } else if (char === ':') {
      if (digits !== '') numbers.push(parseJavaInt(digits));
      const bound = BOUND.exec(fragment.slice(at + 1))![0];
      if (at + 1 + bound.length === fragment.length) throw endOfPath(fragment.length);
      const isOpenEnd = digits !== '' && bound.trim() === '';
      if (!isOpenEnd) numbers.push(parseJavaInt(bound.replaceAll(' ', '')));
      seen.openEnd ||= isOpenEnd;
      seen.openStart ||= digits === '';
      digits = '';
      at += bound.length + 1;
      if (fragment[at] === ']') break;
    } else if (char !== ' ') {
      digits += char;
    }
  }
  if (at >= fragment.length) throw endOfPath(fragment.length);
  const hasSlice = numbers.length > 0 && fragment.slice(start, at).includes(':');
  if (digits !== '') numbers.push(parseJavaInt(digits));
  if (seen.list || !hasSlice) return { kind: 'indexes', indexes: numbers };
  if (seen.openEnd) return { kind: 'slice', from: numbers[0], to: undefined };
  if (seen.openStart) return { kind: 'slice', from: undefined, to: numbers[0] };
  return { kind: 'slice', from: numbers[0], to: numbers[1] };
}

function parseJavaInt(text: string): number {
  const ascii = text.replace(/\p{Nd}/gu, (digit) => String(digitValue(digit)));
  const value = Number(ascii);
  if (!/^[-+]?\d+$/.test(ascii) || value > 2_147_483_647 || value < -2_147_483_648) {
    throw new PathError('InvalidPath', `java.lang.NumberFormatException: For input string: "${text}"`);
  }
  return value === 0 ? 0 : value;
}

/** The value of a decimal digit of any script; they come in blocks of ten. */
function digitValue(digit: string): number {
  let zero = digit.codePointAt(0)!;
  while (DIGIT.test(String.fromCodePoint(zero - 1)) && digit.codePointAt(0)! - zero < 9) zero--;
  return (digit.codePointAt(0)! - zero) % 10;
}

/** The text of a filter from its bracket to the one that closes it outside quotes and parentheses. */
function filterText(fragment: string, question: number): string {
  const start = fragment.lastIndexOf('[', question);
  let squares = 0;
  let parentheses = 0;
  let quoted = false;
  for (let at = start; at < fragment.length; at++) {
    const char = fragment[at];
    if (char === "'" && fragment[at - 1] !== '\\') quoted = !quoted;
    if (quoted) continue;
    if (char === '(') parentheses++;
    else if (char === ')') parentheses--;
    else if (char === '[') squares++;
    else if (char === ']') {
      squares--;
      if (parentheses !== 0) continue;
      if (squares !== 0) throw refusedPath('Filter brackets are not balanced');
      return fragment.slice(start, at + 1);
    }
  }
  throw endOfPath(fragment.length);
}

export function isDefiniteStep(step: Step): boolean {
  if (step.kind === 'indexes') return step.indexes.length === 1;
  return step.kind === 'names' || step.kind === 'fromEnd' || step.kind === 'root';
}
