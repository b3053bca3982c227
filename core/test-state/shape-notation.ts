// The notation of shapes/*.ts, one line each:
//   getFunction -> GetFunctionResponse      an action and what it answers
//   Layer Arn! CodeSize:number Tags:{string} Parts:[Part]     a structure; `!` is a required field, no type is a string
//   State = Pending | Active                an enumeration
// Further types are `boolean`, a number within bounds such as `128..10240` or `1..`, and the name of another line.
import { assert } from '../errors.ts';

export type ShapeType =
  | { kind: 'string' | 'boolean' }
  | { kind: 'number'; min?: number; max?: number }
  | { kind: 'list' | 'map'; of: string }
  | { kind: 'enum'; values: string[] }
  | { kind: 'structure'; fields: Field[] };

interface Field {
  name: string;
  isRequired: boolean;
  type: string;
}

export interface Shapes {
  /** The type that an action answers, or undefined for an action without an answer or without a line. */
  answerOf(action: string): string | undefined;
  read(type: string): ShapeType;
}

export function parseShapes(notation: string): Shapes {
  const lines = new Map(
    notation
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, endOfName(line)), line]),
  );
  return {
    answerOf: (action) => lines.get(action)?.split(' -> ')[1],
    read: (type) => primitive(type) ?? named(type, lines.get(type)),
  };
}

function endOfName(line: string): number {
  const space = line.indexOf(' ');
  return space === -1 ? line.length : space;
}

function primitive(type: string): ShapeType | undefined {
  if (type === 'string' || type === 'boolean' || type === 'number') return { kind: type };
  if (type.startsWith('[')) return { kind: 'list', of: type.slice(1, -1) };
  if (type.startsWith('{')) return { kind: 'map', of: type.slice(1, -1) };
  if (!type.includes('..')) return undefined;
  const [min, max] = type.split('..');
  return { kind: 'number', ...(min ? { min: Number(min) } : {}), ...(max ? { max: Number(max) } : {}) };
}

function named(type: string, line: string | undefined): ShapeType {
  assert(line !== undefined, `No line of the notation is named ${type}`);
  const [, values] = line.split(' = ');
  if (values !== undefined) return { kind: 'enum', values: values.split(' | ') };
  const [, ...fields] = line.split(' ');
  return { kind: 'structure', fields: fields.map(field) };
}

function field(text: string): Field {
  const [label = '', ...type] = text.split(':');
  const isRequired = label.endsWith('!');
  return { name: isRequired ? label.slice(0, -1) : label, isRequired, type: type.join(':') || 'string' };
}
