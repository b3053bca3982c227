// A definition file as text and as data, and where in the text a location of the checker stands. JSON is read by the
// checker itself; YAML is turned into JSON here. One parser, that of YAML, gives the positions of both.
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

export interface Source {
  file: string;
  text: string;
  /** The definition as JSON text; absent when the YAML cannot be read. */
  json?: string;
  /** Why it cannot be read. */
  problem?: { message: string; offset: number };
  document: Node | undefined;
  lines: LineCounter;
}

/** A place in a file, counted from 1, and how many characters of the line it covers. */
export interface Position {
  line: number;
  column: number;
  length: number;
}

/** More aliases than this expand to more than anyone wrote by hand: a bomb. */
const ALIASES_MAX = 100;

export function readSource(file: string, text: string): Source {
  const lines = new LineCounter();
  const isJson = /\.(json|asl)$/i.test(file) || /^\s*\{/.test(text);
  const source: Source = { file, text, document: undefined, lines };
  try {
    // Tags such as `!Sub` belong to deployment tools: their scalar is taken as it stands.
    const parsed = parseDocument(text, {
      lineCounter: lines,
      logLevel: 'silent',
      uniqueKeys: false,
      keepSourceTokens: false,
    });
    if (isJson) return { ...source, json: text, document: parsed.contents ?? undefined };
    const [error] = parsed.errors;
    if (error) return { ...source, problem: { message: firstLine(error.message), offset: error.pos[0] } };
    const json = JSON.stringify(parsed.toJS({ maxAliasCount: ALIASES_MAX }) ?? null);
    return { ...source, json, document: parsed.contents ?? undefined };
  } catch (error) {
    // Text nested too deeply for the parser, or a bomb of aliases. JSON still goes to the checker, which says so better.
    return isJson
      ? { ...source, json: text }
      : { ...source, problem: { message: firstLine(String(error)), offset: 0 } };
  }
}

function firstLine(text: string): string {
  return text.split('\n')[0]?.replace(/ at line \d+, column \d+:$/, '') ?? text;
}

/** The key or item that a location names. `field` is a field below it that is what the finding is really about. */
export function positionOf(source: Source, location: string | undefined, field?: string): Position {
  const found = location === undefined ? undefined : descend(source.document, location.replace(/^\//, ''));
  const node = (field !== undefined && keyOf(found?.value, field)) || found?.node;
  const [from, to] = node?.range ?? [0, 0];
  return at(source, from, to - from);
}

export function at(source: Source, offset: number, length: number): Position {
  const { line, col } = source.lines.linePos(offset);
  const rest = lineText(source, line).length - col + 1;
  return { line: Math.max(line, 1), column: Math.max(col, 1), length: Math.max(1, Math.min(length, rest)) };
}

export function lineText({ text, lines: { lineStarts } }: Source, line: number): string {
  return text.slice(lineStarts[line - 1] ?? 0, lineStarts[line]).replace(/\r?\n$/, '');
}

interface Found {
  /** What to point at: the key of a field, or an item of an array. */
  node: Node;
  value: unknown;
}

/** State names may hold `/` and `[`, so each key that fits is tried, the longest first. */
function descend(value: unknown, rest: string, node?: Node): Found | undefined {
  if (rest === '') return node ? { node, value } : undefined;
  const item = /^\[(\d+)\]\/?/.exec(rest);
  if (item && isSeq(value)) {
    const child = value.items[Number(item[1])] as Node | undefined;
    return child && (descend(child, rest.slice(item[0].length), child) ?? { node: child, value: child });
  }
  if (!isMap(value)) return node && { node, value };
  const keys = value.items.flatMap(({ key }) => (isScalar(key) ? [key] : []));
  const fits = keys
    .filter((key) => rest === `${key.value}` || rest.startsWith(`${key.value}/`) || rest.startsWith(`${key.value}[`))
    .sort((a, b) => `${b.value}`.length - `${a.value}`.length);
  for (const key of fits) {
    const found = descend(value.get(key), rest.slice(`${key.value}`.length).replace(/^\//, ''), key);
    if (found) return found;
  }
  return node && { node, value };
}

function keyOf(value: unknown, field: string): Node | undefined {
  const pair = isMap(value) ? value.items.find(({ key }) => isScalar(key) && key.value === field) : undefined;
  return isScalar(pair?.key) ? pair.key : undefined;
}
