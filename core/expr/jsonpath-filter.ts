// Filters of JSONPath, `[?(@.price < 10 && @.isbn)]`: parsing, and the comparison rules of the service, which are those of
// Java's loosely typed `compare(expected, actual)`. A comparison of types that do not go together is false, also for `!=`.

import { compareDecimals } from './java-decimal.ts';
import { compileRegex, type JavaRegex, matchesRegex } from './java-regex.ts';
import { isBeyondLong, javaNumberText, javaTreeText, trimJava } from './java-text.ts';
import { isNumber, type Json } from './json.ts';
import type { CompiledPath } from './jsonpath-parse.ts';
import { endOfPath, PathError, refusedPath } from './path-error.ts';

type Operand =
  | { kind: 'path'; path: CompiledPath; fromRoot: boolean }
  | { kind: 'text'; text: string }
  | { kind: 'regex'; regex: JavaRegex };

type Criterion =
  | { kind: 'exists'; path: CompiledPath; negated: boolean }
  | { kind: 'compare'; operator: Operator; left: Operand; right: Operand };

/**
 * Alternatives of conjunctions: `&&` binds tighter than `||`, and there is no grouping. Both are held in the order in
 * which the service evaluates them, last first; it shows when one of them fails.
 */
export type Filter = readonly (readonly Criterion[])[];

/** What a comparison sees: a scalar, a regular expression, or `node` for all that compares with nothing. */
type Operated = null | boolean | string | { number: string } | { regex: JavaRegex } | { node: string };

/** The definite value of a path, or undefined where the document lacks it. */
export type ReadDefinite = (path: CompiledPath, document: Json, isRoot: boolean) => Json | undefined;

// The first operator of this list that occurs anywhere in a criterion is its operator.
const OPERATORS = ['==', '>=', '<=', '!=', '<', '>', '=~'] as const;
type Operator = (typeof OPERATORS)[number];

type Compile = (text: string, depth: number) => CompiledPath;

export function parseFilter(text: string, compile: Compile, depth: number): Filter {
  const question = trimJava(text.slice(1, -1));
  if (!question.startsWith('?')) throw refusedPath(`Filter must start with '[?' and end with ']'. ${question}`);
  const group = trimJava(question.slice(1));
  if (!group.startsWith('(') || !group.endsWith(')')) {
    throw refusedPath(`Filter must start with '[?(' and end with ')]'. ${group}`);
  }
  const body = trimJava(group.slice(1, -1));
  const alternatives = body.split('||').map((part) => part.split('&&'));
  const terms = alternatives.flat();
  if (terms.length > 1 && (terms[0] === '' || terms.at(-1) === '')) {
    const hasTerm = terms.some((term) => term !== '');
    if (hasTerm && alternatives.length > 1) throw refusedPath(`Invalid operators ${body}`);
    throw new PathError('InvalidPath', 'java.util.EmptyStackException');
  }
  return alternatives
    .map((conjunction) => conjunction.map((term) => parseCriterion(term, compile, depth)).reverse())
    .reverse();
}

function parseCriterion(term: string, compile: Compile, depth: number): Criterion {
  const text = withoutParentheses(term);
  const operator = OPERATORS.find((candidate) => text.includes(candidate));
  if (operator === undefined) return parseExistence(text, compile, depth);
  const at = text.indexOf(operator);
  const left = trimJava(text.slice(0, at));
  const right = trimJava(text.slice(at + operator.length));
  if (right.startsWith('!@')) {
    throw refusedPath('Invalid negation! Can only be used for existence check e.g [?(!@.foo)]');
  }
  return {
    kind: 'compare',
    operator,
    left: parseOperand(left.startsWith('!@') ? left.slice(1) : left, compile, depth),
    right: parseOperand(right, compile, depth),
  };
}

/** Parentheses do not group: those around a term are dropped, balanced or not. */
function withoutParentheses(term: string): string {
  const text = trimJava(term);
  let start = 0;
  while (start < text.length && (text[start] === '(' || text[start] === '?' || text[start]! <= ' ')) start++;
  if (start === text.length) throw endOfPath(start);
  let end = text.length;
  while (end > start && (text[end - 1] === ')' || text[end - 1]! <= ' ')) end--;
  return text.slice(start, end);
}

function parseExistence(text: string, compile: Compile, depth: number): Criterion {
  const negated = text.startsWith('!@');
  if (!negated && text[0] !== '@' && text[0] !== '$') {
    throw new PathError('InvalidPath', 'java.lang.UnsupportedOperationException: CriteriaType  can not be parsed');
  }
  return { kind: 'exists', path: compileDefinite(negated ? text.slice(1) : text, compile, depth), negated };
}

function parseOperand(text: string, compile: Compile, depth: number): Operand {
  if (text[0] === '@' || text[0] === '$') {
    return { kind: 'path', path: compileDefinite(text, compile, depth), fromRoot: text[0] === '$' };
  }
  if (text.length > 1 && text.startsWith("'") && text.endsWith("'")) {
    return { kind: 'text', text: text.slice(1, -1).replaceAll("\\'", "'") };
  }
  const regex = /^\/(.*)\/(i?)$/s.exec(text);
  if (regex) return { kind: 'regex', regex: compileRegex(regex[1]!, regex[2] === 'i') };
  return { kind: 'text', text };
}

