// Checks of the fields whose text is written in another language: paths, intrinsic functions, payload templates and
// JSONata. The languages themselves live in core/expr; here stands which text AWS refuses a definition with.
import { parseIntrinsic } from '../expr/intrinsics.ts';
import { isObject, type Json, type JsonObject } from '../expr/json.ts';
import { expressionText, isExpression } from '../expr/jsonata.ts';
import { checkExpression, type ExpressionPlace } from '../expr/jsonata-check.ts';
import { compilePath } from '../expr/jsonpath.ts';
import { parseReferencePath } from '../expr/reference-path.ts';
import { variableOf } from '../expr/scope.ts';
import { within } from './diagnostic.ts';
import { type Check, fail, locationOf, type Place } from './shape.ts';

/** The path below the input (`$.a`), the context object (`$$.a`) or a variable (`$a.b`), as a path from `$`. */
function fromRoot(text: string): string {
  if (text.startsWith('$$')) return text.slice(1);
  const variable = variableOf(text);
  return variable === undefined ? text : `$${text.slice(1 + variable.length)}`;
}

function isPath(text: string): boolean {
  return text.startsWith('$') && parses(() => compilePath(fromRoot(text)));
}

function isReferencePath(text: string): boolean {
  return isPath(text) && parseReferencePath(fromRoot(text)) !== undefined;
}

/** Parsers refuse by throwing; one that runs out of stack refuses too. */
function parses(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
}

function isIntrinsic(text: string): boolean {
  return text.startsWith('States.') && parses(() => parseIntrinsic(text));
}

/** InputPath and OutputPath: any path, or null for "nothing". */
export const path: Check = (value, place) => {
  if (value !== null && (typeof value !== 'string' || !isPath(value))) fail(place, 'Value must be a valid JSONPath.');
};

/** What a Choice rule compares: a path that must start with a dollar sign. */
export const comparedPath: Check = (value, place) => {
  if (typeof value !== 'string') fail(place, 'Expected value of type String');
  else if (!value.startsWith('$')) fail(place, "Value is not a Reference Path: Reference path didn't start with '$'");
  else if (!isPath(value)) fail(place, 'Value is not a Reference Path');
};

/** A path that names one place in the input, a variable or the context object. */
export const referencePath: Check = (value, place) => {
  if (typeof value !== 'string') fail(place, 'Expected value of type String');
  else if (!value.startsWith('$')) fail(place, 'Value must be a valid JSONPath.');
  else if (!isReferencePath(value)) fail(place, 'Value is not a Reference Path');
};

/** A reference path that cannot read the context object. */
export const inputReferencePath: Check = (value, place) => {
  if (typeof value === 'string' && value.startsWith('$$')) fail(place, 'Value is not a Reference Path');
  else referencePath(value, place);
};

/** Where a result goes: a place in the input, never a variable or the context object; null throws the result away. */
export const resultPath: Check = (value, place) => {
  if (value === null) return;
  if (typeof value === 'string' && /^\$[^.[]/.test(value)) fail(place, 'Value is not a Reference Path');
  else referencePath(value, place);
};

/** The intrinsic functions that can make a string. */
const TEXT_MAKERS: ReadonlySet<string> = new Set(
  ['Format', 'JsonToString', 'ArrayGetItem', 'Base64Encode', 'Base64Decode', 'Hash', 'UUID'].map(
    (name) => `States.${name}`,
  ),
);

/** ErrorPath and CausePath: a reference path or an intrinsic function that makes a string. */
export const stringPath: Check = (value, place) => {
  if (typeof value !== 'string' || !value.startsWith('States.')) return referencePath(value, place);
  if (isIntrinsic(value) && TEXT_MAKERS.has(parseIntrinsic(value).name)) return;
  const field = `The value for the field '${place.field}'`;
  fail(place, `${field} must be a valid JSONPath or a valid intrinsic function call that returns a string`);
};

/** A payload template: below it every key that ends in `.$` holds a path or an intrinsic function. */
export const template: Check = (value, place) => checkTemplate(value, place, locationOf(place));

/** A payload template that must be an object, e.g. ResultSelector. */
export const objectTemplate: Check = (value, place) => {
  if (isObject(value)) template(value, place);
  else fail(place, 'Expected value of type Object');
};

function checkTemplate(value: Json, place: Place, location: string): void {
  if (Array.isArray(value))
    for (const [index, item] of value.entries()) checkTemplate(item, place, `${location}[${index}]`);
  if (!isObject(value)) return;
  for (const [key, item] of Object.entries(value)) {
    if (key.endsWith('.$')) checkTemplateEntry(value, key, item, place, location);
    else checkTemplate(item, place, within(location, key));
  }
}

function checkTemplateEntry(owner: JsonObject, key: string, value: Json, place: Place, location: string): void {
  const plain = key.slice(0, -2);
  if (Object.hasOwn(owner, plain)) fail(place, `The fields '${plain}' and '${key}' cannot both be set`, location);
  if (typeof value === 'string' && (isPath(value) || isIntrinsic(value))) return;
  const message = `The value for the field '${key}' must be a valid JSONPath or a valid intrinsic function call`;
  fail(place, message, location);
}

/** What `$states` has at a place, beside `input` and `context`. */
export type Reads = 'input' | 'result' | 'errorOutput';

/** Any JSON; each string in it that is a JSONata expression is checked. */
export function jsonata(reads: Reads = 'input'): Check {
  const known = { result: reads === 'result', errorOutput: reads === 'errorOutput' };
  return (value, place) => checkJsonata(value, known, place, locationOf(place));
}

function checkJsonata(value: Json, known: ExpressionPlace, place: Place, location: string): void {
  if (isExpression(value)) {
    const problem = checkExpression(expressionText(value), known);
    if (problem) fail(place, problem.message, location, problem.code);
  } else if (Array.isArray(value))
    for (const [index, item] of value.entries()) checkJsonata(item, known, place, `${location}[${index}]`);
  else if (isObject(value))
    for (const [key, item] of Object.entries(value)) checkJsonata(item, known, place, within(location, key));
}

/** A JSONata expression, or a literal that passes `literal`. */
export function orExpression(literal: Check): Check {
  const expression = jsonata();
  return (value, place) => (isExpression(value) ? expression : literal)(value, place);
}
