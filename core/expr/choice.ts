// Choice rules of JSONPath states: 39 operators over one value, and And, Or and Not over rules. Nothing is coerced: a value
// or operand of another type makes a comparison false, never an error. Only a Variable that leads nowhere fails.
import type { ChoiceRule } from '../asl/definition.ts';
import { runtimeError } from '../errors.ts';
import { isNumber, type Json, toNumber } from './json.ts';
import { PathError } from './jsonpath.ts';
import { matchesPattern } from './pattern.ts';
import { readPath, type Scope, variableOf } from './scope.ts';
import { parseTimestamp } from './timestamp.ts';

export { matchesPattern } from './pattern.ts';

type Test = (value: Json, operand: Json) => boolean;
type Order = (a: number | string, b: number | string) => boolean;

const ORDERS = {
  Equals: (a, b) => a === b,
  GreaterThan: (a, b) => a > b,
  GreaterThanEquals: (a, b) => a >= b,
  LessThan: (a, b) => a < b,
  LessThanEquals: (a, b) => a <= b,
} satisfies Record<string, Order>;

/** What a value is to each family of operators; undefined where it is not of the family's type. */
const FAMILIES = {
  Numeric: (value: Json) => (isNumber(value) ? toNumber(value) : undefined),
  String: (value: Json) => (typeof value === 'string' ? value : undefined),
  Timestamp: timestampOf,
} satisfies Record<string, (value: Json) => number | string | undefined>;

const TYPE_TESTS: Record<string, (value: Json) => boolean> = {
  IsNull: (value) => value === null,
  IsBoolean: (value) => typeof value === 'boolean',
  IsNumeric: isNumber,
  IsString: (value) => typeof value === 'string',
  IsTimestamp: (value) => timestampOf(value) !== undefined,
};

/** Every operator that compares with an operand; each but StringMatches has a twin `...Path` that reads its operand. */
const COMPARISONS: ReadonlyMap<string, Test> = new Map<string, Test>([
  ['BooleanEquals', (value, operand) => typeof value === 'boolean' && value === operand],
  ['StringMatches', stringMatches],
  ...Object.entries(FAMILIES).flatMap(([family, read]) =>
    Object.entries(ORDERS).map(([order, holds]): [string, Test] => [family + order, comparison(read, holds)]),
  ),
]);

function comparison(read: (value: Json) => number | string | undefined, holds: Order): Test {
  return (value, operand) => {
    const left = read(value);
    const right = read(operand);
    return left !== undefined && right !== undefined && holds(left, right);
  };
}

function timestampOf(value: Json): number | undefined {
  return typeof value === 'string' ? parseTimestamp(value) : undefined;
}

function stringMatches(value: Json, operand: Json): boolean {
  return typeof value === 'string' && typeof operand === 'string' && matchesPattern(operand, value);
}

export function evaluateRule(rule: ChoiceRule, scope: Scope): boolean {
  if (rule.And) return rule.And.every((inner) => evaluateRule(inner, scope));
  if (rule.Or) return rule.Or.some((inner) => evaluateRule(inner, scope));
  if (rule.Not) return !evaluateRule(rule.Not, scope);
  if (typeof rule.IsPresent === 'boolean') return isPresent(rule.Variable ?? '', scope) === rule.IsPresent;
  const value = readOperand(rule.Variable ?? '', scope);
  for (const [operator, operand] of Object.entries(rule)) {
    const isType = Object.hasOwn(TYPE_TESTS, operator) ? TYPE_TESTS[operator] : undefined;
    if (isType) return isType(value) === operand;
    const compare = COMPARISONS.get(operator);
    if (compare) return compare(value, operand as Json);
    const comparePath = operator.endsWith('Path') ? COMPARISONS.get(operator.slice(0, -'Path'.length)) : undefined;
    if (comparePath) return comparePath(value, readOperand(operand as string, scope));
  }
  throw runtimeError('The choice rule has no operator.');
}

/** A variable that nobody assigned is as absent as a path that leads nowhere. */
function isPresent(path: string, scope: Scope): boolean {
  const variable = variableOf(path);
  if (variable !== undefined && !Object.hasOwn(scope.variables, variable)) return false;
  try {
    readPath(path, scope);
    return true;
  } catch (error) {
    if (error instanceof PathError) return false;
    throw error;
  }
}

function readOperand(path: string, scope: Scope): Json {
  try {
    return readPath(path, scope);
  } catch (error) {
    if (!(error instanceof PathError)) throw error;
    throw runtimeError(`Invalid path '${path}': The choice state's condition path references an invalid value.`);
  }
}
