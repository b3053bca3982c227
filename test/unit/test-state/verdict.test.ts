import { describe, expect, test } from 'vitest';
import { EPOCH } from '../../support/memory-world.ts';
import { ROLE, tester } from './tester.ts';

const { ask, world } = tester({
  fails() {
    throw Object.assign(new Error('no'), { name: 'Refused' });
  },
});
const TASK = {
  Type: 'Task',
  Resource: 'arn:aws:states:::sqs:sendMessage',
  Parameters: { QueueUrl: 'q', MessageBody: 'm' },
};
const mock = { errorOutput: { error: 'Refused', cause: 'no' } };

describe('how a failure is handled', () => {
  const Retry = [
    { ErrorEquals: ['Other'], MaxAttempts: 9 },
    { ErrorEquals: ['Refused'], IntervalSeconds: 2, BackoffRate: 3, MaxAttempts: 3, MaxDelaySeconds: 10 },
  ];
  const Catch = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Handle' }];

  test.each([
    ['the first retry waits for its interval', 0, 2],
    ['later ones grow', 1, 6],
    ['up to the longest delay', 2, 10],
  ])('%s', async (_title, retrierRetryCount, retryBackoffIntervalSeconds) => {
    const definition = { ...TASK, Retry, Catch, End: true };
    const tested = await ask({ definition, mock, stateConfiguration: { retrierRetryCount } });
    expect(tested).toMatchObject({ status: 'RETRIABLE', error: 'Refused', cause: 'no' });
    expect(tested.inspectionData?.errorDetails).toEqual({ retryIndex: 1, retryBackoffIntervalSeconds });
    expect(tested).not.toHaveProperty('output');
  });

  test('with no attempt left, a catcher has it', async () => {
    const definition = { ...TASK, Retry, Catch, End: true };
    const tested = await ask({ definition, input: { a: 1 }, mock, stateConfiguration: { retrierRetryCount: 3 } });
    expect(tested).toMatchObject({ status: 'CAUGHT_ERROR', error: 'Refused', cause: 'no', nextState: 'Handle' });
    expect(tested.output).toEqual({ a: 1, error: { Error: 'Refused', Cause: 'no' } });
    expect(tested.inspectionData?.errorDetails).toEqual({ retryIndex: 1, catchIndex: 0 });
  });

  test('nobody handles it: the state has failed', async () => {
    const tested = await ask({ definition: { ...TASK, End: true }, mock });
    expect(tested).toMatchObject({ status: 'FAILED', error: 'Refused', cause: 'no' });
    expect(tested.inspectionData).not.toHaveProperty('errorDetails');
  });

  test('a real function fails like a mocked one', async () => {
    const definition = {
      Type: 'Task',
      Resource: 'arn:aws:lambda:us-east-1:123456789012:function:fails',
      Retry,
      End: true,
    };
    expect(await ask({ definition, roleArn: ROLE })).toMatchObject({ status: 'RETRIABLE', error: 'Refused' });
  });

  test('a JSONata error has no place in its cause, because there is only one', async () => {
    const definition = { Type: 'Pass', QueryLanguage: 'JSONata', Output: '{% $none %}', End: true };
    const { error, cause } = await ask({ definition });
    expect(error).toBe('States.QueryEvaluationError');
    expect(cause).toMatch(/^The JSONata expression '\$none' specified for the field 'Output'/);
  });
});

describe('what is tested', () => {
  const machine = {
    QueryLanguage: 'JSONata',
    StartAt: 'Outer',
    States: {
      Outer: {
        Type: 'Map',
        ItemProcessor: {
          StartAt: 'First',
          States: {
            First: { Type: 'Pass', Output: '{% $states.input + 1 %}', Next: 'Last' },
            Last: { Type: 'Succeed' },
          },
        },
        End: true,
      },
    },
  };

  test('a state inside a Map of a machine, in the language of the machine', async () => {
    const tested = await ask({ definition: machine, stateName: 'First', input: 1 });
    expect(tested).toMatchObject({ status: 'SUCCEEDED', output: 2, nextState: 'Last' });
  });

  test('the branch of a Choice', async () => {
    const Choices = [{ Variable: '$.n', NumericGreaterThan: 1, Next: 'Many' }];
    const definition = { Type: 'Choice', Choices, Default: 'Few' };
    expect((await ask({ definition, input: { n: 2 } })).nextState).toBe('Many');
    expect((await ask({ definition, input: { n: 1 } })).nextState).toBe('Few');
  });

  test('a state that leads back to the start is left like any other', async () => {
    const definition = {
      StartAt: 'A',
      States: {
        A: { Type: 'Pass', Next: 'B' },
        B: { Type: 'Choice', Choices: [{ Variable: '$.x', IsPresent: true, Next: 'A' }], Default: 'C' },
        C: { Type: 'Succeed' },
      },
    };
    expect(await ask({ definition, stateName: 'B', input: { x: 1 } })).toMatchObject({ nextState: 'A' });
  });

  test('a task that waits for its token gets one, and what the mock answers', async () => {
    const Parameters = { QueueUrl: 'q', 'MessageBody.$': '$$.Task.Token' };
    const Resource = 'arn:aws:states:::sqs:sendMessage.waitForTaskToken';
    const definition = { ...TASK, Resource, Parameters, End: true };
    const { output, inspectionData } = await ask({ definition, mock: { result: '"answer"' } });
    expect(output).toBe('answer');
    expect(inspectionData?.afterParameters).toMatchObject({ MessageBody: expect.stringMatching(/./) });
  });

  test('the context object that the caller gives', async () => {
    const context = { Execution: { Name: 'mine' }, State: { RetryCount: 2 } };
    const definition = { ...TASK, ResultSelector: { 'context.$': '$$' }, End: true };
    expect((await ask({ definition, mock: { result: '{}' }, context })).output).toEqual({ context });
  });
});

describe('time', () => {
  test('a Wait is waited for', async () => {
    const tested = ask({ definition: { Type: 'Wait', Seconds: 3, Next: 'After' } });
    await expect.poll(() => world.clock.nextAwaited()).toBe(EPOCH + 3_000);
    world.clock.advanceTo(EPOCH + 3_000);
    expect(await tested).toMatchObject({ status: 'SUCCEEDED', nextState: 'After' });
  });

  test('a test is over after five minutes', async () => {
    const start = world.clock.now();
    const tested = ask({ definition: { Type: 'Wait', Seconds: 301, End: true } });
    await expect.poll(() => world.clock.nextAwaited()).toBe(start + 300_000);
    world.clock.advanceTo(start + 300_000);
    expect(await tested).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  });
});
