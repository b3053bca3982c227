// Redrive goes down: a parent goes on with the child that it waited for. And no child outlives the wait of its parent.
import { expect, test } from 'vitest';
import { readCreation } from '../../../core/driver/executions.ts';
import type { Activation } from '../../../core/engine/activation.ts';
import { advance } from '../../../core/engine/advance.ts';
import { initialHead, type RunState } from '../../../core/engine/state.ts';
import type { Creation } from '../../../core/execution.ts';
import { LIMITS } from '../../../core/limits.ts';
import type { Queue, Table } from '../../../core/ports.ts';
import { parseDefinition } from '../../../core/store/definitions.ts';
import { callbackState } from '../../support/callbacks.ts';
import { type MemoryWorld, memoryWorld, type Twist } from '../../support/memory-world.ts';
import type { TestFunction } from '../../support/test-functions.ts';

const ROLE = 'arn:aws:iam::123456789012:role/test';
const ARN = 'arn:aws:states:us-east-1:123456789012';
const CHILD_RUN = `${ARN}:execution:child:c`;

const call = (name: string, rest: object = { End: true }) => ({
  Type: 'Task',
  Resource: `arn:aws:lambda:us-east-1:123456789012:function:${name}`,
  ...rest,
});

const starts = (machine: string, parameters: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::states:startExecution.sync:2',
  Parameters: { StateMachineArn: `${ARN}:stateMachine:${machine}`, ...parameters },
  End: true,
});

const only = (state: object, name = 'S') => ({ StartAt: name, States: { [name]: state } });
const NAMED = only(starts('child', { Name: 'c' }));
const BROKEN = { StartAt: 'A', States: { A: call('sturdy', { Next: 'B' }), B: call('brittle') } };
const ASKING = {
  StartAt: 'A',
  States: { A: call('sturdy', { Next: 'Ask' }), Ask: callbackState('keep', { End: true }) },
};

interface NestedWorld {
  world: MemoryWorld;
  tokens: string[];
  redrive(executionArn: string): Promise<void>;
  stop(executionArn: string): Promise<unknown>;
  /** Of a machine, newest first. */
  executionsOf(machine: string): Promise<{ executionArn: string; status: string; redriveCount: number }[]>;
}

async function worldOf(
  machines: Record<string, object>,
  settings: Partial<MemoryWorld['settings']> = {},
  twist: Twist = {},
): Promise<NestedWorld> {
  const tokens: string[] = [];
  const functions: Record<string, TestFunction> = {
    sturdy: () => 'fine',
    /** Fails at its first call, succeeds after. */
    brittle: (_payload: unknown, attempt: number) => {
      if (attempt === 1) throw new Error('not yet');
      return 'done';
    },
    /** Fails twice. */
    stubborn: (_payload: unknown, attempt: number) => {
      if (attempt < 3) throw new Error('not yet');
    },
    keep: ({ token }: { token: string }) => void tokens.push(token),
  };
  const world = memoryWorld(functions, settings, twist);
  for (const [name, definition] of Object.entries(machines))
    await world.api('CreateStateMachine', { name, definition: JSON.stringify(definition), roleArn: ROLE });
  return {
    world,
    tokens,
    async redrive(executionArn) {
      await world.api('RedriveExecution', { executionArn });
      await world.pass(1_000);
    },
    stop: (executionArn) => world.api('StopExecution', { executionArn }),
    async executionsOf(machine) {
      const { executions } = await world.api('ListExecutions', { stateMachineArn: `${ARN}:stateMachine:${machine}` });
      return executions as Awaited<ReturnType<NestedWorld['executionsOf']>>;
    },
  };
}

test('redriven, a parent redrives its child: what had ended well in it is not done again', async () => {
  const { world, redrive, executionsOf } = await worldOf({ child: BROKEN });
  const creation = await world.start(only(starts('child')));
  await world.settle();
  const before = (await world.outcomeOf(creation)).chain.length;
  await redrive(creation.executionArn);
  const { status, output, chain } = await world.outcomeOf(creation);
  expect(status).toBe('SUCCEEDED');
  expect(output).toMatchObject({ Output: 'done', RedriveCount: 1, RedriveDate: expect.any(Number) });
  expect(chain.slice(before).map((line) => line.split(' ')[1])).toEqual([
    'ExecutionRedriven',
    'TaskScheduled',
    'TaskStarted',
    'TaskSubmitted',
    'TaskSucceeded',
    'TaskStateExited',
    'ExecutionSucceeded',
  ]);
  expect(await executionsOf('child')).toMatchObject([{ status: 'SUCCEEDED', redriveCount: 1 }]);
  expect(world.invocations.get('sturdy')).toBe(1);
});

