// Activities: tasks on offer, taken by exactly one worker, and then answered by their token.
import { expect, test } from 'vitest';
import { handleRequest } from '../../../core/api/wire.ts';
import { codeOf } from '../../support/callbacks.ts';
import { memoryWorld } from '../../support/memory-world.ts';

/** An execution that offers one task; polls answer at once. */
async function offering(rest: object = {}, input: object = { n: 1 }) {
  const world = memoryWorld({}, { activityPollMs: 0 });
  const { activityArn } = await world.api('CreateActivity', { name: 'work' });
  const over = 'Catch' in rest ? { Over: { Type: 'Succeed' } } : {};
  const states = { A: { Type: 'Task', Resource: activityArn, End: true, ...rest }, ...over };
  const creation = await world.start({ StartAt: 'A', States: states }, input);
  await world.pass(1_000);
  const poll = async (workerName?: string) =>
    (await world.api('GetActivityTask', { activityArn, workerName })) as { taskToken?: string; input?: string };
  return { world, activityArn, creation, poll };
}

test('a worker takes the task with its input, and its answer is the result', async () => {
  const { world, creation, poll } = await offering();
  const { taskToken, input } = await poll('w1');
  expect(JSON.parse(input!)).toEqual({ n: 1 });
  await world.api('SendTaskSuccess', { taskToken, output: '{"done":true}' });
  await world.settle();
  const { status, output, chain, events } = await world.outcomeOf(creation);
  expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: { done: true } });
  expect(chain.slice(2, 6)).toEqual([
    '3<2 ActivityScheduled',
    '4<3 ActivityStarted',
    '5<4 ActivitySucceeded',
    '6<5 TaskStateExited',
  ]);
  expect(events[3]).toMatchObject({ activityStartedEventDetails: { workerName: 'w1' } });
});

test('of two workers that poll at once one gets the task, the other nothing', async () => {
  const { world, creation, poll } = await offering();
  const polls = await Promise.all([poll('w1'), poll('w2'), poll('w3')]);
  expect(polls.filter(({ taskToken }) => taskToken !== undefined)).toHaveLength(1);
  expect(await poll()).toEqual({});
  const { events } = await world.outcomeOf(creation);
  expect(events.filter(({ type }) => type === 'ActivityStarted')).toHaveLength(1);
});

test('a worker without a name leaves none in the history', async () => {
  const { world, creation, poll } = await offering();
  await poll();
  expect((await world.outcomeOf(creation)).events[3]).toMatchObject({ activityStartedEventDetails: {} });
});

test('tasks are handed out oldest first', async () => {
  const { world, activityArn, poll } = await offering();
  const definition = { StartAt: 'A', States: { A: { Type: 'Task', Resource: activityArn, End: true } } };
  await world.start(definition, { n: 2 });
  await world.pass(1_000);
  await world.start(definition, { n: 3 });
  await world.pass(1_000);
  const inputs = [await poll(), await poll(), await poll()].map(({ input }) => JSON.parse(input!).n);
  expect(inputs).toEqual([1, 2, 3]);
});

test('a failure that a worker sends is the failure of the task', async () => {
  const { world, creation, poll } = await offering({ Catch: [{ ErrorEquals: ['Broken'], Next: 'Over' }] });
  await world.api('SendTaskFailure', { taskToken: (await poll()).taskToken, error: 'Broken', cause: 'c' });
  await world.settle();
  const { status, output, chain } = await world.outcomeOf(creation);
  expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: { Error: 'Broken', Cause: 'c' } });
  expect(chain[4]).toBe('5<4 ActivityFailed');
});

