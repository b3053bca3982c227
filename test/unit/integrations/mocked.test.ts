// Test cases of a mock configuration: the states named there get its answers, by the number of the call; all else runs
// as ever. What AWS recorded of the real calls is what the mocked ones must look like.
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readCreation } from '../../../core/driver/executions.ts';
import { readOffers } from '../../../core/store/offers.ts';
import { parseMockConfig } from '../../../local/mock-config.ts';
import { callback, codeOf } from '../../support/callbacks.ts';
import { memoryWorld } from '../../support/memory-world.ts';

const ROLE = 'arn:aws:iam::123456789012:role/test';

/** Runs the test case `Case` of the machine `m`, whose states answer so. */
async function runCase(definition: object, responses: Record<string, object>, input: unknown = {}) {
  const world = memoryWorld({ real: () => 'real' });
  const states = Object.keys(responses);
  const cases = { Case: Object.fromEntries(states.map((state) => [state, `of ${state}`])) };
  const config = {
    StateMachines: { m: { TestCases: cases } },
    MockedResponses: Object.fromEntries(states.map((state) => [`of ${state}`, responses[state]])),
  };
  world.mocks = parseMockConfig(JSON.stringify(config));
  // Processes have it from their start.
  world.crash();
  const machine = { name: 'm', definition: JSON.stringify(definition), roleArn: ROLE };
  const { stateMachineArn } = await world.api('CreateStateMachine', machine);
  const start = async (testCase: string) => {
    const request = { stateMachineArn: `${stateMachineArn}${testCase}`, input: JSON.stringify(input) };
    const { executionArn } = await world.api('StartExecution', request);
    await world.settle();
    return await world.outcomeOf((await readCreation(world, String(executionArn)))!);
  };
  return { world, start, outcome: await start('#Case') };
}

const lambda = (name: string, rest: object = {}) => ({
  Type: 'Task',
  Resource: `arn:aws:lambda:us-east-1:123456789012:function:${name}`,
  ...rest,
});
const FAST_RETRY = [{ ErrorEquals: ['Busy'], IntervalSeconds: 1, MaxAttempts: 5 }];

test('a named state gets its answer and makes no call; the others call', async () => {
  const definition = { StartAt: 'A', States: { A: lambda('real', { Next: 'B' }), B: lambda('real', { End: true }) } };
  const { world, outcome } = await runCase(definition, { A: { 0: { Return: { n: 1.0 } } } });
  expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: 'real' });
  expect(world.invocations.get('real')).toBe(1);
  expect(outcome.events[4]).toMatchObject({ lambdaFunctionSucceededEventDetails: { output: '{"n":1}' } });
});

test('an execution started without a test case makes its calls', async () => {
  const definition = { StartAt: 'A', States: { A: lambda('real', { End: true }) } };
  const { start } = await runCase(definition, { A: { 0: { Return: 'mocked' } } });
  expect(await start('')).toMatchObject({ status: 'SUCCEEDED', output: 'real' });
});

test('answers go by the number of the call: retries meet a range of failures, then a success', async () => {
  const definition = { StartAt: 'A', States: { A: lambda('nobody', { Retry: FAST_RETRY, End: true }) } };
  const busy = { Throw: { Error: 'Busy', Cause: 'try later' } };
  const { outcome } = await runCase(definition, { A: { 0: busy, '1-2': busy, 3: { Return: 'at last' } } });
  expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: 'at last' });
  expect(outcome.events.filter(({ type }) => type === 'LambdaFunctionFailed')).toHaveLength(3);
});

test('what is thrown is error and cause of the state, and can be caught', async () => {
  const states = (rest: object) => ({ A: lambda('nobody', { End: true, ...rest }) });
  const answer = { A: { 0: { Throw: { Error: 'Broken', Cause: 'on purpose' } } } };
  const { outcome } = await runCase({ StartAt: 'A', States: states({}) }, answer);
  expect(outcome).toMatchObject({ status: 'FAILED', error: 'Broken', cause: 'on purpose' });
  const rest = { Catch: [{ ErrorEquals: ['Broken'], Next: 'Over' }] };
  const caught = await runCase({ StartAt: 'A', States: { ...states(rest), Over: { Type: 'Succeed' } } }, answer);
  expect(caught.outcome.output).toEqual({ Error: 'Broken', Cause: 'on purpose' });
});

test('a callback is answered with the mocked result, without an answer to its token', async () => {
  const { outcome } = await runCase(callback('nobody'), { Ask: { 0: { Return: { approved: true } } } });
  expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: { approved: true } });
  expect(outcome.chain.slice(4, 6)).toEqual(['5<4 TaskSubmitted', '6<5 TaskSucceeded']);
});

const BUILD = {
  Type: 'Task',
  Resource: 'arn:aws:states:::codebuild:startBuild.sync',
  Parameters: { ProjectName: 'p' },
  End: true,
};

test('a job is over with the mocked result, without a job', async () => {
  const result = { Build: { BuildStatus: 'SUCCEEDED' } };
  const { outcome } = await runCase({ StartAt: 'A', States: { A: BUILD } }, { A: { 0: { Return: result } } });
  expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: result });
  expect(outcome.chain.slice(3, 6)).toEqual(['4<3 TaskStarted', '5<4 TaskSubmitted', '6<5 TaskSucceeded']);
});