test('redrive goes down through every level, and into the iterations that broke or were stopped for it', async () => {
  const { world, redrive, executionsOf } = await worldOf({ child: BROKEN, middle: only(starts('child')) });
  const map = { Type: 'Map', ItemsPath: '$.items', ItemProcessor: only(starts('middle'), 'T'), End: true };
  const creation = await world.start(only(map), { items: [1, 2, 3] });
  await world.settle();
  expect((await world.outcomeOf(creation)).status).toBe('FAILED');
  await redrive(creation.executionArn);
  expect((await world.outcomeOf(creation)).status).toBe('SUCCEEDED');
  for (const machine of ['middle', 'child'])
    expect((await executionsOf(machine)).map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
  expect(world.invocations.get('sturdy')).toBe(3);
});

test.each([
  ['was stopped', {}],
  ['timed out', { TimeoutSeconds: 10 }],
])('a parent that %s stops its child, and goes on with it when it is redriven', async (how, limit) => {
  const { world, tokens, redrive, stop } = await worldOf({ child: ASKING });
  const creation = await world.start({ ...NAMED, ...limit });
  await world.pass(1_000);
  if (how === 'was stopped') await stop(creation.executionArn);
  await world.pass(10_000);
  expect(await world.api('DescribeExecution', { executionArn: CHILD_RUN })).toMatchObject({ status: 'ABORTED' });
  await redrive(creation.executionArn);
  await world.api('SendTaskSuccess', { taskToken: tokens[1], output: '"yes"' });
  await world.settle();
  expect(await world.outcomeOf(creation)).toMatchObject({ status: 'SUCCEEDED', output: { Output: 'yes' } });
  expect(world.invocations.get('sturdy')).toBe(1);
});

test('stopped and redriven at once, before the child has heard of the stop: the child goes on', async () => {
  const { world, tokens, redrive, stop } = await worldOf({ child: ASKING });
  const creation = await world.start(NAMED);
  await world.pass(1_000);
  await stop(creation.executionArn);
  await redrive(creation.executionArn);
  await world.pass(100_000);
  const child = await world.api('DescribeExecution', { executionArn: CHILD_RUN });
  expect(child).toMatchObject({ status: 'RUNNING', redriveCount: 1 });
  await world.api('SendTaskSuccess', { taskToken: tokens[1], output: '"yes"' });
  await world.settle();
  expect(await world.outcomeOf(creation)).toMatchObject({ status: 'SUCCEEDED', output: { Output: 'yes' } });
});

test('a child that somebody redrove, and that has succeeded since, gives its result to the redriven parent', async () => {
  const { world, redrive } = await worldOf({ child: BROKEN });
  const creation = await world.start(NAMED);
  await world.settle();
  await redrive(CHILD_RUN);
  expect((await world.outcomeOf(creation)).status).toBe('FAILED');
  await redrive(creation.executionArn);
  const { status, output } = await world.outcomeOf(creation);
  expect(status).toBe('SUCCEEDED');
  expect(output).toMatchObject({ ExecutionArn: CHILD_RUN, Output: 'done', RedriveCount: 1 });
});

test('a child that somebody redrove, and that still runs, is waited for by the redriven parent', async () => {
  const { world, tokens, redrive, stop } = await worldOf({ child: ASKING });
  const creation = await world.start(NAMED);
  await world.pass(1_000);
  await stop(CHILD_RUN);
  await world.pass(1_000);
  expect((await world.outcomeOf(creation)).status).toBe('FAILED');
  await redrive(CHILD_RUN);
  await redrive(creation.executionArn);
  expect(await world.api('DescribeExecution', { executionArn: CHILD_RUN })).toMatchObject({ redriveCount: 1 });
  await world.api('SendTaskSuccess', { taskToken: tokens[1], output: '"yes"' });
  await world.settle();
  expect(await world.outcomeOf(creation)).toMatchObject({ status: 'SUCCEEDED', output: { Output: 'yes' } });
});

test('a child that somebody redrove is not stopped for the parent of before', async () => {
  const { world, redrive, stop } = await worldOf({ child: ASKING });
  const creation = await world.start(NAMED);
  await world.pass(1_000);
  await stop(creation.executionArn);
  await stop(CHILD_RUN);
  await redrive(CHILD_RUN);
  await world.pass(100_000);
  expect(await world.api('DescribeExecution', { executionArn: CHILD_RUN })).toMatchObject({ status: 'RUNNING' });
});

test('told to stop by the wait of before, in the very record in which it is redriven for another, a child goes on', async () => {
  const definition = parseDefinition(JSON.stringify(only({ Type: 'Wait', Seconds: 60, End: true })));
  const parent = { executionArn: `${ARN}:execution:m:p`, run: 'parent', wait: '0@0', pattern: 'sync' } as const;
  const creation = { executionArn: CHILD_RUN, input: '{}', startDate: 0, parent } as unknown as Creation;
  const env = { random: () => 0, newId: () => '', limits: LIMITS.aws, region: 'us-east-1', tokenOf: () => '' };
  let state: RunState = { creation, head: initialHead(creation), frames: new Map(), outputs: new Map() };
  const record = async (seq: number, ...activations: Activation[]) => {
    const step = await advance(definition, state, activations, seq, env);
    state = step.state;
    return step.stale;
  };
  const stop: Activation = { kind: 'StopRequested', at: 1, awaitedBy: '0@0' };
  await record(0, { kind: 'Started', at: 0 }, stop);
  expect(state.head.status).toBe('ABORTED');
  expect(await record(1, { kind: 'Redriven', at: 2, count: 1, awaitedBy: '0@3' }, stop)).toEqual([stop]);
  expect(state.head).toMatchObject({ status: 'RUNNING', awaitedBy: '0@3' });
});

test('a parent that had not heard of the end of its child hears of it before somebody redrives the child', async () => {
  let isLost = true;
  const queue = (inside: Queue): Queue => ({
    ...inside,
    async send(messages) {
      if (isLost && messages.some(({ body }) => body.includes('"kind":"callback"'))) throw new Error('Not sent');
      await inside.send(messages);
    },
  });
  const { world, redrive, executionsOf } = await worldOf({ child: only(call('brittle')) }, {}, { queue });
  const creation = await world.start(NAMED);
  await world.pass(1_000);
  expect((await world.outcomeOf(creation)).status).toBe('RUNNING');
  expect(await world.api('DescribeExecution', { executionArn: CHILD_RUN })).toMatchObject({ status: 'FAILED' });
  isLost = false;
  await redrive(CHILD_RUN);
  await world.settle();
  expect(await world.outcomeOf(creation)).toMatchObject({ status: 'FAILED', error: 'States.TaskFailed' });
  expect(await executionsOf('child')).toMatchObject([{ status: 'SUCCEEDED', redriveCount: 1 }]);
});

test('where the child cannot be redriven another one begins', async () => {
  const long = {
    StartAt: 'A',
    States: { A: call('sturdy', { Next: 'B' }), B: call('sturdy', { Next: 'C' }), C: call('brittle') },
  };
  const limits = { ...LIMITS.aws, historyEvents: 17 };
  const { world, redrive, executionsOf } = await worldOf({ child: long }, { limits });
  const creation = await world.start(only(starts('child')));
  await world.settle();
  expect(await executionsOf('child')).toMatchObject([{ status: 'FAILED' }]);
  await redrive(creation.executionArn);
  expect(await executionsOf('child')).toMatchObject([{ status: 'SUCCEEDED' }, { status: 'FAILED', redriveCount: 0 }]);
});

test('a Retry begins another child, and a redrive goes on with the last one', async () => {
  const { world, redrive, executionsOf } = await worldOf({ child: only(call('stubborn')) });
  const creation = await world.start(
    only({ ...starts('child'), Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }] }),
  );
  await world.settle();
  expect((await executionsOf('child')).map(({ status }) => status)).toEqual(['FAILED', 'FAILED']);
  await redrive(creation.executionArn);
  expect((await world.outcomeOf(creation)).status).toBe('SUCCEEDED');
  expect((await executionsOf('child')).map(({ redriveCount }) => redriveCount).toSorted()).toEqual([0, 1]);
});

