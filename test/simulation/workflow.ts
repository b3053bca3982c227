// Random workflows whose outcome does not depend on luck: whatever the order of things, and however often a call had to
// be made again, a run of one ends with the same status and output. So:
// - what a function answers depends on where in the workflow it is called, which its payload says (`key`);
// - every Task retries a lost worker for as long as it takes;
// - nobody keeps which of several branches failed first, or with which cause.
import type { Chance } from './chance.ts';

/** How the function of one Task behaves. */
export interface Behaviour {
  /** Calls that fail before one succeeds, per key; all of them if infinite. */
  failures: number;
  durationMs: number;
  /** Never answers. */
  hangs?: boolean;
  /** The configured timeout of the function. */
  timeoutMs: number;
  /** What the holder of its task token does; twice, if so. */
  callback?: { answer: 'success' | 'failure' | 'none'; twice: boolean };
}

export interface Workflow {
  definition: { StartAt: string; States: States; TimeoutSeconds?: number };
  behaviours: Map<string, Behaviour>;
}

type States = Record<string, Record<string, unknown>>;
type Next = string | undefined;

interface Scope {
  states: States;
  depth: number;
  /** Counters of the loops around. */
  loops: string[];
  isInGroup: boolean;
}

const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:';
const PATIENT = 10_000;
const DAYS_5 = 432_000;

