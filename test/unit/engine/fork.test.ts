// A fork begins at a state of an execution's outermost scope with what the original had there, and leaves the original alone.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Creation } from '../../../core/execution.ts';
import { type MemoryWorld, memoryWorld } from '../../support/memory-world.ts';

/** Counts to three with a variable, asks twice, fails at the end. */
const COUNTING = {
  QueryLanguage: 'JSONata',
  StartAt: 'Begin',
  States: {
    Begin: { Type: 'Pass', Assign: { n: 1, who: '{% $states.input.who %}' }, Next: 'Count' },
    Count: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: 'count', Payload: { n: '{% $n %}' } },
      Assign: { n: '{% $n + 1 %}' },
      Output: '{% {"counted": $n} %}',
      Next: 'Again',
    },
    Again: { Type: 'Choice', Choices: [{ Condition: '{% $n <= 3 %}', Next: 'Count' }], Default: 'Both' },
    Both: {
      Type: 'Parallel',
      Branches: [
        { StartAt: 'Left', States: { Left: { Type: 'Pass', Assign: { m: 100 }, End: true } } },
        { StartAt: 'Right', States: { Right: { Type: 'Pass', End: true } } },
      ],
      Output: '{% $states.input %}',
      Next: 'Tell',
    },
    Tell: {
      Type: 'Pass',
      Output: '{% {"n": $n, "who": $who, "in": $states.input, "began": $states.context.Execution.Input} %}',
      Next: 'Break',
    },
    Break: {
      Type: 'Choice',
      Choices: [
        { Condition: '{% $who = "good" %}', Next: 'Well' },
        { Condition: '{% $who = "ugly" %}', Next: 'Unreached' },
      ],
      Default: 'Badly',
    },
    Badly: { Type: 'Fail', Error: 'Bad' },
    Well: { Type: 'Succeed' },
    Unreached: { Type: 'Pass', Output: '{% {"n": $n, "given": $states.input} %}', End: true },
  },
};

let world: MemoryWorld;
let original: Creation;
let before: string;

beforeEach(async () => {
  world = memoryWorld({ count: ({ n }: { n: number }) => n, work: (payload: never) => payload });
  original = await world.start(COUNTING, { who: 'bad' }, 'first');
  await world.settle();
  before = JSON.stringify(await world.outcomeOf(original));
});

async function fork(request: object) {
  const { executionArn } = await world.api('Stepwell.ForkExecution', {
    executionArn: original.executionArn,
    ...request,
  });
  await world.settle();
  const { status, output, error } = await world.api('DescribeExecution', { executionArn });
  const { events } = await world.api('GetExecutionHistory', { executionArn });
  return {
    executionArn: String(executionArn),
    status,
    error,
    output: output === undefined ? undefined : JSON.parse(String(output)),
    events: events as Record<string, unknown>[],
  };
}