function compileDefinite(text: string, compile: Compile, depth: number): CompiledPath {
  let path: CompiledPath;
  try {
    path = compile(text, depth);
  } catch (error) {
    if (error instanceof PathError) throw refusedPath(error.message);
    throw error;
  }
  if (!path.definite) throw refusedPath(`the predicate path: ${text} is not definite`);
  return path;
}

export function acceptsItem(filter: Filter, item: Json, root: Json, read: ReadDefinite): boolean {
  return filter.some((criteria) => criteria.every((criterion) => holds(criterion, item, root, read)));
}

function holds(criterion: Criterion, item: Json, root: Json, read: ReadDefinite): boolean {
  if (criterion.kind === 'exists') {
    const present = (read(criterion.path, item, false) ?? null) !== null;
    return present !== criterion.negated;
  }
  const actual = operandValue(criterion.left, item, root, read);
  if (actual === undefined) return false;
  const expected = operandValue(criterion.right, item, root, read);
  if (expected === undefined) return false;
  return criterion.operator === '=~' ? matches(expected, actual) : compares(criterion.operator, expected, actual);
}

function operandValue(operand: Operand, item: Json, root: Json, read: ReadDefinite): Operated | undefined {
  if (operand.kind === 'text') return operand.text;
  if (operand.kind === 'regex') return { regex: operand.regex };
  const value = read(operand.path, operand.fromRoot ? root : item, operand.fromRoot);
  if (value === null || typeof value === 'boolean' || typeof value === 'string' || value === undefined) return value;
  if (isNumber(value) && !isBeyondLong(value)) return { number: javaNumberText(value) };
  return { node: javaTreeText(value) };
}

function compares(operator: Exclude<Operator, '=~'>, expected: Operated, actual: Operated): boolean {
  const ordered = operator !== '==' && operator !== '!=';
  if (ordered && (expected === null) !== (actual === null)) return false;
  const order = compareLoosely(expected, actual);
  if (order === undefined) return false;
  switch (operator) {
    case '==':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order > 0;
    case '<=':
      return order >= 0;
    case '>':
      return order < 0;
    case '>=':
      return order <= 0;
  }
}

/** Order of expected against actual; undefined where the types do not go together. Text adapts to the actual value. */
function compareLoosely(expected: Operated, actual: Operated): number | undefined {
  const expectedNull = expected === null || expected === 'null';
  const actualNull = actual === null || actual === 'null';
  if (expectedNull || actualNull) return Number(actualNull) - Number(expectedNull);
  if (typeof expected === 'boolean' && typeof actual === 'boolean') return Number(expected) - Number(actual);
  if (typeof expected === 'string') {
    if (typeof actual === 'string') return expected < actual ? -1 : expected > actual ? 1 : 0;
    if (typeof actual === 'boolean') return Number(expected.toLowerCase() === 'true') - Number(actual);
    if (hasNumber(actual)) return compareDecimals(expected, actual.number);
  }
  return hasNumber(expected) && hasNumber(actual) ? compareDecimals(expected.number, actual.number) : undefined;
}

function hasNumber(value: Operated): value is { number: string } {
  return typeof value === 'object' && value !== null && 'number' in value;
}

function matches(expected: Operated, actual: Operated): boolean {
  if (isRegex(expected)) return actual !== null && matchesRegex(expected.regex, operatedText(actual));
  if (isRegex(actual)) return expected !== null && matchesRegex(actual.regex, operatedText(expected));
  throw new PathError('InvalidPath', castMessage(expected));
}

function castMessage(value: Operated): string {
  const [name, home] = javaClass(value);
  const pattern = 'java.util.regex.Pattern';
  return home === 'app'
    ? `class ${name} cannot be cast to class ${pattern} (${name} is in unnamed module of loader 'app'; ${pattern} is in module java.base of loader 'bootstrap')`
    : `class ${name} cannot be cast to class ${pattern} (${name} and ${pattern} are in module java.base of loader 'bootstrap')`;
}

function javaClass(value: Operated): [name: string, home: 'app' | 'bootstrap'] {
  if (typeof value === 'boolean') return ['java.lang.Boolean', 'bootstrap'];
  if (hasNumber(value)) {
    const isInteger = /^-?\d+$/.test(value.number);
    const isInt = isInteger && Math.abs(Number(value.number)) <= 2_147_483_647;
    return [isInt ? 'java.lang.Integer' : isInteger ? 'java.lang.Long' : 'java.lang.Double', 'bootstrap'];
  }
  if (typeof value !== 'object' || value === null || !('node' in value)) return ['java.lang.String', 'bootstrap'];
  const node = value.node[0] === '[' ? 'ArrayNode' : value.node[0] === '{' ? 'ObjectNode' : 'BigIntegerNode';
  return [`com.fasterxml.jackson.databind.node.${node}`, 'app'];
}

function isRegex(value: Operated): value is { regex: JavaRegex } {
  return typeof value === 'object' && value !== null && 'regex' in value;
}

function operatedText(value: Exclude<Operated, null>): string {
  if (typeof value !== 'object') return String(value);
  if ('number' in value) return value.number;
  return 'node' in value ? value.node : value.regex.source;
}
