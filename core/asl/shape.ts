// Checking one JSON object against a table of fields: which fields it may have, in which query language, which must be
// there, which exclude each other, and what their values must look like. Every page of the Amazon States Language is
// such a table; this file is the only code that walks one.
import { isObject, type Json, type JsonObject } from '../expr/json.ts';
import type { QueryLanguage } from './definition.ts';
import { type Diagnostic, report, within } from './diagnostic.ts';

/** Where a value stands and where trouble with it is written down. */
export interface Place {
  /** The object that holds the field. */
  owner: JsonObject;
  /** Location of the owner. */
  at: string;
  field: string;
  language: QueryLanguage;
  /** True in an Express machine, and below a Map that runs its items as Express executions. */
  express: boolean;
  diagnostics: Diagnostic[];
  /** Scopes of states found inside a state; checked after it, so that nesting never deepens the stack. */
  scopes: FoundScope[];
}

export interface FoundScope {
  scope: Json;
  at: string;
  kind: 'machine' | 'branch' | 'processor';
  express: boolean;
}

export type Check = (value: Json, place: Place) => void;

/** A field with its check for each language it exists in. */
export type Field = Partial<Record<QueryLanguage, Check>>;

export interface Shape {
  fields: Record<string, Field>;
  required?: readonly string[];
  /** Of each group exactly one field must be there. */
  exactlyOne?: readonly (readonly string[])[];
  /** Of each group at most one field may be there. */
  atMostOne?: readonly (readonly string[])[];
}

export const inBoth = (check: Check): Field => ({ JSONPath: check, JSONata: check });
export const inJsonPath = (check: Check): Field => ({ JSONPath: check });
export const inJsonata = (check: Check): Field => ({ JSONata: check });

/** Location of the value itself. */
export function locationOf(place: Place): string {
  return within(place.at, place.field);
}

export function fail(place: Place, message: string, location = locationOf(place), code = 'SCHEMA_VALIDATION_FAILED') {
  report(place.diagnostics, code, message, location);
}

/** The place of a field of an object that stands at `location`. */
export function inside(place: Place, owner: JsonObject, location: string, field: string): Place {
  return { ...place, owner, at: location, field };
}

/** A check that the value is an object of this shape. */
export function objectOf(shape: Shape): Check {
  return (value, place) => {
    if (isObject(value)) checkShape(value, shape, place, locationOf(place));
    else fail(place, 'Expected value of type Object');
  };
}

export function checkShape(object: JsonObject, shape: Shape, place: Place, location: string): void {
  checkFieldNames(object, shape, place, location);
  checkPresence(object, shape, place, location);
  for (const [field, value] of Object.entries(object)) {
    const check = ownField(shape, field)?.[place.language];
    check?.(value, inside(place, object, location, field));
  }
}

function checkFieldNames(object: JsonObject, shape: Shape, place: Place, location: string): void {
  for (const name of Object.keys(object)) {
    const field = ownField(shape, name);
    if (!field) fail(place, `Field '${name}' is not supported`, location);
    else if (!field[place.language]) {
      const other = place.language === 'JSONPath' ? 'JSONata' : 'JSONPath';
      const message = `The QueryLanguage is set to '${place.language}', but field '${name}' is only supported for the '${other}' QueryLanguage`;
      fail(place, message, location);
    }
  }
}

function checkPresence(object: JsonObject, shape: Shape, place: Place, location: string): void {
  const missing = (shape.required ?? []).filter((name) => !Object.hasOwn(object, name));
  if (missing.length > 0) fail(place, `These fields are required: [${missing.join(', ')}]`, location);
  for (const names of shape.exactlyOne ?? []) {
    const usable = names.filter((name) => ownField(shape, name)?.[place.language]);
    if (countOf(object, names) === 0)
      fail(place, `This object should have only one of the following fields: [${usable.join(', ')}]`, location);
  }
  for (const names of [...(shape.exactlyOne ?? []), ...(shape.atMostOne ?? [])])
    if (countOf(object, names) > 1)
      fail(place, `There should only be one of the following fields: [${names.join(', ')}]`, location);
}

/** `End: false` beside a `Next` says nothing, and AWS takes it so. */
function countOf(object: JsonObject, names: readonly string[]): number {
  return names.filter((name) => Object.hasOwn(object, name) && !(name === 'End' && object[name] === false)).length;
}

function ownField(shape: Shape, name: string): Field | undefined {
  return Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined;
}

/** A field of a value that may be no object at all. */
export function member(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, name) ? (value as JsonObject)[name] : undefined;
}