export function randomWorkflow(chance: Chance): Workflow {
  const behaviours = new Map<string, Behaviour>();
  let names = 0;
  const name = (prefix: string) => `${prefix}${++names}`;
  const to = (next: Next) => (next === undefined ? { End: true } : { Next: next });

  /** What tells this place, in this round of all loops and iterations around it, from every other. */
  const key = ({ loops }: Scope) =>
    loops.length === 0
      ? '$.k'
      : `States.Format('{}${'#{}'.repeat(loops.length)}', $.k, ${loops.map((loop) => `$.${loop}.x`).join(', ')})`;

  function pass(scope: Scope, next: Next, result: object = { passed: names }): string {
    const id = name('Pass');
    scope.states[id] = { Type: 'Pass', Result: result, ResultPath: `$.${id}`, ...to(next) };
    return id;
  }

  function wait(scope: Scope, next: Next): string {
    const id = name('Wait');
    scope.states[id] = { Type: 'Wait', Seconds: chance.pick([1, 5, 60, 1_000]), ...to(next) };
    return id;
  }

  /** Errors that only say that the world is unreliable. */
  function patience(...more: string[]) {
    const errors = ['Lambda.SdkClientException', 'Lambda.TooManyRequestsException', ...more];
    return { ErrorEquals: errors, IntervalSeconds: chance.int(1, 3), BackoffRate: 1, MaxAttempts: PATIENT };
  }

  const caughtBy = (recovery: string) => [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: recovery }];

  function task(scope: Scope, next: Next): string {
    const id = name('Task');
    const kind = chance.pick(['works', 'works', 'works', 'recovers', 'fails', 'hangs', 'bounded']);
    const retries = chance.int(1, 3);
    behaviours.set(id, {
      failures: kind === 'recovers' ? chance.int(1, retries) : kind === 'fails' ? Number.POSITIVE_INFINITY : 0,
      durationMs: chance.pick([0, 0, 10, 500, 15_000]),
      timeoutMs: chance.pick([3_000, 30_000, 30_000, 300_000]),
      hangs: kind === 'hangs',
    });
    const mayCatch = kind === 'fails' || kind === 'hangs';
    const isCaught = mayCatch && (kind === 'hangs' || chance.hits(scope.isInGroup ? 0.6 : 0.9));
    const isDirect = chance.hits(0.6);
    const payload = { 'key.$': key(scope), 'run.$': '$$.Execution.Name' };
    scope.states[id] = {
      Type: 'Task',
      ...(isDirect
        ? { Resource: FUNCTION + id, Parameters: payload }
        : {
            Resource: 'arn:aws:states:::lambda:invoke',
            Parameters: { FunctionName: FUNCTION + id, Payload: payload },
            ResultSelector: { 'payload.$': '$.Payload' },
          }),
      ResultPath: `$.${id}`,
      Retry: [
        { ErrorEquals: ['CustomError'], MaxAttempts: retries, IntervalSeconds: chance.int(1, 5) },
        patience(...(kind === 'bounded' ? ['States.Timeout'] : [])),
      ],
      ...(isCaught ? { Catch: caughtBy(pass(scope, next, { recovered: id })) } : {}),
      ...(kind === 'hangs' ? { TimeoutSeconds: chance.int(2, 40) } : {}),
      ...(kind === 'bounded' ? { TimeoutSeconds: chance.int(20, 120) } : {}),
      ...to(next),
    };
    return id;
  }

  function callback(scope: Scope, next: Next): string {
    const id = name('Callback');
    const answer = chance.pick(['success', 'success', 'success', 'failure', 'none'] as const);
    behaviours.set(id, {
      failures: 0,
      durationMs: chance.pick([0, 10, 5_000]),
      timeoutMs: 30_000,
      callback: { answer, twice: chance.hits(0.3) },
    });
    const limit = chance.hits(0.5) ? { TimeoutSeconds: 30 } : { HeartbeatSeconds: 20 };
    scope.states[id] = {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Parameters: {
        FunctionName: FUNCTION + id,
        Payload: { 'key.$': key(scope), 'run.$': '$$.Execution.Name', 'token.$': '$$.Task.Token' },
      },
      ResultPath: `$.${id}`,
      Retry: [patience()],
      ...(answer === 'success' ? {} : { Catch: caughtBy(pass(scope, next, { recovered: id })) }),
      ...(answer === 'none' ? limit : {}),
      ...to(next),
    };
    return id;
  }

  function loop(scope: Scope, next: Next): string {
    const counter = name('Loop');
    const [begin, again, more] = [`Begin${counter}`, `Again${counter}`, `More${counter}`];
    const exit = pass(scope, next);
    const body = sequence({ ...scope, loops: [...scope.loops, counter], depth: scope.depth + 1 }, again);
    scope.states[begin] = { Type: 'Pass', Result: { x: 0 }, ResultPath: `$.${counter}`, Next: body };
    scope.states[again] = {
      Type: 'Pass',
      Parameters: { 'x.$': `States.MathAdd($.${counter}.x, 1)` },
      ResultPath: `$.${counter}`,
      Next: more,
    };
    const isMore = { Variable: `$.${counter}.x`, NumericLessThan: chance.int(1, 3), Next: body };
    scope.states[more] = { Type: 'Choice', Choices: [isMore], Default: exit };
    return begin;
  }

  function group(scope: Scope, next: Next): string {
    const isMap = chance.hits(0.5);
    const id = name(isMap ? 'Map' : 'Parallel');
    const inside = () => {
      const states: States = {};
      const StartAt = sequence({ states, depth: scope.depth + 1, loops: [], isInGroup: true }, undefined);
      return { StartAt, States: states };
    };
    const own = isMap
      ? {
          Type: 'Map',
          ItemsPath: '$.list',
          MaxConcurrency: chance.int(0, 3),
          ItemSelector: { 'k.$': `States.Format('{}/${id}/{}', ${key(scope)}, $$.Map.Item.Index)`, 'list.$': '$.list' },
          ItemProcessor: inside(),
        }
      : {
          Type: 'Parallel',
          Parameters: { 'k.$': `States.Format('{}/${id}', ${key(scope)})`, 'list.$': '$.list' },
          Branches: Array.from({ length: chance.int(2, 4) }, inside),
        };
    const retry = { ErrorEquals: ['States.ALL'], MaxAttempts: 1, IntervalSeconds: 2 };
    scope.states[id] = {
      ...own,
      ResultPath: `$.${id}`,
      ...(chance.hits(0.2) ? { Retry: [retry] } : {}),
      ...(chance.hits(0.8) ? { Catch: caughtBy(pass(scope, next, { recovered: id })) } : {}),
      ...to(next),
    };
    return id;
  }

  /** Builds from the end, so that every state knows its successor. Gives where to begin. */
  function sequence(scope: Scope, last: Next): string {
    let next = last;
    const { depth } = scope;
    for (let left = chance.int(1, 3 - Math.min(depth, 1)); left > 0; left--) {
      const kinds = [task, task, task, callback, wait, pass];
      next = chance.pick(depth < 2 ? [...kinds, loop, group, group] : kinds)(scope, next);
    }
    return next ?? pass(scope, undefined);
  }

  const states: States = {};
  const isEndless = chance.hits(0.05);
  if (isEndless) states.Endless = { Type: 'Wait', Seconds: 2 * DAYS_5, End: true };
  const scope: Scope = { states, depth: 0, loops: [], isInGroup: false };
  const StartAt = sequence(scope, isEndless ? 'Endless' : undefined);
  const definition = { StartAt, States: states, ...(isEndless ? { TimeoutSeconds: DAYS_5 } : {}) };
  return { definition, behaviours };
}