test('heartbeats keep it alive; a missed one times it out, and is known by name', async () => {
  const { world, creation, poll } = await offering({
    HeartbeatSeconds: 10,
    Catch: [{ ErrorEquals: ['States.HeartbeatTimeout'], Next: 'Over' }],
  });
  const { taskToken } = await poll();
  for (let i = 0; i < 3; i++) {
    await world.pass(8_000);
    await world.api('SendTaskHeartbeat', { taskToken });
  }
  expect((await world.outcomeOf(creation)).status).toBe('RUNNING');
  await world.settle();
  const { status, output, chain } = await world.outcomeOf(creation);
  expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: { Error: 'States.Timeout', Cause: '' } });
  expect(chain[4]).toBe('5<4 ActivityTimedOut');
  expect(await codeOf(world.api('SendTaskSuccess', { taskToken, output: '1' }))).toBe('TaskTimedOut');
});

test('a task taken times out after TimeoutSeconds', async () => {
  const { world, creation, poll } = await offering({ TimeoutSeconds: 20 });
  await poll();
  await world.settle();
  const { status, error, startDate, stopDate } = await world.outcomeOf(creation);
  expect({ status, error, after: stopDate! - startDate }).toEqual({
    status: 'FAILED',
    error: 'States.Timeout',
    after: 21_000,
  });
});

test('a retried task is offered again; the token of the attempt before is over', async () => {
  const { world, creation, poll } = await offering({ Retry: [{ ErrorEquals: ['Again'], IntervalSeconds: 1 }] });
  const first = await poll();
  await world.api('SendTaskFailure', { taskToken: first.taskToken, error: 'Again' });
  await world.pass(2_000);
  const second = await poll();
  expect(second.taskToken).not.toBe(first.taskToken);
  expect(await codeOf(world.api('SendTaskSuccess', { taskToken: first.taskToken, output: '1' }))).toBe('TaskTimedOut');
  await world.api('SendTaskSuccess', { taskToken: second.taskToken, output: '2' });
  await world.settle();
  expect(await world.outcomeOf(creation)).toMatchObject({ status: 'SUCCEEDED', output: 2 });
});

test('a task of an execution that was stopped is handed to nobody', async () => {
  const { world, creation, poll } = await offering();
  await world.api('StopExecution', { executionArn: creation.executionArn });
  expect(await poll()).toEqual({});
});

test('polls stand in line: who has waited longest has the next task, and each task goes to one of them', async () => {
  const world = memoryWorld();
  const { activityArn } = await world.api('CreateActivity', { name: 'work' });
  const handed: string[] = [];
  const poll = async (workerName: string) => {
    const { input } = await world.api('GetActivityTask', { activityArn, workerName });
    handed.push(`${workerName} ${input}`);
  };
  const polls = [];
  for (let i = 0; i < 25; i++) {
    polls.push(poll(`w${i}`));
    await new Promise((go) => setImmediate(go));
  }
  const definition = { StartAt: 'A', States: { A: { Type: 'Task', Resource: activityArn, End: true } } };
  for (let n = 0; n < 24; n++) {
    await world.start(definition, n);
    await world.pass(100);
  }
  for (let turn = 0; turn < 20; turn++) await world.pass(1_000);
  expect(handed).toEqual(Array.from({ length: 24 }, (_, i) => `w${i} ${i}`));
  await world.pass(60_000);
  await Promise.all(polls);
  expect(handed.at(-1)).toBe('w24 undefined');
});

test('a task is handed to nobody who is gone', async () => {
  const world = memoryWorld();
  const { activityArn } = await world.api('CreateActivity', { name: 'work' });
  const gone = new AbortController();
  const poll = (workerName: string, signal?: AbortSignal) =>
    handleRequest(world, {
      method: 'POST',
      headers: { 'x-amz-target': 'AWSStepFunctions.GetActivityTask' },
      body: JSON.stringify({ activityArn, workerName }),
      ...(signal && { signal }),
    });
  const first = poll('killed', gone.signal);
  await new Promise((go) => setImmediate(go));
  const second = poll('alive');
  gone.abort();
  await world.start({ StartAt: 'A', States: { A: { Type: 'Task', Resource: activityArn, End: true } } }, { n: 1 });
  for (let turn = 0; turn < 5; turn++) await world.pass(1_000);
  expect(JSON.parse((await second).body)).toMatchObject({ input: '{"n":1}' });
  expect((await first).body).toBe('{}');
});
