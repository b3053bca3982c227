// Executions that start executions: who waits hears of the end, in the words of DescribeExecution.
import { expect, test } from 'vitest';
import { callbackWorld, codeOf } from '../../support/callbacks.ts';
import type { MemoryWorld } from '../../support/memory-world.ts';

const ROLE = 'arn:aws:iam::123456789012:role/test';
const CHILD = 'arn:aws:states:us-east-1:123456789012:stateMachine:child';
const CHILD_RUN = 'arn:aws:states:us-east-1:123456789012:execution:child:c';

const PASS = { StartAt: 'P', States: { P: { Type: 'Pass', Result: { answer: 42 }, End: true } } };
const FAIL = { StartAt: 'F', States: { F: { Type: 'Fail', Error: 'Broken', Cause: 'on purpose' } } };
const WAIT = { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 3600, End: true } } };

async function withChild(definition: object): Promise<MemoryWorld> {
  const { world } = callbackWorld();
  await world.api('CreateStateMachine', { name: 'child', definition: JSON.stringify(definition), roleArn: ROLE });
  return world;
}

function parent(pattern: string, rest: object = {}, parameters: object = {}, more: object = {}) {
  const task = {
    Type: 'Task',
    Resource: `arn:aws:states:::states:startExecution${pattern}`,
    Parameters: { StateMachineArn: CHILD, Name: 'c', Input: { x: 1 }, ...parameters },
    End: true,
    ...rest,
  };
  return { StartAt: 'S', States: { S: task, ...more } };
}

async function statusOfChild(world: MemoryWorld) {
  const { status, error, cause } = await world.api('DescribeExecution', { executionArn: CHILD_RUN });
  return { status, error, cause };
}

test('startExecution alone is over when the child has begun, and tells its ARN', async () => {
  const world = await withChild(WAIT);
  const creation = await world.start(parent(''));
  await world.pass(1_000);
  const { status, output, chain } = await world.outcomeOf(creation);
  expect(status).toBe('SUCCEEDED');
  expect(output).toMatchObject({ ExecutionArn: CHILD_RUN, SdkHttpMetadata: { HttpStatusCode: 200 } });
  expect(chain.map((line) => line.split(' ')[1])).toEqual([
    'ExecutionStarted',
    'TaskStateEntered',
    'TaskScheduled',
    'TaskStarted',
    'TaskSucceeded',
    'TaskStateExited',
    'ExecutionSucceeded',
  ]);
  expect(await statusOfChild(world)).toMatchObject({ status: 'RUNNING' });
});

test.each([
  ['.sync', '{"x":1}', '{"answer":42}'],
  ['.sync:2', { x: 1 }, { answer: 42 }],
])('startExecution%s waits for the end: Input and Output are %j and %j', async (pattern, Input, Output) => {
  const world = await withChild(PASS);
  const { status, output, chain } = await world.run(parent(pattern));
  expect({ status, output }).toEqual({
    status: 'SUCCEEDED',
    output: {
      ExecutionArn: CHILD_RUN,
      Input,
      InputDetails: { Included: true },
      Name: 'c',
      Output,
      OutputDetails: { Included: true },
      RedriveCount: 0,
      RedriveStatus: 'NOT_REDRIVABLE',
      RedriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
      StartDate: expect.any(Number),
      StateMachineArn: CHILD,
      Status: 'SUCCEEDED',
      StopDate: expect.any(Number),
    },
  });
  expect(chain.slice(2, 6)).toEqual(['3<2 TaskScheduled', '4<3 TaskStarted', '5<4 TaskSubmitted', '6<5 TaskSucceeded']);
});

const BAD_ENDS: [how: string, child: object, description: object][] = [
  ['fails', FAIL, { Status: 'FAILED', Error: 'Broken', Cause: 'on purpose' }],
  ['times out', { ...WAIT, TimeoutSeconds: 5 }, { Status: 'TIMED_OUT' }],
];

