// Parses the regular expressions of JSONPath filters (`=~ /S.*/i`): Java's syntax as far as a linear-time matcher can run
// it. What needs backtracking (back references, lookaround, possessive quantifiers) is refused with a clear sentence.
import { PathError } from './path-error.ts';

export type CharTest = (char: string) => boolean;

export type RegexNode =
  | { kind: 'char'; test: CharTest }
  | { kind: 'sequence'; items: RegexNode[] }
  | { kind: 'choice'; options: RegexNode[] }
  | { kind: 'repeat'; item: RegexNode; min: number; max: number }
  | { kind: 'assert'; at: 'start' | 'end' | 'boundary' | 'insideWord' };

const MAX_GROUPS = 50;

const NOT_IN_DOT = new Set(['\n', '\r', '\u0085', '\u2028', '\u2029']);
const CONTROL = new Map(Object.entries({ t: '\t', n: '\n', r: '\r', f: '\f', a: '\u0007', e: '\u001b' }));
const CLASSES: Record<string, RegExp> = { d: /[0-9]/, w: /[A-Za-z0-9_]/, s: /[ \t\n\v\f\r]/, h: /[ \t\u00a0]/ };
const POSIX: Record<string, RegExp> = {
  Lower: /[a-z]/,
  Upper: /[A-Z]/,
  Alpha: /[A-Za-z]/,
  Digit: /[0-9]/,
  Alnum: /[A-Za-z0-9]/,
  Punct: /[!-/:-@[-`{-~]/,
  Space: /\s/,
  ASCII: /[\0-\x7f]/,
};

interface Cursor {
  readonly chars: readonly string[];
  readonly source: string;
  readonly ignoreCase: boolean;
  at: number;
  depth: number;
}

export function isWordChar(char: string | undefined): boolean {
  return char !== undefined && CLASSES.w!.test(char);
}

export function parseRegex(source: string, ignoreCase: boolean): RegexNode {
  const inline = source.startsWith('(?i)');
  const chars = Array.from(inline ? source.slice(4) : source);
  const cursor: Cursor = { chars, source, ignoreCase: ignoreCase || inline, at: 0, depth: 0 };
  const node = parseChoice(cursor);
  if (cursor.at < chars.length) throw refusedRegex(cursor, "Unmatched closing ')'");
  return node;
}

export function refusedRegex(cursor: Pick<Cursor, 'at' | 'source'>, sentence: string): PathError {
  return new PathError(
    'InvalidPath',
    `java.util.regex.PatternSyntaxException: ${sentence} near index ${cursor.at}\n${cursor.source}`,
  );
}

function parseChoice(cursor: Cursor): RegexNode {
  const options = [parseSequence(cursor)];
  while (cursor.chars[cursor.at] === '|') {
    cursor.at++;
    options.push(parseSequence(cursor));
  }
  return options.length === 1 ? options[0]! : { kind: 'choice', options };
}

function parseSequence(cursor: Cursor): RegexNode {
  const items: RegexNode[] = [];
  for (;;) {
    const char = cursor.chars[cursor.at];
    if (char === undefined || char === '|' || char === ')') return { kind: 'sequence', items };
    items.push(parseQuantified(cursor));
  }
}

function parseQuantified(cursor: Cursor): RegexNode {
  const item = parseAtom(cursor);
  const bounds = readQuantifier(cursor);
  if (bounds === undefined) return item;
  const after = cursor.chars[cursor.at];
  if (after === '+') throw refusedRegex(cursor, 'Possessive quantifiers are not supported');
  // A reluctant quantifier matches the same texts; only the order of tries differs.
  if (after === '?') cursor.at++;
  if (after === '*') throw refusedRegex(cursor, "Dangling meta character '*'");
  return { kind: 'repeat', item, ...bounds };
}

function readQuantifier(cursor: Cursor): { min: number; max: number } | undefined {
  const char = cursor.chars[cursor.at];
  if (char === '*' || char === '+' || char === '?') {
    cursor.at++;
    return { min: char === '+' ? 1 : 0, max: char === '?' ? 1 : Number.POSITIVE_INFINITY };
  }
  if (char !== '{') return undefined;
  const braces = /^\{(\d{1,6})(,?)(\d{0,6})\}/.exec(cursor.chars.slice(cursor.at, cursor.at + 16).join(''));
  if (!braces) throw refusedRegex(cursor, 'Illegal repetition');
  const [text, low, comma, high] = braces;
  const min = Number(low);
  const max = comma === '' ? min : high === '' ? Number.POSITIVE_INFINITY : Number(high);
  if ((comma === '' && high !== '') || max < min) throw refusedRegex(cursor, 'Illegal repetition range');
  cursor.at += text.length;
  return { min, max };
}

function parseAtom(cursor: Cursor): RegexNode {
  const char = cursor.chars[cursor.at++]!;
  switch (char) {
    case '(':
      return parseGroup(cursor);
    case '[':
      return { kind: 'char', test: parseClass(cursor) };
    case '.':
      return { kind: 'char', test: (input) => !NOT_IN_DOT.has(input) };
    case '^':
      return { kind: 'assert', at: 'start' };
    case '$':
      return { kind: 'assert', at: 'end' };
    case '*':
    case '+':
    case '?':
    case '{':
      throw refusedRegex(cursor, `Dangling meta character '${char}'`);
    case '\\':
      return parseEscape(cursor);
    default:
      return { kind: 'char', test: literal(char, cursor.ignoreCase) };
  }
}

function parseGroup(cursor: Cursor): RegexNode {
  if (++cursor.depth > MAX_GROUPS) throw refusedRegex(cursor, 'Groups are nested too deeply');
  if (cursor.chars[cursor.at] === '?') {
    const head = /^\?(:|<[A-Za-z]\w*>)/.exec(cursor.chars.slice(cursor.at, cursor.at + 100).join(''));
    if (!head) throw refusedRegex(cursor, 'This kind of group is not supported');
    cursor.at += head[0].length;
  }
  const node = parseChoice(cursor);
  if (cursor.chars[cursor.at] !== ')') throw refusedRegex(cursor, 'Unclosed group');
  cursor.at++;
  cursor.depth--;
  return node;
}

function parseEscape(cursor: Cursor): RegexNode {
  const char = cursor.chars[cursor.at];
  if (char === 'b' || char === 'B') {
    cursor.at++;
    return { kind: 'assert', at: char === 'b' ? 'boundary' : 'insideWord' };
  }
  const escaped = readEscape(cursor);
  return { kind: 'char', test: typeof escaped === 'string' ? literal(escaped, cursor.ignoreCase) : escaped };
}

/** What a backslash stands for, inside and outside classes: a character or a test. */
function readEscape(cursor: Cursor): string | CharTest {
  const char = cursor.chars[cursor.at++];
  if (char === undefined) throw refusedRegex(cursor, 'Unexpected internal error');
  const negated = char !== char.toLowerCase();
  const shorthand = CLASSES[char.toLowerCase()];
  if (shorthand) return (input) => shorthand.test(input) !== negated;
  if (char === 'p' || char === 'P') return readProperty(cursor, negated);
  if (char === 'u' || char === 'x') return readCodePoint(cursor, char === 'u' ? 4 : 2);
  const control = CONTROL.get(char);
  if (control !== undefined) return control;
  if (/[A-Za-z0-9]/.test(char)) throw refusedRegex(cursor, 'Illegal or unsupported escape sequence');
  return char;
}

function readCodePoint(cursor: Cursor, length: number): string {
  const digits = cursor.chars.slice(cursor.at, cursor.at + length).join('');
  if (digits.length !== length || !/^[0-9A-Fa-f]+$/.test(digits)) {
    throw refusedRegex(cursor, 'Illegal hexadecimal escape sequence');
  }
  cursor.at += length;
  return String.fromCharCode(Number.parseInt(digits, 16));
}

function readProperty(cursor: Cursor, negated: boolean): CharTest {
  const name = /^(?:\{(\w{1,40})\}|(\w))/.exec(cursor.chars.slice(cursor.at, cursor.at + 50).join(''));
  if (!name) throw refusedRegex(cursor, 'Unknown character property name');
  cursor.at += name[0].length;
  const property = (name[1] ?? name[2])!;
  const pattern = Object.hasOwn(POSIX, property) ? POSIX[property] : unicodeProperty(property.replace(/^Is/, ''));
  if (!pattern) throw refusedRegex(cursor, `Unknown character property name {${property}}`);
  return (input) => pattern.test(input) !== negated;
}

function unicodeProperty(name: string): RegExp | undefined {
  try {
    return new RegExp(`\\p{${name}}`, 'u');
  } catch {
    return undefined;
  }
}

/** A class after its `[`. Java's unions and intersections (`[a[b]]`, `[a&&b]`) are refused. */
function parseClass(cursor: Cursor): CharTest {
  const { chars, ignoreCase } = cursor;
  const negated = chars[cursor.at] === '^';
  if (negated) cursor.at++;
  const tests: CharTest[] = [];
  for (let first = true; first || chars[cursor.at] !== ']'; first = false) {
    if (cursor.at >= chars.length) throw refusedRegex(cursor, 'Unclosed character class');
    const low = readClassItem(cursor);
    const isRange = chars[cursor.at] === '-' && chars[cursor.at + 1] !== ']' && typeof low === 'string';
    if (!isRange) {
      tests.push(typeof low === 'string' ? literal(low, ignoreCase) : low);
      continue;
    }
    cursor.at++;
    const high = cursor.at < chars.length ? readClassItem(cursor) : '';
    if (typeof high !== 'string' || high < low) throw refusedRegex(cursor, 'Illegal character range');
    tests.push(foldCase((input) => input >= low && input <= high, ignoreCase));
  }
  cursor.at++;
  return (input) => tests.some((test) => test(input)) !== negated;
}

function readClassItem(cursor: Cursor): string | CharTest {
  const char = cursor.chars[cursor.at++]!;
  if (char === '\\') return readEscape(cursor);
  if (char === '[' || (char === '&' && cursor.chars[cursor.at] === '&')) {
    throw refusedRegex(cursor, 'Nested character classes are not supported');
  }
  return char;
}

function literal(char: string, ignoreCase: boolean): CharTest {
  return foldCase((input) => input === char, ignoreCase);
}

/** Java folds ASCII only. */
function foldCase(test: CharTest, ignoreCase: boolean): CharTest {
  if (!ignoreCase) return test;
  return (input) => test(input) || (/[A-Za-z]/.test(input) && (test(input.toLowerCase()) || test(input.toUpperCase())));
}
