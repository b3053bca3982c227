// Compares a recorded value, with the placeholders the recording put in, with a live one. The recording parsed JSON
// text into objects and replaced times, ids, names and ARNs by tokens: a token stands for any text, a numbered one
// (`<uuid:1>`) for the same text throughout the case.
import type { Json, JsonObject } from '../../core/expr/json.ts';
import { isNumber, isObject, parseJson, printJson, toNumber } from '../../core/expr/json.ts';

export interface Difference {
  path: string;
  why: string;
  expected: Json | undefined;
  got: Json | undefined;
}

/** What each token of this case has been seen to stand for. */
export type Bound = Map<string, string>;

export interface Tokens {
  /** Stand for a piece of a string. */
  inText: string[];
  /** Stand for a whole value, whatever its type. */
  whole: ReadonlySet<string>;
}

const ISO_DATE = String.raw`\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})`;
const ANY_TOKEN = String.raw`<[A-Za-z_][A-Za-z0-9_\-\. ]*(?::[A-Za-z0-9:\.\-+]+)?>|111111111111`;
const DATE_WORD = '(?<![A-Za-z])date(?![A-Za-z])';
// Wholly ignored: facts about one HTTP exchange of AWS's own clients.
const IGNORED_MEMBERS: ReadonlySet<string> = new Set(['ResponseMetadata', 'SdkHttpMetadata', 'SdkResponseMetadata']);

export function tokensOf(placeholders: Record<string, Json> = {}): Tokens {
  const isWhole = (token: string) =>
    Boolean((placeholders[token] as { value_at_path_replaced?: boolean }).value_at_path_replaced);
  const names = Object.keys(placeholders);
  return { inText: names.filter((token) => !isWhole(token)), whole: new Set(names.filter(isWhole)) };
}

/** The value of JSON text; what is no JSON text stays as it is. */
export function parsed(value: Json | undefined): Json | undefined {
  if (typeof value !== 'string') return value;
  try {
    return parseJson(value);
  } catch {
    return value;
  }
}

/** Equality of value, not of spelling; integers of any length are compared exactly. */
function isSameNumber(a: Json, b: Json): boolean {
  if (!isNumber(a) || !isNumber(b)) return false;
  const [left, right] = [printJson(a), printJson(b)];
  const whole = /^-?\d+$/;
  return whole.test(left) && whole.test(right) ? BigInt(left) === BigInt(right) : toNumber(a) === toNumber(b);
}

export function compare(
  expected: Json,
  got: Json,
  tokens: Tokens,
  bound: Bound = new Map(),
  path = '$',
  key = '',
): Difference[] {
  if (typeof expected === 'string') return compareText(expected, got, tokens, bound, path, key);
  const live = typeof expected === 'object' && expected !== null ? (parsed(got) ?? null) : got;
  if (Array.isArray(expected)) {
    if (!Array.isArray(live) || live.length !== expected.length) return [{ path, why: 'length', expected, got: live }];
    return expected.flatMap((item, i) => compare(item, live[i]!, tokens, bound, `${path}[${i}]`, key));
  }
  if (isObject(expected)) {
    if (!isObject(live)) return [{ path, why: 'type', expected, got: live }];
    return compareObjects(expected as JsonObject, live as JsonObject, tokens, bound, path);
  }
  return expected === got || isSameNumber(expected, got) ? [] : [{ path, why: 'value', expected, got }];
}

function compareObjects(
  expected: JsonObject,
  got: JsonObject,
  tokens: Tokens,
  bound: Bound,
  path: string,
): Difference[] {
  const members = [...new Set([...Object.keys(expected), ...Object.keys(got)])];
  return members.flatMap((member) => {
    const at = `${path}.${member}`;
    if (IGNORED_MEMBERS.has(member)) return [];
    if (!Object.hasOwn(expected, member)) return [{ path: at, why: 'extra', expected: undefined, got: got[member] }];
    if (!Object.hasOwn(got, member)) return [{ path: at, why: 'missing', expected: expected[member], got: undefined }];
    return compare(expected[member]!, got[member]!, tokens, bound, at, member);
  });
}

function compareText(
  expected: string,
  got: Json,
  tokens: Tokens,
  bound: Bound,
  path: string,
  key: string,
): Difference[] {
  if (expected === got || tokens.whole.has(expected) || standsForTime(expected, key)) return [];
  if (typeof got !== 'string') return [{ path, why: 'type', expected, got }];
  const { pattern, names } = textPattern(expected, tokens.inText);
  const match = pattern.exec(got);
  if (match === null) return [{ path, why: 'text', expected, got }];
  return names.flatMap((name, i) => {
    const before = bound.get(name) ?? match[i + 1]!;
    bound.set(name, before);
    if (before === match[i + 1] || !standsForOneValue(name)) return [];
    return [{ path, why: `token ${name} stands for ${before}`, expected, got }];
  });
}

function standsForOneValue(token: string): boolean {
  return token.includes(':') && !token.startsWith('<timestamp');
}

function standsForTime(expected: string, key: string): boolean {
  return expected === 'datetime' || (expected === 'timestamp' && /time|date|stamp/i.test(key));
}

/** A recorded text as a pattern, and the token that each of its groups stands for. */
function textPattern(text: string, tokens: string[]): { pattern: RegExp; names: string[] } {
  // The longest first, so that a token inside another one does not cut it.
  const present = tokens.filter((token) => token !== '' && text.includes(token)).sort((a, b) => b.length - a.length);
  const alternatives = [...present.map(RegExp.escape), ANY_TOKEN, DATE_WORD].join('|');
  const names: string[] = [];
  let source = '';
  let done = 0;
  for (const match of text.matchAll(new RegExp(alternatives, 'g'))) {
    const end = match.index + match[0].length;
    source += RegExp.escape(text.slice(done, match.index));
    if (match[0] === 'date') source += `(?:${ISO_DATE}|date)`;
    else {
      source += end < text.length ? '(.+?)' : '(.+)';
      names.push(match[0]);
    }
    done = end;
  }
  return { pattern: new RegExp(`^${source}${RegExp.escape(text.slice(done))}$`, 's'), names };
}
