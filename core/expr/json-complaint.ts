// What is wrong with a text that is not JSON, in the words of Jackson, the parser of the service: its API quotes them.
// It is asked only about texts that `parseJson` has refused, and finds the place that Jackson stops at.
// Source: InvalidExecutionInput as users quote it ("Unexpected character ('R' (code 82)): was expecting comma to
// separate Object entries"), and Jackson's published messages.

interface Scope {
  kind: 'Array' | 'Object' | 'root';
  /** Where its bracket stands. */
  start: number;
}

const VALUES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
const IDENTIFIER_START = /[\p{L}\p{Nl}\p{Sc}\p{Pc}]/u;
const IDENTIFIER = /[\p{L}\p{Nl}\p{Sc}\p{Pc}\p{Nd}\p{Mn}\p{Mc}]*/uy;
const LITERALS = ['true', 'false', 'null'];
/** So much of the text is quoted where a bracket is named. */
const QUOTED = 500;

/** The message, the place in the text that it is about, and how Jackson tells where it stopped reading. */
export function jsonComplaint(text: string): { message: string; at: number; location: string } {
  try {
    readDocument(text);
  } catch (complaint) {
    if (!(complaint instanceof Complaint)) throw complaint;
    const { message, at, read } = complaint;
    return { message, at, location: sourceLocation(text, Math.min(read, text.length)) };
  }
  return { message: 'The text is not valid JSON', at: 0, location: sourceLocation(text, 0) };
}

class Complaint extends Error {
  readonly at: number;
  /** Where the parser would read on: behind the character or token that it complains of. */
  readonly read: number;

  constructor(message: string, at: number, read = at + 1) {
    super(message);
    this.at = at;
    this.read = read;
  }
}

function readDocument(text: string): void {
  if (text.trim() === '') throw new Complaint('No content to map due to end-of-input', 0);
  const scopes: Scope[] = [{ kind: 'root', start: 0 }];
  let at = skipSpace(text, 0);
  at = openOrRead(text, at, scopes);
  while (scopes.length > 1) at = readEntry(text, at, scopes);
  at = skipSpace(text, at);
  if (at < text.length) openOrRead(text, at, scopes);
  if (at < text.length) throw new Complaint('Trailing token found after value', at);
}

/** The next entry of the innermost object or array, with the comma before it, or its closing bracket. */
function readEntry(text: string, from: number, scopes: Scope[]): number {
  const scope = scopes.at(-1)!;
  const { kind, start } = scope;
  let at = skipSpace(text, from);
  const isFirst = from === start + 1;
  const place = () => sourceLocation(text, start);
  if (at === text.length) throw ended(text, `: expected close marker for ${kind} (start marker at ${place()})`);
  const closing = kind === 'Object' ? '}' : ']';
  if (text[at] === closing) {
    scopes.pop();
    return at + 1;
  }
  if (text[at] === '}' || text[at] === ']')
    throw new Complaint(
      `Unexpected close marker '${text[at]}': expected '${closing}' (for ${kind} starting at ${place()})`,
      at,
    );
  if (!isFirst) {
    if (text[at] !== ',') throw unexpected(text, at, `was expecting comma to separate ${kind} entries`);
    at = skipSpace(text, at + 1);
    if (at === text.length) throw ended(text, between(kind));
  }
  if (kind === 'Object') at = readName(text, at);
  return openOrRead(text, at, scopes);
}

/** A member's name and its colon. */
function readName(text: string, from: number): number {
  if (text[from] !== '"') throw unexpected(text, from, 'was expecting double-quote to start field name');
  let at = skipSpace(text, readString(text, from, 'name', ' in field name'));
  if (at === text.length) throw ended(text, between('Object'));
  if (text[at] !== ':') throw unexpected(text, at, 'was expecting a colon to separate field name and value');
  at = skipSpace(text, at + 1);
  if (at === text.length) throw ended(text, between('Object'));
  return at;
}

/** A whole atom, or the bracket that opens an object or array. */
function openOrRead(text: string, at: number, scopes: Scope[]): number {
  const character = text[at]!;
  if (character === '{' || character === '[') {
    scopes.push({ kind: character === '{' ? 'Object' : 'Array', start: at });
    return at + 1;
  }
  if (character === '"')
    return readString(text, at, 'string value', ': was expecting closing quote for a string value');
  if (/[-0-9]/.test(character)) return readNumber(text, at, scopes.length === 1);
  if (IDENTIFIER_START.test(character)) return readLiteral(text, at);
  throw unexpected(text, at, character === '}' ? 'expected a value' : `expected a valid value ${VALUES}`);
}