test('a job fails with the mocked error', async () => {
  const broken = { Throw: { Error: 'States.TaskFailed', Cause: '{"Build":{}}' } };
  const { outcome } = await runCase({ StartAt: 'A', States: { A: BUILD } }, { A: { 0: broken } });
  expect(outcome).toMatchObject({ status: 'FAILED', error: 'States.TaskFailed', cause: '{"Build":{}}' });
});

const activity = (rest: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:us-east-1:123456789012:activity:review',
  TimeoutSeconds: 60,
  End: true,
  ...rest,
});

test('an activity is answered in its worker’s place, retries too', async () => {
  const answers = { A: { 0: { Throw: { Error: 'Busy' } }, 1: { Return: { ok: true } } } };
  const { world, outcome } = await runCase({ StartAt: 'A', States: { A: activity({ Retry: FAST_RETRY }) } }, answers);
  expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: { ok: true } });
  expect(outcome.chain.slice(2)).toEqual([
    '3<2 ActivityScheduled',
    '4<3 ActivityStarted',
    '5<4 ActivityFailed',
    '6<5 ActivityScheduled',
    '7<6 ActivityStarted',
    '8<7 ActivitySucceeded',
    '9<8 TaskStateExited',
    '10<9 ExecutionSucceeded',
  ]);
  expect(await readOffers(world, activity().Resource, 10)).toEqual([]);
});

test('an activity that the test case does not name waits for a worker', async () => {
  const states = { A: lambda('real', { Next: 'B' }), B: activity() };
  const { world } = await runCase({ StartAt: 'A', States: states }, { A: { 0: { Return: 1 } } });
  expect(await readOffers(world, activity().Resource, 10)).toHaveLength(1);
});

test('a call that has no answer left fails, and the cause says which', async () => {
  const definition = { StartAt: 'A', States: { A: lambda('nobody', { Retry: FAST_RETRY, End: true }) } };
  const { outcome } = await runCase(definition, { A: { 0: { Throw: { Error: 'Busy' } } } });
  expect(outcome).toMatchObject({
    error: 'States.Runtime',
    cause: "The mocked response 'of A' has nothing for call 1 of the state 'A'; the first call is 0.",
  });
});

test('iterations of a Map count together', async () => {
  const inside = { StartAt: 'A', States: { A: lambda('nobody', { End: true }) } };
  const map = { Type: 'Map', ItemsPath: '$', MaxConcurrency: 1, ItemProcessor: inside, End: true };
  const answers = { A: { 0: { Return: 'a' }, '1-2': { Return: 'b' } } };
  const { outcome } = await runCase({ StartAt: 'M', States: { M: map } }, answers, [1, 2, 3]);
  expect(outcome.output).toEqual(['a', 'b', 'b']);
});

test('Express executions take test cases too', async () => {
  const definition = { StartAt: 'A', States: { A: lambda('real', { End: true }) } };
  const { world, outcome } = await runCase(definition, { A: { 0: { Return: 'mocked' } } });
  expect(outcome.output).toBe('mocked');
  const express = { name: 'x', definition: JSON.stringify(definition), roleArn: ROLE, type: 'EXPRESS' };
  const { stateMachineArn } = await world.api('CreateStateMachine', express);
  world.mocks = parseMockConfig(
    '{"StateMachines":{"x":{"TestCases":{"C":{"A":"R"}}}},"MockedResponses":{"R":{"0":{"Return":"quick"}}}}',
  );
  const answer = await world.api('StartSyncExecution', { stateMachineArn: `${stateMachineArn}#C` });
  expect(answer).toMatchObject({ status: 'SUCCEEDED', output: '"quick"' });
});

test('a test case that is not in the configuration is refused; without a configuration the ARN names nothing', async () => {
  const definition = { StartAt: 'A', States: { A: lambda('real', { End: true }) } };
  const { world, start } = await runCase(definition, { A: { 0: { Return: 1 } } });
  await expect(start('#Other')).rejects.toThrow("no test case 'Other' for the state machine 'm'");
  delete world.mocks;
  expect(await codeOf(start('#Case'))).toBe('StateMachineDoesNotExist');
});

const HOME: Record<string, string> = { partition: 'aws', region: 'us-east-1', account: '123456789012' };

interface Recorded {
  id: string;
  expected: { status: string; events: { id: number; previousEventId: number; type: string }[] };
  mocked_variant?: { definition: object; input: unknown; responses_by_state: Record<string, object> };
}

const RECORDED = new URL('../../../../shared/conformance/aws/execution.local_mocking.json', import.meta.url);
const cases: Recorded[] = existsSync(RECORDED) ? JSON.parse(readFileSync(RECORDED, 'utf8')) : [];

describe.runIf(cases.length > 0)('recorded', () => {
  test.each(cases.map((each) => [each.id, each] as const))('%s', async (_id, { expected, mocked_variant: variant }) => {
    if (variant === undefined) return;
    const text = JSON.stringify(variant.definition);
    const definition = JSON.parse(text.replaceAll(/\$\{(\w+)\}/g, (_all, name) => HOME[name] ?? ''));
    const { outcome } = await runCase(definition, variant.responses_by_state, variant.input);
    expect(outcome.status).toBe(expected.status);
    expect(outcome.chain).toEqual(
      expected.events.map(({ id, previousEventId, type }) => `${id}<${previousEventId} ${type}`),
    );
  });
});