test.each(BAD_ENDS)(
  'a child that %s fails the task with States.TaskFailed and its description',
  async (_how, child, end) => {
    for (const pattern of ['.sync', '.sync:2']) {
      const world = await withChild(child);
      const { status, error, cause } = await world.run(parent(pattern));
      expect({ status, error }).toEqual({ status: 'FAILED', error: 'States.TaskFailed' });
      const described = JSON.parse(cause!);
      expect(described).toMatchObject({
        ...end,
        Input: '{"x":1}',
        RedriveStatus: 'REDRIVABLE',
        ExecutionArn: CHILD_RUN,
      });
      expect(Object.keys(described)).toEqual(Object.keys(described).toSorted());
    }
  },
);

test('a child that somebody stops fails the task, with what the stop said', async () => {
  const world = await withChild(WAIT);
  const creation = await world.start(parent('.sync:2'));
  await world.pass(1_000);
  await world.api('StopExecution', { executionArn: CHILD_RUN, error: 'Enough', cause: 'no more' });
  await world.settle();
  const { status, cause } = await world.outcomeOf(creation);
  expect(status).toBe('FAILED');
  expect(JSON.parse(cause!)).toMatchObject({ Status: 'ABORTED', Error: 'Enough', Cause: 'no more' });
});

test('the failure of a child is caught like any other', async () => {
  const world = await withChild(FAIL);
  const rest = { Catch: [{ ErrorEquals: ['States.TaskFailed'], Next: 'Over' }] };
  const { status } = await world.run(parent('.sync', rest, {}, { Over: { Type: 'Succeed' } }));
  expect(status).toBe('SUCCEEDED');
});

test.each(['.sync', '.sync:2'])('who stops the parent of a startExecution%s stops the child', async (pattern) => {
  const world = await withChild(WAIT);
  const { executionArn } = await world.start(parent(pattern));
  await world.pass(1_000);
  await world.api('StopExecution', { executionArn });
  await world.pass(1_000);
  expect(await statusOfChild(world)).toMatchObject({ status: 'ABORTED' });
});

test('a task that times out stops its child', async () => {
  const world = await withChild(WAIT);
  const creation = await world.start(parent('.sync', { TimeoutSeconds: 10 }));
  await world.pass(20_000);
  expect(await world.outcomeOf(creation)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  expect(await statusOfChild(world)).toMatchObject({ status: 'ABORTED' });
});

test('who stops the parent of a startExecution alone leaves the child running', async () => {
  const world = await withChild(WAIT);
  const { executionArn } = await world.start(
    parent('', { End: undefined, Next: 'W' }, {}, { W: { Type: 'Wait', Seconds: 60, End: true } }),
  );
  await world.pass(1_000);
  await world.api('StopExecution', { executionArn });
  await world.pass(1_000);
  expect(await statusOfChild(world)).toMatchObject({ status: 'RUNNING' });
});

test('startExecution.waitForTaskToken ends by the token, not by the child', async () => {
  const world = await withChild(PASS);
  const creation = await world.start(parent('.waitForTaskToken', {}, { Input: { 'token.$': '$$.Task.Token' } }));
  await world.pass(1_000);
  expect(await statusOfChild(world)).toMatchObject({ status: 'SUCCEEDED' });
  expect((await world.outcomeOf(creation)).status).toBe('RUNNING');
  const { input } = await world.api('DescribeExecution', { executionArn: CHILD_RUN });
  const { token } = JSON.parse(String(input));
  await world.api('SendTaskSuccess', { taskToken: token, output: '"answered"' });
  await world.settle();
  expect(await world.outcomeOf(creation)).toMatchObject({ status: 'SUCCEEDED', output: 'answered' });
  expect(await codeOf(world.api('SendTaskSuccess', { taskToken: token, output: '1' }))).toBe('TaskTimedOut');
});

test('a child that cannot be started is the failure of the task, in the words of the API', async () => {
  const world = await withChild(PASS);
  const missing = await world.run(parent('.sync', {}, { StateMachineArn: `${CHILD}less` }));
  expect(missing).toMatchObject({ status: 'FAILED', error: 'StepFunctions.StateMachineDoesNotExistException' });
  expect(missing.cause).toMatch(/^State Machine Does Not Exist: .* \(Service: AWSStepFunctions; Status Code: 400; /);
  await world.run(parent('.sync'));
  const again = await world.run(parent('.sync', {}, { Input: { x: 2 } }));
  expect(again).toMatchObject({ status: 'FAILED', error: 'StepFunctions.ExecutionAlreadyExistsException' });
});
