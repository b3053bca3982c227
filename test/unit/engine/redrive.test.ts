// Redrive: what broke goes on, what had ended well is not done again.
import { expect, test } from 'vitest';
import type { Table } from '../../../core/ports.ts';
import { callback, callbackWorld, codeOf } from '../../support/callbacks.ts';
import { type MemoryWorld, memoryWorld } from '../../support/memory-world.ts';

const task = (name: string, rest: object) => ({
  Type: 'Task',
  Resource: `arn:aws:lambda:us-east-1:123456789012:function:${name}`,
  ...rest,
});

const waits = (seconds: number) => ({ Type: 'Wait', Seconds: seconds, End: true });
const wait = (seconds: number) => ({ StartAt: 'W', States: { W: waits(seconds) } });

/** Fails at its first call, succeeds after. */
const brittle = (_payload: unknown, attempt: number) => {
  if (attempt === 1) throw new Error('not yet');
  return 'done';
};

async function brokenRun(definition: object, input: object = {}) {
  const world = memoryWorld({ brittle, sturdy: () => 'fine' });
  const creation = await world.start(definition, input);
  await world.settle();
  expect((await world.outcomeOf(creation)).status).toBe('FAILED');
  const { executionArn } = creation;
  const redrive = async () => {
    const answer = await world.api('RedriveExecution', { executionArn });
    await world.settle();
    return answer;
  };
  return { world, creation, executionArn, redrive };
}

test('redrive: the failed task is scheduled again, the one before it is not', async () => {
  const { world, creation, redrive } = await brokenRun({
    StartAt: 'A',
    States: { A: task('sturdy', { Next: 'B' }), B: task('brittle', { End: true }) },
  });
  await redrive();
  const { status, output, chain } = await world.outcomeOf(creation);
  expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: 'done' });
  expect(world.invocations.get('sturdy')).toBe(1);
  expect(chain.slice(-7)).toEqual([
    '11<10 ExecutionFailed',
    '12<11 ExecutionRedriven',
    '13<12 LambdaFunctionScheduled',
    '14<13 LambdaFunctionStarted',
    '15<14 LambdaFunctionSucceeded',
    '16<15 TaskStateExited',
    '17<16 ExecutionSucceeded',
  ]);
});

test('redrive: of a Map only the failed iterations run again, at any depth', async () => {
  const inner = { StartAt: 'T', States: { T: task('brittle', { End: true }) } };
  const { world, creation, redrive } = await brokenRun(
    {
      StartAt: 'P',
      States: {
        P: {
          Type: 'Parallel',
          End: true,
          Branches: [
            { StartAt: 'S', States: { S: task('sturdy', { End: true }) } },
            {
              StartAt: 'M',
              States: { M: { Type: 'Map', ItemsPath: '$.items', MaxConcurrency: 1, ItemProcessor: inner, End: true } },
            },
          ],
        },
      },
    },
    { items: [1, 2] },
  );
  await redrive();
  const { status, output } = await world.outcomeOf(creation);
  expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: ['fine', ['done', 'done']] });
});

test('redrive: what runs or has succeeded is refused, a client token repeats its answer', async () => {
  const { world, executionArn, redrive } = await brokenRun({
    StartAt: 'B',
    States: { B: task('brittle', { End: true }) },
  });
  const first = await world.api('RedriveExecution', { executionArn, clientToken: 'once' });
  await world.settle();
  expect(await world.api('RedriveExecution', { executionArn, clientToken: 'once' })).toEqual(first);
  await expect(redrive()).rejects.toThrow('Execution is SUCCEEDED and cannot be redriven');
});

test('redrive: a client token repeats its answer for 15 minutes, and the last 10 are known', async () => {
  const fails = { StartAt: 'F', States: { F: { Type: 'Fail', Error: 'Always' } } };
  const { world, executionArn } = await brokenRun(fails);
  const redrive = (clientToken: string) => world.api('RedriveExecution', { executionArn, clientToken });
  const count = async () => (await world.api('DescribeExecution', { executionArn })).redriveCount;
  for (const token of 'abcdefghijk') {
    await redrive(token);
    await world.pass(1_000);
  }
  await redrive('b');
  expect(await count()).toBe(11);
  await redrive('a');
  expect(await count()).toBe(12);
  await world.pass(15 * 60_000);
  await redrive('k');
  expect(await count()).toBe(13);
});

