// The request of an HTTP task: what the definition gives, merged with what the connection adds, which wins.
// https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html#http-task-data-merge
import { runtimeError } from '../errors.ts';
import { isObject, type Json, type JsonObject, printJson } from '../expr/json.ts';
import type { Connection, NameValue } from '../ports.ts';
import { type ArrayFormat, formText, pair, scalarText } from './http-form.ts';

export interface TaskRequest {
  method: string;
  url: string;
  /** In the order in which TestState shows them. */
  headers: NameValue[];
  body: string | undefined;
}

/** What goes out whatever the task says. */
export interface Sender {
  region: string;
  /** Asked of the other side by a Range header; AWS's limit of a payload. */
  maxBytes: number;
}

/** Without a connection: the request as far as it holds no secret. Throws StatesError for bodies that cannot be merged. */
export function taskRequest(
  parameters: JsonObject,
  { region, maxBytes }: Sender,
  connection?: Connection & { authorized: Authorized },
): TaskRequest {
  const { headers: added = [], query: asked = [], body: bodyParameters = [] } = connection?.parameters ?? {};
  const given = headersOf(parameters.Headers);
  const own: NameValue[] = [
    ['User-Agent', `Amazon|StepFunctions|HttpInvoke|${region}`],
    ['Range', `bytes=0-${maxBytes}`],
  ];
  return {
    method: String(parameters.Method),
    url: withQuery(String(parameters.ApiEndpoint), parameters.QueryParameters, asked),
    headers: merged(given, connection?.authorized.headers ?? [], added, own),
    body: bodyText(parameters, bodyParameters),
  };
}

/** What the kind of authorization adds to a request. */
export interface Authorized {
  headers: NameValue[];
}

/** A body without a type of its own is JSON. TestState does not show this header. */
export function withContentType({ headers, body }: TaskRequest): NameValue[] {
  const isTyped = headers.some(([name]) => name.toLowerCase() === 'content-type');
  return body === undefined || isTyped ? headers : [...headers, ['Content-Type', 'application/json; charset=UTF-8']];
}

function headersOf(headers: Json | undefined): NameValue[] {
  if (!isObject(headers)) return [];
  return Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((each): NameValue => [name, scalarText(each)]),
  );
}

/** Later lists replace earlier ones name by name, whatever the case. */
export function merged(...lists: readonly (readonly NameValue[])[]): NameValue[] {
  return lists.reduce<NameValue[]>((before, list) => {
    const replaced = new Set(list.map(([name]) => name.toLowerCase()));
    return [...before.filter(([name]) => !replaced.has(name.toLowerCase())), ...list];
  }, []);
}

function withQuery(endpoint: string, given: Json | undefined, added: readonly NameValue[]): string {
  const url = new URL(endpoint);
  const own = isObject(given) ? without(given, added) : given;
  const texts = [
    url.search.slice(1),
    typeof own === 'string' ? own : isObject(own) ? formText(own, 'REPEAT') : '',
    ...added.map(([name, value]) => pair(name, value)),
  ];
  url.search = texts.filter((text) => text !== '').join('&');
  url.hash = '';
  return url.href;
}

function without(object: JsonObject, names: readonly NameValue[]): JsonObject {
  const replaced = new Set(names.map(([name]) => name));
  return Object.fromEntries(Object.entries(object).filter(([name]) => !replaced.has(name)));
}

function bodyText({ RequestBody, Transform }: JsonObject, added: readonly NameValue[]): string | undefined {
  const body = mergedBody(RequestBody, added);
  if (body === undefined || body === null) return undefined;
  if (typeof body === 'string') return body;
  const { RequestBodyEncoding, RequestEncodingOptions } = isObject(Transform) ? Transform : {};
  if (RequestBodyEncoding !== 'URL_ENCODED') return printJson(body);
  const { ArrayFormat: format = 'INDICES' } = isObject(RequestEncodingOptions) ? RequestEncodingOptions : {};
  return formText(body, format as ArrayFormat);
}

function mergedBody(body: Json | undefined, added: readonly NameValue[]): Json | undefined {
  if (added.length === 0) return body;
  if (body !== undefined && body !== null && !isObject(body))
    throw runtimeError(
      'The RequestBody is not a JSON object, so the body parameters of the connection cannot be merged into it.',
    );
  return { ...body, ...Object.fromEntries(added) };
}
