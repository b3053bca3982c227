// The definition an execution runs: read once per revision, which never changes.
import type { Definition } from '../asl/definition.ts';
import { Unreadable } from '../errors.ts';
import type { Creation } from '../execution.ts';
import { isNumber, isObject, type Json, parseJson, toNumber } from '../expr/json.ts';
import type { World } from '../world.ts';
import { readRevision } from './machines.ts';

/** Fields that hold data of the author's: their numbers stay as written. */
const DATA_FIELDS = new Set([
  'Result',
  'Parameters',
  'Arguments',
  'Output',
  'Assign',
  'ItemSelector',
  'ResultSelector',
  'Items',
]);

const known = new WeakMap<World, Map<string, Definition>>();
const KNOWN_MAX = 200;

export async function definitionOf(world: World, creation: Creation): Promise<Definition> {
  const cache = known.get(world) ?? new Map<string, Definition>();
  known.set(world, cache);
  const key = `${creation.machineArn} ${creation.revisionId}`;
  const cached = cache.get(key);
  if (cached !== undefined) return cached;
  const revision = await readRevision(world, creation.machineArn, creation.revisionId);
  if (revision === undefined) throw revisionMissing(creation);
  const definition = parseDefinition(revision.definition);
  if (cache.size >= KNOWN_MAX) cache.delete(cache.keys().next().value ?? '');
  cache.set(key, definition);
  return definition;
}

export function revisionMissing({ machineArn, revisionId }: Pick<Creation, 'machineArn' | 'revisionId'>): Unreadable {
  return new Unreadable(`Revision ${revisionId} of ${machineArn} is not in the table`);
}

/** The definition in a text that was checked when it was stored. */
export function parseDefinition(text: string): Definition {
  return plainNumbers(parseJson(text)) as unknown as Definition;
}

/** A field such as `MaxAttempts: 2.0` is a number to count with, whatever it looked like. */
function plainNumbers(value: Json): Json {
  if (isNumber(value)) return toNumber(value);
  if (Array.isArray(value)) return value.map(plainNumbers);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, DATA_FIELDS.has(key) ? each : plainNumbers(each)]),
  );
}