test('an execution of the same name that the state did not begin is never redriven for it', async () => {
  const { world, redrive } = await worldOf({ child: only(call('brittle')) });
  const stateMachineArn = `${ARN}:stateMachine:child`;
  await world.api('StartExecution', { stateMachineArn, name: 'c', input: '{"of": "somebody"}' });
  await world.settle();
  const creation = await world.start(NAMED);
  await world.settle();
  await redrive(creation.executionArn);
  const { status, error } = await world.outcomeOf(creation);
  expect({ status, error }).toEqual({ status: 'FAILED', error: 'StepFunctions.ExecutionAlreadyExistsException' });
  expect(await world.api('DescribeExecution', { executionArn: CHILD_RUN })).toMatchObject({ redriveCount: 0 });
});

test('the end of a parent stops the children of all its branches', async () => {
  const { world, stop, executionsOf } = await worldOf({ child: ASKING, middle: only(starts('child')) });
  const later = { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 1, Next: 'B' }, B: starts('middle') } };
  const branches = [only(starts('middle'), 'A'), later, only(call('sturdy'), 'C')];
  const creation = await world.start(only({ Type: 'Parallel', Branches: branches, End: true }));
  await world.pass(5_000);
  await stop(creation.executionArn);
  await world.pass(1_000);
  for (const machine of ['middle', 'child'])
    expect((await executionsOf(machine)).map(({ status }) => status)).toEqual(['ABORTED', 'ABORTED']);
});