test('redrive: the same request twice at once is one redrive with one answer', async () => {
  const { world, executionArn } = await brokenRun({ StartAt: 'B', States: { B: task('brittle', { End: true }) } });
  const redrive = () => world.api('RedriveExecution', { executionArn, clientToken: 'once' });
  const [one, two] = await Promise.all([redrive(), redrive()]);
  expect(one).toEqual(two);
  await world.settle();
  expect(await world.api('DescribeExecution', { executionArn })).toMatchObject({ redriveCount: 1 });
});

const DAY_MS = 86_400_000;

test.each([
  [
    'State machine is in DELETING status',
    (world: MemoryWorld, stateMachineArn: string) => world.api('DeleteStateMachine', { stateMachineArn }),
  ],
  ['Execution redrivable period exceeded', (world: MemoryWorld) => world.pass(14 * DAY_MS + 1)],
])('redrive: DescribeExecution and RedriveExecution say why not: %s', async (reason, spoil) => {
  const { world, creation, executionArn } = await brokenRun({ StartAt: 'F', States: { F: { Type: 'Fail' } } });
  expect(await world.api('DescribeExecution', { executionArn })).toMatchObject({ redriveStatus: 'REDRIVABLE' });
  await spoil(world, creation.machineArn);
  const described = await world.api('DescribeExecution', { executionArn });
  expect(described).toMatchObject({ redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason: reason });
  await expect(world.api('RedriveExecution', { executionArn })).rejects.toThrow(reason);
});

test('redrive: a Fail state is entered again, and fails again', async () => {
  const { world, creation, redrive } = await brokenRun({ StartAt: 'F', States: { F: { Type: 'Fail', Error: 'E' } } });
  await redrive();
  expect((await world.outcomeOf(creation)).chain.slice(2)).toEqual([
    '3<2 ExecutionFailed',
    '4<3 ExecutionRedriven',
    '5<4 FailStateEntered',
    '6<5 ExecutionFailed',
  ]);
});

test('redrive: a Map whose results were too large together runs all its iterations again', async () => {
  const world = memoryWorld({
    large: (_item: never, attempt: number) => (attempt <= 3 ? 'x'.repeat(100_000) : 'small'),
  });
  const map = { Type: 'Map', ItemProcessor: { StartAt: 'L', States: { L: task('large', { End: true }) } }, End: true };
  const creation = await world.start({ StartAt: 'M', States: { M: map } }, [1, 2, 3]);
  await world.settle();
  expect(await world.outcomeOf(creation)).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  await world.api('RedriveExecution', { executionArn: creation.executionArn });
  await world.settle();
  expect(await world.outcomeOf(creation)).toMatchObject({ status: 'SUCCEEDED', output: ['small', 'small', 'small'] });
  expect(world.invocations.get('large')).toBe(6);
});

test('redrive: a list has what was redriven where it would be had it begun then, and says when that was', async () => {
  const { world, creation, executionArn, redrive } = await brokenRun({
    StartAt: 'B',
    States: { B: task('brittle', { End: true }) },
  });
  const { machineArn: stateMachineArn } = creation;
  await world.pass(60_000);
  await world.api('StartExecution', { stateMachineArn, name: 'later' });
  await world.settle();
  const list = async () => (await world.api('ListExecutions', { stateMachineArn })).executions;
  expect(await list()).toMatchObject([{ name: 'later' }, { executionArn, status: 'FAILED' }]);
  await world.pass(60_000);
  const { redriveDate } = await redrive();
  expect(await list()).toMatchObject([
    { executionArn, status: 'SUCCEEDED', redriveCount: 1, redriveDate },
    { name: 'later' },
  ]);
});