describe('a fork', () => {
  test('begins with the input and the variables of the last time the original entered the state', async () => {
    const { status, error, events } = await fork({ stateName: 'Tell' });
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'Bad' });
    expect(events[2]).toMatchObject({
      type: 'PassStateExited',
      stateExitedEventDetails: {
        output: JSON.stringify({ n: 4, who: 'bad', in: { counted: 3 }, began: { who: 'bad' } }),
      },
    });
  });

  test('changes nothing of the original, and says where it came from beside what clients of AWS know', async () => {
    const { events } = await fork({ stateName: 'Tell' });
    expect(JSON.stringify(await world.outcomeOf(original))).toBe(before);
    const { events: old } = await world.api('GetExecutionHistory', { executionArn: original.executionArn });
    const entered = (old as typeof events).find(
      ({ stateEnteredEventDetails }) => (stateEnteredEventDetails as { name?: string })?.name === 'Tell',
    );
    const [started, first] = events;
    expect(started).toMatchObject({
      type: 'ExecutionStarted',
      executionStartedEventDetails: {
        input: '{"who":"bad"}',
        forkedFrom: { executionArn: original.executionArn, eventId: entered?.id },
      },
    });
    expect(first).toMatchObject({ id: 2, previousEventId: 0, type: 'PassStateEntered' });
  });

  test('takes other variables and another input', async () => {
    const { status, output } = await fork({
      stateName: 'Tell',
      input: '{"fixed":1.0}',
      variables: '{"who":"good"}',
    });
    expect({ status, output }).toEqual({
      status: 'SUCCEEDED',
      output: { n: 4, who: 'good', in: { fixed: 1 }, began: { who: 'bad' } },
    });
  });

  test('begins at an earlier visit of the state when its event is named', async () => {
    const { events } = await world.api('GetExecutionHistory', { executionArn: original.executionArn });
    const visits = (events as { id: number; stateEnteredEventDetails?: { name: string } }[]).filter(
      ({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name === 'Count',
    );
    expect(visits).toHaveLength(3);
    const calls = world.invocations.get('count')!;
    await fork({ stateName: 'Count', eventId: visits[1]?.id });
    expect(world.invocations.get('count')! - calls).toBe(2);
    await fork({ stateName: 'Count' });
    expect(world.invocations.get('count')! - calls).toBe(3);
  });

  test('at the first state with another input is an execution with that input', async () => {
    const { output } = await fork({ stateName: 'Begin', input: '{"who":"good"}' });
    expect(output).toMatchObject({ n: 4, began: { who: 'good' } });
  });

  test('at a state that was never entered needs an input, and has the variables of the end', async () => {
    await expect(fork({ stateName: 'Unreached' })).rejects.toThrow(
      "The original never entered the state 'Unreached': say its input",
    );
    expect((await fork({ stateName: 'Unreached', input: '[7]' })).output).toEqual({ n: 4, given: [7] });
  });

  test('can begin at the state that another fork began at', async () => {
    const { executionArn } = await fork({ stateName: 'Tell', variables: '{"who":"nobody"}' });
    const { events } = await fork({ executionArn, stateName: 'Tell', variables: '{"n":0}' });
    expect(JSON.stringify(events[2])).toContain('\\"n\\":0,\\"who\\":\\"nobody\\"');
  });

  test('runs the definition of the original, or the one of today', async () => {
    const fixed = { ...COUNTING, States: { ...COUNTING.States, Badly: { Type: 'Succeed' } } };
    const { machineArn: stateMachineArn } = original;
    await world.api('UpdateStateMachine', { stateMachineArn, definition: JSON.stringify(fixed) });
    expect((await fork({ stateName: 'Break' })).status).toBe('FAILED');
    expect((await fork({ stateName: 'Break', latestDefinition: true })).status).toBe('SUCCEEDED');
  });

  test('can be redriven like any other execution', async () => {
    const { executionArn } = await fork({ stateName: 'Tell' });
    await world.api('RedriveExecution', { executionArn });
    await world.settle();
    expect(await world.api('DescribeExecution', { executionArn })).toMatchObject({ status: 'FAILED', redriveCount: 1 });
  });

  test('has the name it is given, else one that begins with that of the original', async () => {
    expect((await fork({ stateName: 'Tell' })).executionArn).toMatch(/:first-fork-[0-9a-f]{12}$/);
    expect((await fork({ stateName: 'Tell', name: 'second' })).executionArn).toMatch(/:second$/);
    await expect(fork({ stateName: 'Break', name: 'second' })).rejects.toThrow('Execution Already Exists');
  });

  test.each([
    ['no such state', { stateName: 'Nowhere' }, "There is no state 'Nowhere' in the definition"],
    ['a state inside another', { stateName: 'Left' }, /'Left' is inside the state 'Both'.*: fork from 'Both'/],
    [
      'an event of another state',
      { stateName: 'Tell', eventId: 1 },
      "Event 1 of the original does not enter the state 'Tell'",
    ],
    ['an input that is no JSON', { stateName: 'Tell', input: '{' }, 'Invalid State Machine Execution Input'],
    ['variables that are no object', { stateName: 'Tell', variables: '[]' }, 'The variables are no JSON object'],
    [
      'an execution that there is not',
      { executionArn: 'arn:aws:states:us-east-1:123456789012:execution:m:x', stateName: 'Tell' },
      'Execution Does Not Exist',
    ],
  ])('is refused for %s', async (_what, request, message) => {
    await expect(fork(request)).rejects.toThrow(message);
  });
});
