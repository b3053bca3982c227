// Choice: rules and their operators. A JSONPath rule compares one Variable with one operator, or joins rules with And,
// Or and Not; a JSONata rule has one Condition. Only the outermost rule says where to go.
import { isObject, type Json, type JsonObject } from '../expr/json.ts';
import { assign } from './assign.ts';
import { comparedPath, jsonata, orExpression } from './expressions.ts';
import {
  type Check,
  type Field,
  fail,
  inBoth,
  inJsonata,
  inJsonPath,
  objectOf,
  type Place,
  type Shape,
} from './shape.ts';
import { arrayOf, decimal, flag, text, timestamp } from './values.ts';

const number = decimal(-Number.MAX_VALUE);
const COMPARISONS = ['Equals', 'GreaterThan', 'GreaterThanEquals', 'LessThan', 'LessThanEquals'];
const TYPES: Record<string, Check> = { Numeric: number, String: text, Timestamp: timestamp };

/** The 39 comparison operators and the check of what each compares with. */
const OPERATORS: Record<string, Field> = {
  BooleanEquals: inJsonPath(flag),
  BooleanEqualsPath: inJsonPath(comparedPath),
  StringMatches: inJsonPath(text),
  ...Object.fromEntries(
    ['IsBoolean', 'IsNull', 'IsNumeric', 'IsPresent', 'IsString', 'IsTimestamp'].map((name) => [
      name,
      inJsonPath(flag),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(TYPES).flatMap(([type, literal]) =>
      COMPARISONS.flatMap((comparison) => [
        [`${type}${comparison}`, inJsonPath(literal)],
        [`${type}${comparison}Path`, inJsonPath(comparedPath)],
      ]),
    ),
  ),
};

const KINDS = ['And', 'Or', 'Not', 'Variable', 'Condition'];

const innerRule: Check = (value, place) => checkRule(value, place, INNER_RULE);
const innerRules = arrayOf(innerRule, 1);

const INNER_RULE: Shape = {
  fields: {
    Comment: inBoth(text),
    Variable: inJsonPath(comparedPath),
    And: inJsonPath(innerRules),
    Or: inJsonPath(innerRules),
    Not: inJsonPath(innerRule),
    ...OPERATORS,
  },
};

const RULE: Shape = {
  fields: {
    ...INNER_RULE.fields,
    Condition: inJsonata(orExpression(flag)),
    Next: inBoth(text),
    Assign: assign(),
    Output: inJsonata(jsonata()),
  },
  required: ['Next'],
};

export const choiceRule: Check = (value, place) => checkRule(value, place, RULE);

function checkRule(rule: Json, place: Place, shape: Shape): void {
  objectOf(shape)(rule, place);
  if (!isObject(rule)) return;
  const kinds = KINDS.filter((kind) => Object.hasOwn(rule, kind));
  if (kinds.length !== 1) fail(place, `The object must have only one of the following fields, [${KINDS.join(', ')}]`);
  if (kinds[0] === 'Variable') checkOperator(rule, place);
}

function checkOperator(rule: JsonObject, place: Place): void {
  const given = Object.keys(rule).filter((key) => Object.hasOwn(OPERATORS, key));
  const names = given.length === 0 ? Object.keys(OPERATORS) : given;
  const verb = given.length === 0 ? 'This object should have only one' : 'There should only be one';
  if (given.length !== 1) fail(place, `${verb} of the following fields: [${names.join(', ')}]`);
}