test('redrive: who dies before the list is told leaves it to the insurance', async () => {
  let [isLast, isDying] = [false, false];
  const table = (inside: Table): Table => ({
    ...inside,
    async put(item, condition) {
      isDying ||= isLast && item.pk.startsWith('run#');
      return await inside.put(item, condition);
    },
    async update(key, changes, condition) {
      if (isDying) throw new Error('The process is gone');
      return await inside.update(key, changes, condition);
    },
  });
  const world = memoryWorld({}, {}, { table });
  const { executionArn, machineArn: stateMachineArn } = await world.start(wait(3600));
  await world.pass(1_000);
  await world.api('StopExecution', { executionArn });
  isLast = true;
  await expect(world.api('RedriveExecution', { executionArn })).rejects.toThrow();
  [isLast, isDying] = [false, false];
  await world.pass(20_000);
  const { executions } = await world.api('ListExecutions', { stateMachineArn, statusFilter: 'RUNNING' });
  expect(executions).toMatchObject([{ executionArn, redriveCount: 1 }]);
});

test('redrive: a run that timed out gets its whole time again, for what was open', async () => {
  const world = memoryWorld({ sturdy: () => 'fine' });
  const creation = await world.start({
    TimeoutSeconds: 100,
    StartAt: 'A',
    States: { A: task('sturdy', { Next: 'W' }), W: { Type: 'Wait', Seconds: 90, Next: 'V' }, V: waits(20) },
  });
  const { executionArn } = creation;
  await world.pass(100_000);
  const { status, stopDate = 0 } = await world.outcomeOf(creation);
  expect({ status, after: stopDate - creation.startDate }).toEqual({ status: 'TIMED_OUT', after: 100_000 });
  await world.api('RedriveExecution', { executionArn });
  await world.settle();
  const again = await world.outcomeOf(creation);
  expect(again).toMatchObject({ status: 'SUCCEEDED', output: 'fine' });
  expect(again.stopDate! - stopDate).toBeLessThanOrEqual(20_000);
  expect(world.invocations.get('sturdy')).toBe(1);
});

test('redrive: a run that was stopped asks anew, with a new token; the old one answers nothing', async () => {
  const { world, tokens } = callbackWorld();
  const creation = await world.start(callback('keep'));
  const { executionArn } = creation;
  await world.pass(1_000);
  await world.api('StopExecution', { executionArn, error: 'Enough' });
  expect(await world.outcomeOf(creation)).toMatchObject({ status: 'ABORTED', error: 'Enough' });
  await world.api('RedriveExecution', { executionArn });
  await world.pass(1_000);
  expect((await world.outcomeOf(creation)).status).toBe('RUNNING');
  expect(tokens).toHaveLength(2);
  const answer = (taskToken: string | undefined) => world.api('SendTaskSuccess', { taskToken, output: '"yes"' });
  expect(await codeOf(answer(tokens[0]))).toBe('TaskTimedOut');
  await answer(tokens[1]);
  await world.settle();
  const { status, output, chain } = await world.outcomeOf(creation);
  expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: 'yes' });
  expect(chain.slice(5, 9)).toEqual([
    '6<0 ExecutionAborted',
    '7<6 ExecutionRedriven',
    '8<7 TaskScheduled',
    '9<8 TaskStarted',
  ]);
});

test('redrive: a state that begins again sees in its context how often its execution was redriven, and when last', async () => {
  const told = { Parameters: { 'of.$': '$$.Execution' }, End: true };
  const { world, creation, redrive } = await brokenRun({ StartAt: 'A', States: { A: task('brittle', told) } });
  await world.pass(5_000);
  await redrive();
  const { events } = await world.outcomeOf(creation);
  const inputs = events.flatMap(({ lambdaFunctionScheduledEventDetails: scheduled }) =>
    scheduled === undefined ? [] : [JSON.parse((scheduled as { input: string }).input).of],
  );
  expect(inputs).toMatchObject([{ RedriveCount: 0 }, { RedriveCount: 1, RedriveTime: '2026-01-01T00:00:05.000Z' }]);
  expect(inputs[0]).not.toHaveProperty('RedriveTime');
});