function readString(text: string, from: number, what: string, atEnd: string): number {
  for (let at = from + 1; at < text.length; at++) {
    const character = text[at]!;
    if (character === '"') return at + 1;
    if (character < ' ')
      throw new Complaint(
        `Illegal unquoted character (${described(character)}): has to be escaped using backslash to be included in ${what}`,
        at,
      );
    if (character === '\\') at = readEscape(text, at);
  }
  throw ended(text, atEnd);
}

/** Where the escape's last character stands. */
function readEscape(text: string, from: number): number {
  const kind = text[from + 1];
  if (kind === undefined) throw ended(text, ' in character escape sequence');
  if ('"\\/bfnrt'.includes(kind)) return from + 1;
  if (kind !== 'u') throw new Complaint(`Unrecognized character escape ${described(kind)}`, from + 1);
  for (let at = from + 2; at < from + 6; at++) {
    if (at >= text.length) throw ended(text, ' in character escape sequence');
    if (!/[0-9a-fA-F]/.test(text[at]!))
      throw unexpected(text, at, 'expected a hex-digit for character escape sequence');
  }
  return from + 5;
}

function readNumber(text: string, from: number, isRoot: boolean): number {
  let at = from;
  /** The digits that must follow. */
  const digits = (complaint: string) => {
    const start = at;
    while (/[0-9]/.test(text[at] ?? '')) at++;
    if (at > start) return;
    const shown = at < text.length ? text[at]! : text[at - 1]!;
    throw new Complaint(`Unexpected character (${described(shown)}) in numeric value: ${complaint}`, at);
  };
  if (text[at] === '-') at++;
  if (text[at] === '0' && /[0-9]/.test(text[at + 1] ?? ''))
    throw new Complaint('Invalid numeric value: Leading zeroes not allowed', at);
  digits('expected digit (0-9) to follow minus sign, for valid numeric value');
  if (text[at] === '.') {
    at++;
    digits('Decimal point not followed by a digit');
  }
  if (/[eE]/.test(text[at] ?? '')) {
    at += /[-+]/.test(text[at + 1] ?? '') ? 2 : 1;
    digits('Exponent indicator not followed by a digit');
  }
  if (isRoot && at < text.length && !' \t\r\n'.includes(text[at]!))
    throw unexpected(text, at, 'Expected space separating root-level values');
  return at;
}

function readLiteral(text: string, from: number): number {
  IDENTIFIER.lastIndex = from;
  const [token = ''] = IDENTIFIER.exec(text) ?? [];
  if (LITERALS.includes(token)) return from + token.length;
  if (token === 'NaN' || token === 'Infinity')
    throw new Complaint(
      `Non-standard token '${token}': enable \`JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS\` to allow`,
      from,
    );
  throw new Complaint(`Unrecognized token '${token}': was expecting ${VALUES}`, from, from + token.length);
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\r\n'.includes(text[at]!)) at++;
  const character = text[at] ?? ' ';
  if (character < ' ')
    throw new Complaint(
      `Illegal character (${described(character)}): only regular white space (\\r, \\n, \\t) is allowed between tokens`,
      at,
    );
  if (character === '/')
    throw unexpected(
      text,
      at,
      "maybe a (non-standard) comment? (not recognized as one since Feature 'ALLOW_COMMENTS' not enabled for parser)",
    );
  return at;
}

function ended(text: string, where: string): Complaint {
  return new Complaint(`Unexpected end-of-input${where}`, text.length);
}

function between(kind: Scope['kind']): string {
  return ` within/between ${kind} entries`;
}

function unexpected(text: string, at: number, why: string): Complaint {
  return new Complaint(`Unexpected character (${described(text[at]!)}): ${why}`, at);
}

function described(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return `(CTRL-CHAR, code ${code})`;
  const hex = code > 0xff ? ` / 0x${code.toString(16)}` : '';
  return `'${character}' (code ${code}${hex})`;
}

function sourceLocation(text: string, at: number): string {
  const before = text.slice(0, at).split(/\r\n|\r|\n/);
  const rest = text.length > QUOTED ? `[truncated ${text.length - QUOTED} chars]` : '';
  return `[Source: (String)"${text.slice(0, QUOTED)}"${rest}; line: ${before.length}, column: ${before.at(-1)!.length + 1}]`;
}
