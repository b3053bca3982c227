// What came back over HTTP, as the result of a task: headers as lists, a JSON body parsed.
import type { CallOutcome } from '../engine/call.ts';
import { tooLarge } from '../engine/dataflow.ts';
import { runtimeError, StatesError } from '../errors.ts';
import { type Json, type JsonObject, parseJson } from '../expr/json.ts';
import { type HttpAnswer, HttpTrouble, type NameValue } from '../ports.ts';

const BINARY = /^(application\/octet-stream|image\/|video\/|audio\/)/i;

export function isSuccess({ status }: HttpAnswer): boolean {
  return status >= 200 && status <= 299;
}

/** Throws StatesError for what is no text: AWS names the types, and anything that cannot be read as a string. */
export function textOf({ headers, body }: HttpAnswer): string {
  const type = headerOf(headers, 'content-type');
  if (BINARY.test(type)) throw runtimeError(`The response cannot be read as text: its content type is ${type}`);
  const charset = /charset="?([^";\s]+)/i.exec(type)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset, { fatal: true }).decode(body);
  } catch {
    throw runtimeError(`The response cannot be read as text in the character set ${charset}`);
  }
}

/** JSON where the answer says that it is; else the text. */
export function bodyOf({ headers }: HttpAnswer, text: string): Json {
  if (!/^application\/([\w.+-]+\+)?json\b/i.test(headerOf(headers, 'content-type'))) return text;
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

/** `{ "Content-Type": ["application/json"] }` */
export function headerLists(headers: readonly NameValue[]): JsonObject {
  const lists: Record<string, string[]> = Object.create(null);
  for (const [name, value] of headers) {
    const list = lists[name] ?? [];
    list.push(value);
    lists[name] = list;
  }
  return { ...lists };
}

/** The failure of a call that got no answer it could use. Rethrows what is nobody's but ours. */
export function withoutAnswer(trouble: unknown, service: string, socketError: string): CallOutcome {
  if (trouble instanceof HttpTrouble) {
    if (trouble.kind !== 'too-large') return { kind: 'failed', error: socketError, cause: trouble.message };
    return withoutAnswer(tooLarge(service), service, socketError);
  }
  if (!(trouble instanceof StatesError)) throw trouble;
  const { error, causeText: cause } = trouble;
  return { kind: 'failed', error, ...(cause === undefined ? {} : { cause }) };
}

function headerOf(headers: readonly NameValue[], wanted: string): string {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? '';
}