/** Does this when a child is just about to take its name, and after it has it; whoever would take it waits. */
function atBirth(before: () => Promise<unknown>, after: () => void = () => {}): Twist {
  let birth: Promise<unknown> | undefined;
  const table = (inside: Table): Table => ({
    ...inside,
    async put(item, condition) {
      if (!item.pk.startsWith('name#') || !item.pk.includes(':child:')) return await inside.put(item, condition);
      const isFirst = birth === undefined;
      birth ??= before();
      await birth;
      const put = await inside.put(item, condition);
      if (isFirst) after();
      return put;
    },
  });
  return { table };
}

test('a parent that ends while its child is just beginning leaves no child behind', async () => {
  let atWork: () => Promise<unknown> = async () => {};
  const twist = atBirth(() => atWork());
  const { world, stop, executionsOf } = await worldOf({ child: ASKING }, {}, twist);
  const { executionArn } = await world.start(only(starts('child')));
  atWork = async () => {
    await stop(executionArn);
    await world.sleep(30_000);
  };
  await world.pass(200_000);
  expect(await world.api('DescribeExecution', { executionArn })).toMatchObject({ status: 'ABORTED' });
  expect(await executionsOf('child')).toMatchObject([{ status: 'ABORTED' }]);
});

test('a worker that is lost while its child begins is followed by another, and there is one child', async () => {
  let crash = () => {};
  const twist = atBirth(
    async () => {},
    () => crash(),
  );
  const { world, executionsOf } = await worldOf({ child: BROKEN }, {}, twist);
  const creation = await world.start(only(starts('child')));
  crash = () => world.crash();
  await world.settle();
  expect((await executionsOf('child')).length).toBe(1);
  const { status, chain } = await world.outcomeOf(creation);
  expect(status).toBe('FAILED');
  expect(chain.filter((line) => /TaskStarted|TaskSubmitted|TaskFailed/.test(line)).length).toBe(3);
});

test('a child whose start comes when its parent waits no longer ends before it does anything', async () => {
  const late: Parameters<Queue['send']>[0] = [];
  const queue = (inside: Queue): Queue => ({
    ...inside,
    async send(messages) {
      const isStart = ({ body }: { body: string }) => body.includes('"kind":"start"') && body.includes(CHILD_RUN);
      late.push(...messages.filter(isStart));
      await inside.send(messages.filter((each) => !isStart(each)));
    },
  });
  const { world, stop } = await worldOf({ child: ASKING }, {}, { queue });
  const creation = await world.start(NAMED);
  await world.pass(1_000);
  await stop(creation.executionArn);
  await world.pass(1_000);
  await world.queue.send(late.splice(0));
  await world.pass(1_000);
  expect(await world.api('DescribeExecution', { executionArn: CHILD_RUN })).toMatchObject({ status: 'ABORTED' });
  expect(world.invocations.size).toBe(0);
});

test('a child that is redriven just when its parent stops waiting for it is stopped again', async () => {
  let run: string | undefined;
  let atWork: () => Promise<unknown> = async () => {};
  const table = (inside: Table): Table => ({
    ...inside,
    async put(item, condition) {
      if (item.pk === `run#${run}`) await atWork();
      return await inside.put(item, condition);
    },
  });
  const { world, redrive, stop } = await worldOf({ child: ASKING }, {}, { table });
  const { executionArn } = await world.start(NAMED);
  await world.pass(1_000);
  await stop(executionArn);
  await world.pass(1_000);
  run = (await readCreation(world, CHILD_RUN))?.run;
  atWork = async () => {
    run = undefined;
    await stop(executionArn);
  };
  await redrive(executionArn);
  await world.pass(20_000);
  expect(run).toBe(undefined);
  for (const each of [executionArn, CHILD_RUN])
    expect(await world.api('DescribeExecution', { executionArn: each })).toMatchObject({
      status: 'ABORTED',
      redriveCount: 1,
    });
});
