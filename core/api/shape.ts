// Inputs of actions as tables: which members there are, of which type and within which bounds. From one table come
// the TypeScript type of the input, the SerializationException for a wrong JSON type and AWS's ValidationException,
// which lists everything wrong at once. Members that no table names are dropped, as on AWS.
import { ApiError } from '../errors.ts';
import { validation } from './exceptions.ts';

interface Common {
  readonly required?: true;
}

export interface StringShape extends Common {
  readonly kind: 'string';
  /** In UTF-16 code units, as in the service's model. */
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  /** In the order in which AWS's text lists them. */
  readonly values?: readonly string[];
  /** AWS's texts never print the value. */
  readonly sensitive?: true;
}

export interface NumberShape extends Common {
  readonly kind: 'integer' | 'float';
  readonly min?: number;
  readonly max?: number;
}

export interface BooleanShape extends Common {
  readonly kind: 'boolean';
}

export interface ListShape extends Common {
  readonly kind: 'list';
  readonly of: Shape;
  readonly min?: number;
  readonly max?: number;
}

export interface StructureShape extends Common {
  readonly kind: 'structure';
  /** The model's name; AWS's texts show it when they print the value. */
  readonly name: string;
  readonly members: Readonly<Record<string, Shape>>;
}

export type Shape = StringShape | NumberShape | BooleanShape | ListShape | StructureShape;

/** A table with a row for each of the members `K`: of an SDK's input type, so that none is forgotten. */
export type Members<K extends PropertyKey = string> = { readonly [P in K]-?: Shape };

type ValueOf<S> = S extends { kind: 'string'; values: readonly (infer V)[] }
  ? V
  : S extends { kind: 'string' }
    ? string
    : S extends { kind: 'integer' | 'float' }
      ? number
      : S extends { kind: 'boolean' }
        ? boolean
        : S extends { kind: 'list'; of: infer E }
          ? ValueOf<E>[]
          : S extends { kind: 'structure'; members: infer M }
            ? Input<M>
            : never;

/** What an action gets: `undefined` and `null` members are left out. */
export type Input<M> = {
  -readonly [K in keyof M as M[K] extends { required: true } ? K : never]: ValueOf<M[K]>;
} & {
  -readonly [K in keyof M as M[K] extends { required: true } ? never : K]?: ValueOf<M[K]>;
};

type JsonRecord = Record<string, unknown>;

/** The input that the body holds. Throws SerializationException or ValidationException. */
export function readInput(members: Members, body: unknown): JsonRecord {
  const input = readMembers(members, body);
  const failures: string[] = [];
  checkMembers(members, input, '', failures);
  if (failures.length === 0) return input;
  const counted = failures.length === 1 ? '1 validation error' : `${failures.length} validation errors`;
  throw validation(`${counted} detected: ${failures.join('; ')}`);
}

function serialization(message: string): ApiError {
  return new ApiError('SerializationException', message);
}

function readMembers(members: Members, value: unknown): JsonRecord {
  if (typeof value !== 'object' || value === null) throw serialization('Unexpected value type in payload');
  if (Array.isArray(value)) throw serialization('Start of list found where not expected');
  const input: JsonRecord = {};
  for (const [name, shape] of Object.entries(members)) {
    const member = Object.hasOwn(value, name) ? (value as JsonRecord)[name] : undefined;
    if (member !== undefined && member !== null) input[name] = readValue(shape, member);
  }
  return input;
}

const TYPE_NAMES = {
  string: 'a String',
  integer: 'an Integer',
  float: 'a Float',
  boolean: 'a Boolean',
  list: 'a List',
  structure: 'a Structure',
};

function readValue(shape: Shape, value: unknown): unknown {
  switch (shape.kind) {
    case 'list':
      if (!Array.isArray(value)) break;
      return value.map((element) => (element === null ? null : readValue(shape.of, element)));
    case 'structure':
      if (typeof value !== 'object' || Array.isArray(value)) break;
      return readMembers(shape.members, value);
    case 'integer':
      if (typeof value === 'number') return Math.trunc(value);
      break;
    case 'float':
      if (typeof value === 'number') return value;
      break;
    default:
      if (typeof value === shape.kind) return value;
  }
  if (Array.isArray(value)) throw serialization('Start of list found where not expected');
  if (typeof value === 'object') throw serialization('Start of structure or map found where not expected.');
  const token = typeof value === 'boolean' ? (value ? 'TRUE_VALUE' : 'FALSE_VALUE') : tokenOf(value);
  throw serialization(`${token} can not be converted to ${TYPE_NAMES[shape.kind]}`);
}

function tokenOf(value: unknown): string {
  return typeof value === 'number' ? 'NUMBER_VALUE' : 'STRING_VALUE';
}

function checkMembers(members: Members, input: JsonRecord, path: string, failures: string[]): void {
  for (const [name, shape] of Object.entries(members)) {
    const value = input[name];
    if (value !== undefined) checkValue(shape, value, path + name, failures);
    else if (shape.required) failures.push(mustNotBeNull(path + name));
  }
}

function mustNotBeNull(path: string): string {
  return `Value null at '${path}' failed to satisfy constraint: Member must not be null`;
}

function checkValue(shape: Shape, value: unknown, path: string, failures: string[]): void {
  const printed = shape.kind === 'string' && shape.sensitive ? '' : `'${show(shape, value)}' `;
  const fail = (constraint: string) =>
    failures.push(`Value ${printed}at '${path}' failed to satisfy constraint: Member must ${constraint}`);
  const checkBounds = (size: number, what: 'length' | 'value') => {
    const { min, max } = shape as { min?: number; max?: number };
    if (min !== undefined && size < min) fail(`have ${what} greater than or equal to ${min}`);
    if (max !== undefined && size > max) fail(`have ${what} less than or equal to ${max}`);
  };
  switch (shape.kind) {
    case 'string': {
      const text = value as string;
      checkBounds(text.length, 'length');
      if (shape.pattern !== undefined && !new RegExp(`^(?:${shape.pattern})$`, 'u').test(text))
        fail(`satisfy regular expression pattern: ${shape.pattern}`);
      if (shape.values !== undefined && !shape.values.includes(text))
        fail(`satisfy enum value set: [${shape.values.join(', ')}]`);
      return;
    }
    case 'integer':
    case 'float':
      checkBounds(value as number, 'value');
      return;
    case 'boolean':
      return;
    case 'list': {
      const list = value as unknown[];
      checkBounds(list.length, 'length');
      list.forEach((element, index) => {
        const place = `${path}.${index + 1}.member`;
        if (element === null) failures.push(mustNotBeNull(place));
        else checkValue(shape.of, element, place, failures);
      });
      return;
    }
    case 'structure':
      checkMembers(shape.members, value as JsonRecord, `${path}.`, failures);
      return;
  }
}

/** A value as AWS's texts print it, which is how Java prints its objects. */
function show(shape: Shape, value: unknown): string {
  if (value === undefined || value === null) return 'null';
  switch (shape.kind) {
    case 'list':
      return `[${(value as unknown[]).map((element) => show(shape.of, element)).join(', ')}]`;
    case 'structure': {
      const members = Object.entries(shape.members).map(
        ([name, member]) => `${name}=${show(member, (value as JsonRecord)[name])}`,
      );
      return `${shape.name}(${members.join(', ')})`;
    }
    default:
      return String(value);
  }
}
