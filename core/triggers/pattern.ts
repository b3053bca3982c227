// Event patterns of EventBridge: an object with lists of accepted values at its leaves, in the places where the event has
// its values. A list accepts what any of its elements accepts; where the event has a list, one common value is enough.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
import { isNumber, isObject, type Json, type JsonObject, toNumber } from '../expr/json.ts';

/** Whether the event matches. The pattern has passed `patternProblem`. */
export function matches(pattern: JsonObject, event: JsonObject): boolean {
  return Object.entries(pattern).every(([key, expected]) => {
    if (key === '$or') return (expected as JsonObject[]).some((alternative) => matches(alternative, event));
    const actual = Object.hasOwn(event, key) ? event[key] : undefined;
    if (Array.isArray(expected)) return expected.some((filter) => accepts(filter, actual));
    const inside = Array.isArray(actual) ? actual : [actual];
    return inside.some((value) => matches(expected as JsonObject, isObject(value) ? value : {}));
  });
}

/** What is wrong with a pattern, and where: keys down to the place. */
export function patternProblem(pattern: Json, path: string[] = []): { path: string[]; message: string } | undefined {
  if (!isObject(pattern)) return { path, message: 'A pattern is an object with lists at its leaves' };
  if (Object.keys(pattern).length === 0) return { path, message: 'A pattern names at least one field' };
  for (const [key, expected] of Object.entries(pattern)) {
    const problem = fieldProblem(key, expected, [...path, key]);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function fieldProblem(key: string, expected: Json, path: string[]) {
  if (key === '$or') {
    if (!Array.isArray(expected) || expected.length < 2) return { path, message: '$or takes a list of patterns' };
    return expected.map((alternative) => patternProblem(alternative, path)).find((problem) => problem !== undefined);
  }
  if (!Array.isArray(expected))
    return isObject(expected) ? patternProblem(expected, path) : { path, message: 'Values stand in a list' };
  if (expected.length === 0) return { path, message: 'The list of values is empty' };
  const wrong = expected.find(
    (filter) => Array.isArray(filter) || (isObject(filter) && operatorOf(filter) === undefined),
  );
  return wrong === undefined ? undefined : { path, message: `No operator of EventBridge: ${JSON.stringify(wrong)}` };
}

type Operator = (operand: Json, actual: Json | undefined) => boolean;

const OPERATORS: Record<string, Operator> = {
  exists: (operand, actual) => (actual !== undefined) === operand,
  prefix: (operand, actual) => ofText(operand, actual, (text, part) => text.startsWith(part)),
  suffix: (operand, actual) => ofText(operand, actual, (text, part) => text.endsWith(part)),
  'equals-ignore-case': (operand, actual) => isText(actual) && actual.toLowerCase() === String(operand).toLowerCase(),
  wildcard: (operand, actual) => isText(actual) && wildcard(String(operand)).test(actual),
  numeric: (operand, actual) => isNumber(actual) && inBounds(toNumber(actual), operand as Json[]),
  cidr: (operand, actual) => isText(actual) && isInside(actual, String(operand)),
  'anything-but': (operand, actual) => actual !== undefined && !isAmong(operand, actual),
};

function operatorOf(filter: JsonObject): string | undefined {
  const [name, ...more] = Object.keys(filter);
  return name !== undefined && more.length === 0 && Object.hasOwn(OPERATORS, name) ? name : undefined;
}

function accepts(filter: Json, actual: Json | undefined): boolean {
  const name = isObject(filter) ? operatorOf(filter) : undefined;
  // Only `exists` and `anything-but` speak of a list as a whole.
  if (name === 'exists') return OPERATORS.exists!((filter as JsonObject).exists!, actual);
  if (Array.isArray(actual))
    return name === 'anything-but'
      ? actual.every((value) => accepts(filter, value))
      : actual.some((value) => accepts(filter, value));
  if (name !== undefined) return OPERATORS[name]!((filter as JsonObject)[name]!, actual);
  if (isNumber(filter) && isNumber(actual)) return toNumber(filter) === toNumber(actual);
  return filter === actual;
}

/** What `anything-but` excludes: values, or what another operator accepts. */
function isAmong(operand: Json, actual: Json): boolean {
  if (Array.isArray(operand)) return operand.some((value) => accepts(value, actual));
  if (!isObject(operand)) return accepts(operand, actual);
  return Object.entries(operand).some(([name, values]) =>
    [values].flat().some((value) => OPERATORS[name]?.(value as Json, actual)),
  );
}

function isText(value: Json | undefined): value is string {
  return typeof value === 'string';
}

function ofText(operand: Json, actual: Json | undefined, test: (text: string, part: string) => boolean): boolean {
  if (!isText(actual)) return false;
  if (!isObject(operand)) return test(actual, String(operand));
  return test(actual.toLowerCase(), String(operand['equals-ignore-case']).toLowerCase());
}

function wildcard(text: string): RegExp {
  const parts = text.match(/\\.|[^\\]/gs) ?? [];
  const source = parts.map((part) => (part === '*' ? '.*' : part.replace(/^\\/, '').replace(/[^\w\s]/g, '\\$&')));
  return new RegExp(`^${source.join('')}$`, 's');
}

function inBounds(value: number, conditions: Json[]): boolean {
  for (let i = 0; i + 1 < conditions.length; i += 2) {
    const bound = toNumber(conditions[i + 1] as number);
    const order = value - bound;
    const isMet = { '=': order === 0, '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 };
    if (!isMet[conditions[i] as keyof typeof isMet]) return false;
  }
  return true;
}

/** Addresses of version 4. */
function isInside(address: string, range: string): boolean {
  const [base = '', bits = '32'] = range.split('/');
  const shift = 32n - BigInt(bits);
  const [a, b] = [address, base].map(toBits);
  return a !== undefined && b !== undefined && a >> shift === b >> shift;
}

function toBits(address: string): bigint | undefined {
  const parts = address.split('.');
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255)) return undefined;
  return parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
}
