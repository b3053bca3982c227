// JSONata, the expression language of `{% ... %}` strings: the one door to the library. It compiles once per text,
// binds `$states`, the variables and AWS's own functions, keeps every evaluation inside AWS's bounds (stack, memory,
// time, and steps of a regular expression), and turns every failure into States.QueryEvaluationError in AWS's words.
// The library's clock only ends what steps do not: `$now`, `$random` and the like answer from the scope.

import jsonata from 'jsonata';
import { StatesError } from '../errors.ts';
import type { Json } from './json.ts';
import { ADDED_FUNCTIONS, type Chance } from './jsonata-functions.ts';
import { MemoryExceeded, SEQUENCE_ITEMS } from './jsonata-memory.ts';
import { BoundedRegExp, RegexStepsExceeded } from './jsonata-regex.ts';
import { toJson, UnsupportedResult, withPlainNumbers } from './jsonata-values.ts';
import { StepsExceeded, watchOf } from './jsonata-watch.ts';

export interface JsonataScope extends Chance {
  states: { input: Json; result?: Json; errorOutput?: Json; context: Json };
  variables: Record<string, Json>;
  /** Epoch milliseconds: what `$now()` and `$millis()` answer. */
  now: number;
}

/**
 * Evaluation depth on AWS is about 100; its sequences end at 873,782 items. Its time bound is one second, which here is a
 * number of steps (jsonata-watch.ts): a busy machine, or a small one, must not fail what a quick one does. The clock is
 * there for the few steps that take seconds each.
 */
const GUARDS = { stack: 100, sequence: SEQUENCE_ITEMS, timeout: 20_000, RegexEngine: BoundedRegExp };

/** Names that no expression can write (a blank ends a variable's name), for what the evaluation itself needs. */
const SCOPE = ' scope';
const USAGE = ' usage';

/** A string of the whole form `{% ... %}`; anything around it makes it plain text. */
export function isExpression(value: Json): value is string {
  return typeof value === 'string' && value.length >= 4 && value.startsWith('{%') && value.endsWith('%}');
}

/** The text between the marks, trimmed, as AWS quotes it. */
export function expressionText(value: string): string {
  return value.slice(2, -2).trim();
}

/** The library's syntax tree. Throws what the library throws: an object with `code` and `message`, or a RangeError. */
export function parseExpression(expression: string): jsonata.ExprNode {
  return compile(expression).ast();
}

/** Evaluates the text of one expression. `field` is its place in the state, e.g. `Output/values[0]`. Throws StatesError. */
export async function evaluateExpression(expression: string, field: string, scope: JsonataScope): Promise<Json> {
  let value: Json | undefined;
  try {
    const result: unknown = await compile(expression).evaluate(undefined, bindings(scope));
    value = result === undefined ? undefined : toJson(result);
  } catch (trouble) {
    throw failure(expression, field, describeTrouble(trouble, scope));
  }
  if (value === undefined) throw failure(expression, field, 'returned nothing (undefined).');
  return value;
}

/** The service's error about one expression: `what` completes the sentence. */
export function failure(expression: string, field: string, what: string): StatesError {
  const cause = `The JSONata expression '${expression}' specified for the field '${field}' ${what}`;
  return new StatesError('States.QueryEvaluationError', cause, field);
}

function bindings(scope: JsonataScope): Record<string, unknown> {
  const states: Record<string, Json> = {
    input: withPlainNumbers(scope.states.input),
    get context() {
      return withPlainNumbers(scope.states.context);
    },
  };
  if (scope.states.result !== undefined) states.result = withPlainNumbers(scope.states.result);
  if (scope.states.errorOutput !== undefined) states.errorOutput = withPlainNumbers(scope.states.errorOutput);
  const variables = Object.entries(scope.variables).map(([name, value]) => [name, withPlainNumbers(value)] as const);
  return { ...Object.fromEntries(variables), states, [SCOPE]: scope, [USAGE]: {} };
}

const OVERFLOW =
  'Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive';
const MEMORY = 'Expression evaluation memory limit exceeded: Check for excessive memory usage';
const TIMEOUT = 'Expression evaluation timeout: Check for infinite loop';

/** The library's codes for a bound that was tripped, and AWS's text for it. */
const BOUNDS: Record<string, string> = { D1011: OVERFLOW, D1012: TIMEOUT, D2014: MEMORY, D2015: MEMORY };

function describeTrouble(trouble: unknown, scope: JsonataScope): string {
  if (trouble instanceof UnsupportedResult) return 'returned an unsupported result type.';
  const { code, message } = trouble as { code?: unknown; message?: string };
  const bound = boundTripped(trouble, code);
  if (bound !== undefined) return `threw an error during evaluation: ${bound}`;
  if (typeof code === 'string') return `threw an error during evaluation. ${code}: ${message ?? ''}`;
  return `threw an internal error during evaluation. ${scope.newId()}`;
}

function boundTripped(trouble: unknown, code: unknown): string | undefined {
  if (trouble instanceof MemoryExceeded) return MEMORY;
  if (trouble instanceof RegexStepsExceeded || trouble instanceof StepsExceeded) return TIMEOUT;
  // JavaScript's own bounds: calls nested too deep, or a string or array longer than any can be.
  if (trouble instanceof RangeError) return /call stack/.test(trouble.message) ? OVERFLOW : MEMORY;
  return typeof code === 'string' && Object.hasOwn(BOUNDS, code) ? BOUNDS[code] : undefined;
}

const COMPILED_MAX = 1_000;
const compiled = new Map<string, jsonata.Expression>();

/** Compiled expressions by text; the least recently used goes first. Sharing one between evaluations is safe. */
function compile(expression: string): jsonata.Expression {
  const found = compiled.get(expression);
  const made = found ?? prepare(expression);
  if (found !== undefined) compiled.delete(expression);
  else if (compiled.size >= COMPILED_MAX) compiled.delete(compiled.keys().next().value!);
  compiled.set(expression, made);
  return made;
}

const FORMAT_TIME = jsonata('$fromMillis($millis, $picture, $timezone)');
const EVALUATED = Symbol.for('jsonata.__evaluate_exit') as unknown as string;

function prepare(expression: string): jsonata.Expression {
  const made = jsonata(expression, GUARDS as unknown as jsonata.JsonataOptions);
  for (const [name, { signature, call }] of Object.entries(ADDED_FUNCTIONS)) {
    made.registerFunction(
      name,
      function (...args) {
        return call(this.environment.lookup(SCOPE), ...(args as never[]));
      },
      signature,
    );
  }
  made.registerFunction('millis', scopeNow, '<:n>');
  made.registerFunction(
    'now',
    function (picture?: string, timezone?: string) {
      return FORMAT_TIME.evaluate(undefined, { millis: scopeNow.call(this), picture, timezone });
    },
    '<s?s?:s>',
  );
  // AWS has no $eval: a name bound to nothing fails as AWS does, with T1006.
  made.assign('eval', undefined);
  const watch = watchOf(made.ast());
  const afterStep = (node: { type: string }, _input: unknown, environment: jsonata.Environment, result: unknown) =>
    watch(node, result, environment.lookup(USAGE));
  made.assign(EVALUATED, afterStep);
  return made;
}

function scopeNow(this: jsonata.Focus): number {
  return (this.environment.lookup(SCOPE) as JsonataScope).now;
}
