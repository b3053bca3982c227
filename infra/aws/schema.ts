// How the clients of the AWS SDK describe their operations: every command carries the schema of its input and output,
// in compact arrays (see SCHEMA and NormalizedSchema in @smithy/core). Read here, so that any action can be called
// without tables of ours.

/** What the SDK writes: an array, a number for a simple type, or a function that gives one of the two. */
export type SchemaRef = unknown;

export interface Member {
  name: string;
  schema: SchemaRef;
}

export type Shape =
  | { kind: 'structure'; members: Member[] }
  | { kind: 'list'; element: SchemaRef }
  | { kind: 'map'; value: SchemaRef }
  | { kind: 'blob' | 'stream' | 'string' | 'timestamp' | 'other' };

/** First items of the arrays. A union is a structure with one member at a time. */
const [SIMPLE, LIST, MAP, STRUCTURE, ERROR, UNION, OPERATION] = [0, 1, 2, 3, -3, 4, 9];

const LIST_OF = 0b0100_0000;
const MAP_OF = 0b1000_0000;
const SIMPLE_KINDS = new Map<number, 'blob' | 'stream' | 'string' | 'timestamp'>([
  [0, 'string'],
  [4, 'timestamp'],
  [5, 'timestamp'],
  [6, 'timestamp'],
  [7, 'timestamp'],
  [21, 'blob'],
  [42, 'stream'],
]);

/** The two ends of a command; undefined when the client is older than schemas. */
export function operationOf(command: { schema?: unknown }): { input: SchemaRef; output: SchemaRef } | undefined {
  const schema = dereferenced(command.schema);
  if (!Array.isArray(schema) || schema[0] !== OPERATION) return undefined;
  return { input: schema[4], output: schema[5] };
}

export function shapeOf(ref: SchemaRef): Shape {
  const schema = dereferenced(ref);
  if (typeof schema === 'number') return simpleShape(schema);
  // No input, or no output.
  if (schema === 'unit') return { kind: 'structure', members: [] };
  if (!Array.isArray(schema)) return { kind: 'other' };
  switch (schema[0]) {
    case STRUCTURE:
    case ERROR:
    case UNION: {
      const [, , , , names, schemas] = schema as [number, string, string, unknown, string[], SchemaRef[]];
      return { kind: 'structure', members: names.map((name, i) => ({ name, schema: schemas[i] })) };
    }
    case LIST:
      return { kind: 'list', element: schema[4] };
    case MAP:
      return { kind: 'map', value: schema[5] };
    case SIMPLE:
      return shapeOf(schema[4]);
    default:
      return { kind: 'other' };
  }
}

function simpleShape(type: number): Shape {
  if (type >= MAP_OF) return { kind: 'map', value: type - MAP_OF };
  if (type >= LIST_OF) return { kind: 'list', element: type - LIST_OF };
  return { kind: SIMPLE_KINDS.get(type) ?? 'other' };
}

/** Behind functions, and behind the traits of a member: a pair of its schema and them. */
function dereferenced(ref: SchemaRef): unknown {
  if (typeof ref === 'function') return dereferenced(ref());
  return Array.isArray(ref) && ref.length === 2 ? dereferenced(ref[0]) : ref;
}
