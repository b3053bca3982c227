// JSON with `{% %}` strings inside, as Arguments, Output, Assign and the single-value fields of JSONata states hold it.
// The field's path grows with the walk: `/key` per object key, `[i]` per array item.

import { StatesError } from '../errors.ts';
import { isNumber, isObject, type Json, type JsonObject, printJson, setOwn, toNumber } from './json.ts';
import { evaluateExpression, expressionText, failure, isExpression, type JsonataScope } from './jsonata.ts';

export type JsonType = 'boolean' | 'string' | 'number' | 'integer' | 'array' | 'object' | 'null';

/** The template with every expression replaced by its value. Throws StatesError at the first one that fails. */
export async function evaluateJsonataTemplate(template: Json, field: string, scope: JsonataScope): Promise<Json> {
  if (isExpression(template)) return evaluateExpression(expressionText(template), field, scope);
  if (Array.isArray(template)) {
    const items: Json[] = [];
    for (const [i, item] of template.entries()) {
      items.push(await evaluateJsonataTemplate(item, `${field}[${i}]`, scope));
    }
    return items;
  }
  if (!isObject(template)) return template;
  const object: JsonObject = {};
  for (const [key, item] of Object.entries<Json>(template as JsonObject)) {
    setOwn(object, key, await evaluateJsonataTemplate(item, `${field}/${key}`, scope));
  }
  return object;
}

/** As `evaluateJsonataTemplate`, for a field that takes only values of some type. */
export async function evaluateTyped(
  template: Json,
  field: string,
  expected: JsonType | readonly JsonType[],
  scope: JsonataScope,
): Promise<Json> {
  const value = await evaluateJsonataTemplate(template, field, scope);
  const types = typeof expected === 'string' ? [expected] : expected;
  if (types.some((type) => isOfType(value, type))) return value;
  const names = types.map((type) => `'${type}'`).join(' or ');
  const mismatch = `an unexpected result type. Expected ${names}, but was '${typeOf(value)}' for value: ${printJson(value)}`;
  if (isExpression(template)) throw failure(expressionText(template), field, `returned ${mismatch}`);
  throw new StatesError('States.QueryEvaluationError', `The field '${field}' has ${mismatch}`, field);
}

/** As `evaluateTyped`, for a whole number within the bounds that a literal has there. */
export async function evaluateInteger(
  template: Json,
  field: string,
  minimum: number,
  maximum: number,
  scope: JsonataScope,
): Promise<number> {
  const value = toNumber((await evaluateTyped(template, field, 'integer', scope)) as number);
  if (value >= minimum && value <= maximum) return value;
  const bound = value < minimum ? `at least ${minimum}` : `at most ${maximum}`;
  throw failure(expressionText(String(template)), field, `returned ${value}. Expected ${bound}.`);
}

function isOfType(value: Json, type: JsonType): boolean {
  if (type === 'integer') return isNumber(value) && Number.isInteger(toNumber(value));
  return typeOf(value) === type;
}

function typeOf(value: Json): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (isNumber(value)) return 'number';
  return typeof value as JsonType;
}
