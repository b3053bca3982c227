// Parses intrinsic functions: `States.Format('Hello {}', $.name)`. Arguments are text in single quotes, numbers, true, false,
// null, paths, and further functions, ten deep at most.
import { type Json, parseJson } from './json.ts';
import { compilePath, PathError } from './jsonpath.ts';
import { variableOf } from './scope.ts';

export type IntrinsicArgument =
  | { kind: 'value'; value: Json }
  /** `raw` still has its backslashes: States.Format tells `{}` from `\{\}` by them. */
  | { kind: 'text'; value: string; raw: string }
  | { kind: 'path'; path: string }
  | { kind: 'call'; call: Intrinsic };

export interface Intrinsic {
  /** With its prefix: `States.Format`. */
  readonly name: string;
  readonly arguments: readonly IntrinsicArgument[];
  /** The call as written; messages quote it. */
  readonly text: string;
}

export class IntrinsicSyntaxError extends Error {
  override name = 'IntrinsicSyntaxError';
}

const MAX_DEPTH = 10;

interface Cursor {
  readonly text: string;
  at: number;
}

/** Throws IntrinsicSyntaxError. Names and numbers of arguments are the evaluator's to check. */
export function parseIntrinsicText(text: string): Intrinsic {
  const cursor: Cursor = { text, at: 0 };
  skipSpace(cursor);
  const call = parseCall(cursor, 1);
  skipSpace(cursor);
  if (cursor.at < text.length) throw unexpected(cursor);
  return call;
}

function parseCall(cursor: Cursor, depth: number): Intrinsic {
  if (depth > MAX_DEPTH) throw new IntrinsicSyntaxError(`Intrinsic functions can be nested ${MAX_DEPTH} deep at most`);
  const start = cursor.at;
  const name = take(cursor, /States\.[A-Za-z0-9]+/y);
  if (name === undefined) throw unexpected(cursor);
  skipSpace(cursor);
  expect(cursor, '(');
  skipSpace(cursor);
  const args: IntrinsicArgument[] = [];
  while (cursor.text[cursor.at] !== ')') {
    if (args.length > 0) {
      expect(cursor, ',');
      skipSpace(cursor);
    }
    args.push(parseArgument(cursor, depth));
    skipSpace(cursor);
  }
  cursor.at++;
  return { name, arguments: args, text: cursor.text.slice(start, cursor.at) };
}

function parseArgument(cursor: Cursor, depth: number): IntrinsicArgument {
  const char = cursor.text[cursor.at];
  if (char === "'") return parseText(cursor);
  if (char === '$') return { kind: 'path', path: parsePathArgument(cursor) };
  if (char === 'S') return { kind: 'call', call: parseCall(cursor, depth + 1) };
  const literal = take(cursor, /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)(?![\w.])/y);
  if (literal === undefined) throw unexpected(cursor);
  return { kind: 'value', value: parseJson(literal) };
}

/** Text in single quotes. A backslash stands before a quote, a brace or a backslash, and nowhere else. */
function parseText(cursor: Cursor): IntrinsicArgument {
  const quoted = take(cursor, /'(?:[^'\\]|\\['{}\\])*'/y);
  if (quoted === undefined) throw unexpected(cursor);
  const raw = quoted.slice(1, -1);
  return { kind: 'text', raw, value: raw.replace(/\\(.)/gs, '$1') };
}

/** A path up to the comma or parenthesis that does not belong to it. */
function parsePathArgument(cursor: Cursor): string {
  const { text } = cursor;
  const start = cursor.at;
  let open = 0;
  let isQuoted = false;
  for (; cursor.at < text.length; cursor.at++) {
    const char = text[cursor.at]!;
    if (char === "'" && open > 0) isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (char === '[' || char === '(') open++;
    else if (open === 0 && (char === ',' || char === ')')) break;
    else if (char === ']' || char === ')') open--;
  }
  const path = text.slice(start, cursor.at).trimEnd();
  checkPath(path);
  return path;
}

function checkPath(path: string): void {
  const root = path.startsWith('$$') ? 2 : 1 + (variableOf(path)?.length ?? 0);
  try {
    compilePath(`$${path.slice(root)}`);
  } catch (error) {
    if (error instanceof PathError) throw new IntrinsicSyntaxError(`Invalid path '${path}' : ${error.message}`);
    throw error;
  }
}

function take(cursor: Cursor, sticky: RegExp): string | undefined {
  sticky.lastIndex = cursor.at;
  const found = sticky.exec(cursor.text)?.[0];
  cursor.at += found?.length ?? 0;
  return found;
}

function expect(cursor: Cursor, char: string): void {
  if (cursor.text[cursor.at] !== char) throw unexpected(cursor);
  cursor.at++;
}

function skipSpace(cursor: Cursor): void {
  while (/\s/.test(cursor.text[cursor.at] ?? '')) cursor.at++;
}

function unexpected(cursor: Cursor): IntrinsicSyntaxError {
  const found = cursor.at < cursor.text.length ? `'${cursor.text[cursor.at]}' at ${cursor.at}` : 'the end';
  return new IntrinsicSyntaxError(`Unexpected ${found} in the intrinsic function ${cursor.text}`);
}
