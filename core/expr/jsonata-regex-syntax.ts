// The syntax of JavaScript regular expressions, as far as the bounded matcher runs them: alternatives, groups,
// repeats, lookahead, edges, back references. What stands for one character (`a`, `\d`, `[^x]`, `.`) is kept as its
// source and later asked of the platform's own RegExp, so no character class is interpreted twice. The pattern has been
// accepted by the platform before; lookbehind, `\k<name>` and inline flags give `undefined`.

export type RegexNode =
  | { type: 'character'; source: string }
  | { type: 'sequence'; items: RegexNode[] }
  | { type: 'choice'; options: RegexNode[] }
  | { type: 'group'; index: number; body: RegexNode }
  | { type: 'repeat'; body: RegexNode; min: number; max: number; greedy: boolean; groups: [number, number] }
  | { type: 'look'; body: RegexNode; negated: boolean }
  | { type: 'edge'; kind: '^' | '$' | 'b' | 'B' }
  | { type: 'back'; index: number };

export interface RegexSyntax {
  root: RegexNode;
  /** Capture groups, the whole match not counted. */
  groups: number;
}

interface Reader {
  source: string;
  at: number;
  groups: number;
  highestBack: number;
}

class Unsupported extends Error {}

export function parseRegex(source: string): RegexSyntax | undefined {
  const reader: Reader = { source, at: 0, groups: 0, highestBack: 0 };
  try {
    const root = readChoice(reader);
    // A number above the groups is an octal escape by an old rule nobody means.
    if (reader.at < source.length || reader.highestBack > reader.groups) return undefined;
    return { root, groups: reader.groups };
  } catch (trouble) {
    if (trouble instanceof Unsupported) return undefined;
    throw trouble;
  }
}

function readChoice(reader: Reader): RegexNode {
  const options = [readSequence(reader)];
  while (take(reader, '|')) options.push(readSequence(reader));
  return options.length === 1 ? options[0]! : { type: 'choice', options };
}

function readSequence(reader: Reader): RegexNode {
  const items: RegexNode[] = [];
  while (reader.at < reader.source.length && !'|)'.includes(reader.source[reader.at]!)) {
    const firstGroup = reader.groups + 1;
    const atom = readAtom(reader);
    items.push(readRepeat(reader, atom, [firstGroup, reader.groups]));
  }
  return items.length === 1 ? items[0]! : { type: 'sequence', items };
}

const QUANTIFIER = /([*+?]|\{(\d+)(,?)(\d*)\})(\??)/y;

function readRepeat(reader: Reader, body: RegexNode, groups: [number, number]): RegexNode {
  QUANTIFIER.lastIndex = reader.at;
  const found = QUANTIFIER.exec(reader.source);
  if (found === null) return body;
  reader.at = QUANTIFIER.lastIndex;
  const [, sign, low, comma, high, lazy] = found;
  const min = low === undefined ? (sign === '+' ? 1 : 0) : Number(low);
  let max = sign === '?' ? 1 : Number.POSITIVE_INFINITY;
  if (low !== undefined && comma === '') max = min;
  else if (high !== undefined && high !== '') max = Number(high);
  return { type: 'repeat', body, min, max, greedy: lazy === '', groups };
}

function readAtom(reader: Reader): RegexNode {
  const character = reader.source[reader.at]!;
  if (character === '(') return readGroup(reader);
  if (character === '\\') return readEscape(reader);
  if (character === '[') return readClass(reader);
  reader.at++;
  if (character === '^' || character === '$') return { type: 'edge', kind: character };
  // Outside its role a bracket or brace means itself; escaped it does so for certain.
  return { type: 'character', source: ']{}'.includes(character) ? `\\${character}` : character };
}

function readGroup(reader: Reader): RegexNode {
  reader.at++;
  if (take(reader, '?:')) return closeGroup(reader);
  if (take(reader, '?=')) return { type: 'look', body: closeGroup(reader), negated: false };
  if (take(reader, '?!')) return { type: 'look', body: closeGroup(reader), negated: true };
  const named = /\?<[^=!>][^>]*>/y;
  named.lastIndex = reader.at;
  if (named.test(reader.source)) reader.at = named.lastIndex;
  else if (reader.source[reader.at] === '?') throw new Unsupported();
  const index = ++reader.groups;
  return { type: 'group', index, body: closeGroup(reader) };
}

function closeGroup(reader: Reader): RegexNode {
  const body = readChoice(reader);
  if (!take(reader, ')')) throw new Unsupported();
  return body;
}

const ESCAPE = /\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|c[a-zA-Z]|.)/sy;

function readEscape(reader: Reader): RegexNode {
  const back = /\\([1-9]\d*)/y;
  back.lastIndex = reader.at;
  const number = back.exec(reader.source)?.[1];
  if (number !== undefined) {
    reader.at = back.lastIndex;
    reader.highestBack = Math.max(reader.highestBack, Number(number));
    return { type: 'back', index: Number(number) };
  }
  ESCAPE.lastIndex = reader.at;
  const source = ESCAPE.exec(reader.source)?.[0];
  if (source === undefined || /^\\(?:k|c$|0)/.test(source)) throw new Unsupported();
  reader.at = ESCAPE.lastIndex;
  if (source === '\\b' || source === '\\B') return { type: 'edge', kind: source === '\\b' ? 'b' : 'B' };
  return { type: 'character', source };
}

function readClass(reader: Reader): RegexNode {
  const whole = /\[(?:\\.|[^\]\\])*\]/sy;
  whole.lastIndex = reader.at;
  const source = whole.exec(reader.source)?.[0];
  if (source === undefined) throw new Unsupported();
  reader.at = whole.lastIndex;
  return { type: 'character', source };
}

function take(reader: Reader, text: string): boolean {
  if (!reader.source.startsWith(text, reader.at)) return false;
  reader.at += text.length;
  return true;
}
