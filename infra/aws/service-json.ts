// Between the JSON of a definition and what a client of the AWS SDK takes and gives, by the schema of the operation.
// A definition writes every member in PascalCase, however the service's model writes it.
import { isNumber, isObject, type Json, type JsonObject, printJson, setOwn, toNumber } from '../../core/expr/json.ts';
import type { ServiceRequest } from '../../core/ports.ts';
import { type Member, type SchemaRef, shapeOf } from './schema.ts';

type Spelling = ServiceRequest['spelling'];

/** Null is the same as absent, as in the Java SDK. Throws a SyntaxError for a member that the model does not have. */
export function toInput(value: Json, ref: SchemaRef): unknown {
  const shape = shapeOf(ref);
  switch (shape.kind) {
    case 'structure':
      return isObject(value) ? structure(value, shape.members) : value;
    case 'list':
      return Array.isArray(value) ? value.map((each) => toInput(each, shape.element)) : value;
    case 'map':
      return isObject(value) ? mapped(value, (each) => toInput(each, shape.value)) : value;
    case 'string':
      return textOf(value);
    case 'blob':
      return Buffer.from(textOf(value));
    case 'stream':
      return Buffer.from(printJson(value)); // Text, too, with its quotes (recorded for S3's Body).
    case 'timestamp':
      return typeof value === 'string' ? new Date(value) : isNumber(value) ? new Date(toNumber(value) * 1000) : value;
    default:
      return plain(value);
  }
}

function structure(value: JsonObject, members: Member[]): Record<string, unknown> {
  const byName = new Map(members.map((member) => [member.name.toLowerCase(), member]));
  const result: Record<string, unknown> = {};
  for (const [key, each] of Object.entries(value)) {
    // Java has a method `equals` of its own, so its SDK says EqualsValue.
    const member = byName.get(key.toLowerCase()) ?? (key === 'EqualsValue' ? byName.get('equals') : undefined);
    if (member === undefined) throw new SyntaxError(`The field "${key}" is not supported by Step Functions`);
    if (each !== null) result[member.name] = toInput(each, member.schema);
  }
  return result;
}

/** JSON where the service wants text is its text (recorded for Input of Step Functions). */
function textOf(value: Json): string {
  return typeof value === 'string' ? value : printJson(value);
}

/** Numbers as doubles: the SDK knows no raw ones. */
function plain(value: Json): unknown {
  if (isNumber(value)) return toNumber(value);
  if (Array.isArray(value)) return value.map(plain);
  return isObject(value) ? mapped(value, plain) : value;
}

function mapped(object: JsonObject, change: (value: Json) => unknown): Record<string, unknown> {
  const result: JsonObject = {};
  for (const [key, value] of Object.entries(object)) setOwn(result, key, change(value) as Json);
  return result;
}

/** The answer without what the SDK adds to it; streams are read to their end. */
export async function fromOutput(value: unknown, ref: SchemaRef, spelling: Spelling): Promise<Json> {
  if (value === null || value === undefined) return null;
  const shape = shapeOf(ref);
  switch (shape.kind) {
    case 'structure':
      if (isEventStream(value)) return await events(value, shape.members, spelling);
      return await fromStructure(value as Record<string, unknown>, shape.members, spelling);
    case 'list':
      return await Promise.all((value as unknown[]).map((each) => fromOutput(each, shape.element, spelling)));
    case 'map': {
      const result: JsonObject = {};
      for (const [key, each] of Object.entries(value))
        setOwn(result, key, await fromOutput(each, shape.value, spelling));
      return result;
    }
    case 'blob':
      return Buffer.from(value as Uint8Array).toString();
    case 'stream':
      return await (value as { transformToString(): Promise<string> }).transformToString();
    case 'timestamp':
      return spelling === 'v1' ? (value as Date).getTime() : instantText(value as Date);
    default:
      return simple(value);
  }
}

function isEventStream(value: unknown): value is AsyncIterable<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/** A stream of events is read to its end; what the service says in it instead of an event is thrown. */
async function events(
  stream: AsyncIterable<Record<string, unknown>>,
  members: Member[],
  spelling: Spelling,
): Promise<Json[]> {
  const list: Json[] = [];
  for await (const event of stream) list.push(await fromStructure(event, members, spelling));
  return list;
}

async function fromStructure(
  value: Record<string, unknown>,
  members: Member[],
  spelling: Spelling,
): Promise<JsonObject> {
  const present = members
    .filter(({ name }) => value[name] !== undefined && value[name] !== null)
    .map(({ name, schema }) => ({ name, schema, shown: shownName(name, spelling) }))
    .sort((a, b) => (a.shown < b.shown ? -1 : 1));
  const result: JsonObject = {};
  for (const { name, schema, shown } of present) result[shown] = await fromOutput(value[name], schema, spelling);
  return result;
}

/** What JSON cannot say of the simple types is their text. */
function simple(value: unknown): Json {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return JSON.rawJSON(String(value));
  // A big decimal of the SDK.
  if (typeof value === 'object' && value !== null && 'string' in value) return JSON.rawJSON(String(value.string));
  return value as Json;
}

function shownName(name: string, spelling: Spelling): string {
  const shown = spelling === 'v2' ? getterName(name) : name;
  return `${shown[0]?.toUpperCase()}${shown.slice(1)}`;
}

/**
 * The name of a member's getter in the Java SDK: capitals at the start become small up to the last one before a small
 * letter. `DBInstance` is `dbInstance`, `ETag` is `eTag`, `MD5OfMessageBody` is `md5OfMessageBody`.
 */
function getterName(name: string): string {
  const [capitals = ''] = /^.(?:[A-Z](?![a-z]))*/.exec(name) ?? [];
  return capitals.toLowerCase() + name.slice(capitals.length);
}

/** As Java prints an Instant: no fraction when it is zero. */
function instantText(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}
