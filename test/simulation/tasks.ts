// Task states of random workflows: functions, callbacks, activities, jobs, nested executions.
import { type Builder, type Definition, type Next, type Scope, type States, to } from './workflow.ts';

const ACCOUNT = 'us-east-1:123456789012';
const FUNCTION = `arn:aws:lambda:${ACCOUNT}:function:`;
const MACHINE = `arn:aws:states:${ACCOUNT}:stateMachine:`;
/** All activity states offer their tasks here. */
export const ACTIVITY = 'work';
/** A machine that does nothing but wait: whoever calls it must stop it. */
export const SLEEPER = 'sleeper';
const CHILDREN_MAX = 2;
const DAYS_10 = 864_000;

/** More attempts than any simulation makes: such a Retry is for errors that only say that the world is unreliable. */
export const PATIENT = 10_000;

export const caughtBy = (recovery: string) => [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: recovery }];

export function taskStates({ chance, behaviours, children, name, key, pass, sequence }: Builder) {
  function patience(...errors: string[]) {
    return { ErrorEquals: errors, IntervalSeconds: chance.int(1, 3), BackoffRate: 1, MaxAttempts: PATIENT };
  }

  const functionPatience = (...more: string[]) =>
    patience('Lambda.SdkClientException', 'Lambda.TooManyRequestsException', ...more);

  const payload = (scope: Scope) => ({ 'key.$': key(scope), 'run.$': '$$.Execution.Name' });

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
    scope.states[id] = {
      Type: 'Task',
      ...(isDirect
        ? { Resource: FUNCTION + id, Parameters: payload(scope) }
        : {
            Resource: 'arn:aws:states:::lambda:invoke',
            Parameters: { FunctionName: FUNCTION + id, Payload: payload(scope) },
            ResultSelector: { 'payload.$': '$.Payload' },
          }),
      ResultPath: `$.${id}`,
      Retry: [
        { ErrorEquals: ['CustomError'], MaxAttempts: retries, IntervalSeconds: chance.int(1, 5) },
        functionPatience(...(kind === 'bounded' ? ['States.Timeout'] : [])),
      ],
      ...(isCaught ? { Catch: caughtBy(pass(scope, next, { recovered: id })) } : {}),
      ...(kind === 'hangs' ? { TimeoutSeconds: chance.int(2, 40) } : {}),
      ...(kind === 'bounded' ? { TimeoutSeconds: chance.int(20, 120) } : {}),
      ...to(next),
    };
    return id;
  }

  /** Who answers, how, and what the state does about it. A worker that dies is a heartbeat or an answer that never comes. */
  function answered(id: string, scope: Scope, next: Next, patient: (...errors: string[]) => object) {
    const answer = chance.pick(['success', 'success', 'success', 'failure', 'none'] as const);
    const beats = answer === 'success' && chance.hits(0.4) ? chance.int(1, 3) : 0;
    behaviours.set(id, {
      failures: 0,
      durationMs: chance.pick([0, 10, 5_000]),
      timeoutMs: 30_000,
      callback: { answer, twice: chance.hits(0.3), beats },
    });
    const limit = beats > 0 || chance.hits(0.5) ? { HeartbeatSeconds: 20 } : { TimeoutSeconds: 30 };
    const isWaiting = answer === 'none';
    return {
      Retry: [isWaiting ? patient() : patient('States.Timeout', 'States.HeartbeatTimeout')],
      ...(answer === 'success' ? {} : { Catch: caughtBy(pass(scope, next, { recovered: id })) }),
      ...limit,
      ...to(next),
    };
  }

  function callback(scope: Scope, next: Next): string {
    const id = name('Callback');
    scope.states[id] = {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Parameters: { FunctionName: FUNCTION + id, Payload: { ...payload(scope), 'token.$': '$$.Task.Token' } },
      ResultPath: `$.${id}`,
      ...answered(id, scope, next, functionPatience),
    };
    return id;
  }

  function activity(scope: Scope, next: Next): string {
    const id = name('Activity');
    scope.states[id] = {
      Type: 'Task',
      Resource: `arn:aws:states:${ACCOUNT}:activity:${ACTIVITY}`,
      Parameters: { ...payload(scope), state: id },
      ResultPath: `$.${id}`,
      ...answered(id, scope, next, (...errors) => patience('Never', ...errors)),
    };
    return id;
  }

  function nested(scope: Scope, next: Next): string {
    const id = name('Nested');
    const child = chance.hits(0.25) ? sleeper() : childMachine();
    const pattern = child === SLEEPER ? '.sync' : chance.pick(['', '.sync', '.sync:2', '.sync:2']);
    scope.states[id] = {
      Type: 'Task',
      Resource: `arn:aws:states:::states:startExecution${pattern}`,
      Parameters: {
        StateMachineArn: MACHINE + child,
        Input: {
          'k.$': `States.Format('{}/${id}', ${key(scope)})`,
          'list.$': '$.list',
          'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$': '$$.Execution.Id',
        },
      },
      // What does not depend on when it ran, and under which name.
      ResultSelector: pattern === '' ? { begun: true } : { 'output.$': '$.Output', 'status.$': '$.Status' },
      ResultPath: `$.${id}`,
      Retry: [patience('StepFunctions.SdkClientException')],
      Catch: caughtBy(pass(scope, next, { recovered: id })),
      ...(child === SLEEPER ? { TimeoutSeconds: chance.int(5, 100) } : {}),
      ...to(next),
    };
    return id;
  }

  function job(scope: Scope, next: Next): string {
    const id = name('Job');
    const kind = chance.pick(['works', 'works', 'fails', 'hangs']);
    behaviours.set(id, {
      failures: kind === 'fails' ? 1 : 0,
      durationMs: chance.pick([0, 0, 2_000, 2_000, 20_000, 20_000, 20_000, 700_000]),
      timeoutMs: 0,
      hangs: kind === 'hangs',
    });
    scope.states[id] = {
      Type: 'Task',
      Resource: 'arn:aws:states:::glue:startJobRun.sync',
      Parameters: { JobName: id, Arguments: { '--key.$': key(scope), '--run.$': '$$.Execution.Name' } },
      ResultSelector: { 'state.$': '$.JobRunState' },
      ResultPath: `$.${id}`,
      Retry: [patience('Glue.SdkClientException')],
      Catch: caughtBy(pass(scope, next, { recovered: id })),
      ...(kind === 'hangs' ? { TimeoutSeconds: chance.int(10, 60) } : {}),
      ...to(next),
    };
    return id;
  }

  function sleeper(): string {
    const definition = { StartAt: 'Sleep', States: { Sleep: { Type: 'Wait', Seconds: DAYS_10, End: true } } };
    children.set(SLEEPER, definition);
    return SLEEPER;
  }

  function childMachine(): string {
    const known = [...children.keys()].filter((each) => each !== SLEEPER);
    if (known.length >= CHILDREN_MAX) return chance.pick(known);
    const child = `child${known.length + 1}`;
    const states: States = {};
    const definition: Definition = { StartAt: '', States: states };
    children.set(child, definition);
    definition.StartAt = sequence({ states, depth: 1, loops: [], isInGroup: true, isInChild: true }, undefined);
    return child;
  }

  return { task, callback, activity, job, nested };
}
