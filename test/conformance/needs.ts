// Which cases can be judged on a server that has Step Functions and Lambda functions and nothing else. The others are
// skipped with a reason; they never count as passed.
import { isObject, printJson } from '../../core/expr/json.ts';
import type { Case } from './case.ts';
import { functionsOf } from './case.ts';
import { functionSource } from './functions.ts';

// Step Functions provides these itself; roles of other accounts are played in one account.
const PROVIDED: ReadonlySet<string> = new Set(['activity', 'states', 'state_machines', 'aws-sdk:sfn', 'iam', 'lambda']);

/** Why the case cannot be judged here, or undefined. */
export function missingFor(one: Case): string | undefined {
  const missing = [...kindsOf(one)].filter((kind) => !PROVIDED.has(kind)).sort();
  if (missing.length > 0) return `needs ${missing.join(', ')}`;
  const unknown = Object.values(functionsOf(one)).find((spec) => functionSource(spec) === undefined);
  if (unknown !== undefined) return `needs a function that behaves as ${unknown.behaviour}`;
  if (one.express_start === 'async') return 'the outcome of an asynchronous express run is only in CloudWatch Logs';
  const refused = one.expected?.response ?? one.expected?.error_response;
  if (refused !== undefined && wasRefusedByClient(refused)) return 'refused by the recording client, no server saw it';
  return undefined;
}

/** The recording client refused the parameters itself: no server ever saw that call. */
export function wasRefusedByClient(recorded: unknown): boolean {
  const [type, text] = isRecord(recorded)
    ? [recorded.exception_typename, recorded.exception_value]
    : [undefined, recorded];
  return (
    type === 'ParamValidationError' || (typeof text === 'string' && text.startsWith('Parameter validation failed:'))
  );
}

/** The script lists all machines or activities there are, so nothing else may be created meanwhile. */
export function listsWholeAccount({ kind, operations = [] }: Case): boolean {
  return kind === 'api' && (operations.includes('ListStateMachines') || operations.includes('ListActivities'));
}

function kindsOf(one: Case): Set<string> {
  const kinds = new Set(one.needs_kinds);
  if (one.kind === 'test_state' && stateUnderTest(one)?.Type !== 'Task') kinds.clear();
  for (const { call, service } of one.steps ?? [])
    if (call !== undefined && service !== 'stepfunctions' && service !== 'logs') kinds.add(service!);
  // The template only made the machine, and its definition is given.
  if (
    one.kind === 'execution' &&
    kinds.has('cloudformation') &&
    !/<[\w-]+:\d+>/.test(printJson(one.definition ?? null))
  )
    kinds.delete('cloudformation');
  return kinds;
}

function stateUnderTest({ request = {} }: Case): Record<string, unknown> | undefined {
  const { definition, stateName } = request;
  if (!isObject(definition)) return { Type: 'Task' };
  const states = (definition as Record<string, unknown>).States;
  const state = typeof stateName === 'string' && isRecord(states) ? states[stateName] : definition;
  return isRecord(state) ? state : { Type: 'Task' };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
