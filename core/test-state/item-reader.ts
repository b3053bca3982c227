// The data a tested Distributed Map would have read, as found in its source: JSON, JSON lines, or CSV.
import { validation } from '../api/exceptions.ts';
import { isNumber, isObject, type Json, type JsonObject, parseJson, toNumber } from '../expr/json.ts';

/** `isPointed`: an ItemsPointer chose the items inside the document. */
export function readItems(reader: JsonObject, text: string): { items: Json[]; isPointed: boolean } {
  const config = isObject(reader.ReaderConfig) ? reader.ReaderConfig : {};
  const pointer = typeof config.ItemsPointer === 'string' ? config.ItemsPointer : undefined;
  const found = pointer === undefined ? documentItems(config, text) : pointedItems(parsed(text), pointer);
  const most = isNumber(config.MaxItems) && toNumber(config.MaxItems) > 0 ? toNumber(config.MaxItems) : found.length;
  return { items: found.slice(0, most), isPointed: pointer !== undefined };
}

function documentItems(config: JsonObject, text: string): Json[] {
  if (config.InputType === 'JSONL') return text.split(/\r?\n/).filter(Boolean).map(parsed);
  if (config.InputType === 'CSV') return csvItems(config, text);
  return itemsOf(parsed(text));
}

/** RFC 6901, as ItemsPointer has it. */
function pointedItems(document: Json, pointer: string): Json[] {
  const value = pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<Json | undefined>(
      (at, token) => (Array.isArray(at) ? at[Number(token)] : isObject(at) ? at[token] : undefined),
      document,
    );
  if (value === undefined) throw validation(`MapItemReaderData has nothing at the ItemsPointer '${pointer}'.`);
  return itemsOf(value);
}

function itemsOf(value: Json): Json[] {
  if (Array.isArray(value)) return value;
  if (isObject(value)) return Object.entries(value).map(([Key, Value]) => ({ Key, Value }));
  throw validation('MapItemReaderData must be an array or an object.');
}

function csvItems(config: JsonObject, text: string): Json[] {
  const rows = csvRows(text);
  const given = Array.isArray(config.CSVHeaders) ? config.CSVHeaders.map(String) : undefined;
  const headers = given ?? rows.shift() ?? [];
  return rows.map((row) => Object.fromEntries(headers.map((header, i) => [header, row[i] ?? ''])));
}

/** RFC 4180: quoted fields may hold commas, line ends and doubled quotes. */
function csvRows(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    if (end === '' && row.length === 0 && quoted === undefined && plain === '') break;
    row.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

function parsed(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    throw validation('MapItemReaderData must be valid JSON.');
  }
}
