// The items a tested Distributed Map reads, out of the data that the test gives as found in its source: a JSON
// document, JSON lines, or CSV. What cannot be read is the state's failure, as it would be in an execution.
import { StatesError } from '../errors.ts';
import { isNumber, isObject, type Json, type JsonObject, parseJson, toNumber } from '../expr/json.ts';

export interface ReadItems {
  items: Json[];
  /** Whether an ItemsPointer chose them inside the document. */
  isPointed: boolean;
}

const DELIMITERS: Record<string, string> = { COMMA: ',', PIPE: '|', SEMICOLON: ';', SPACE: ' ', TAB: '\t' };

export function readItems({ ReaderConfig }: JsonObject, text: string): ReadItems {
  const config = isObject(ReaderConfig) ? ReaderConfig : {};
  const pointer = typeof config.ItemsPointer === 'string' ? config.ItemsPointer : undefined;
  const found = documentItems(config, text, pointer);
  const most = isNumber(config.MaxItems) ? toNumber(config.MaxItems) : 0;
  return { items: most > 0 ? found.slice(0, most) : found, isPointed: pointer !== undefined };
}

function documentItems(config: JsonObject, text: string, pointer: string | undefined): Json[] {
  if (config.InputType === 'JSONL') return text.split(/\r?\n/).filter(Boolean).map(parsed);
  if (config.InputType === 'CSV') return csvItems(config, text);
  return itemsOf(pointer === undefined ? parsed(text) : pointed(parsed(text), pointer));
}

/** RFC 6901. */
function pointed(document: Json, pointer: string): Json {
  let at: Json | undefined = document;
  for (const token of pointer.split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    at = (isObject(at) || Array.isArray(at)) && Object.hasOwn(at, key) ? (at as JsonObject)[key] : undefined;
  }
  if (at !== undefined) return at;
  throw failed('The provided ReaderConfig.ItemsPointer does not match any valid path in the JSON structure.');
}

function itemsOf(value: Json): Json[] {
  if (Array.isArray(value)) return value;
  if (isObject(value)) return Object.values(value);
  throw failed('Attempting to map over non-iterable node.');
}

function csvItems(config: JsonObject, text: string): Json[] {
  const rows = csvRows(text, DELIMITERS[String(config.CSVDelimiter)] ?? ',');
  const headers = Array.isArray(config.CSVHeaders) ? config.CSVHeaders.map(String) : (rows.shift() ?? []);
  return rows.map((row) => Object.fromEntries(headers.map((header, index) => [header, row[index] ?? ''])));
}

/** Quoted fields may hold delimiters, line ends and doubled quotes. */
function csvRows(text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let isQuoted = false;
  const endRow = () => {
    if (row.length > 0 || field !== '') rows.push([...row, field]);
    [row, field] = [[], ''];
  };
  for (let index = 0; index < text.length; index++) {
    const character = text[index]!;
    if (character === '"' && isQuoted && text[index + 1] === '"') field += text[++index];
    else if (character === '"') isQuoted = !isQuoted;
    else if (isQuoted) field += character;
    else if (character === delimiter) {
      row.push(field);
      field = '';
    } else if (character === '\n') endRow();
    else if (character !== '\r') field += character;
  }
  endRow();
  return rows;
}

function parsed(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    throw failed('The data of the ItemReader is not valid JSON.');
  }
}

function failed(cause: string): StatesError {
  return new StatesError('States.ItemReaderFailed', cause);
}
