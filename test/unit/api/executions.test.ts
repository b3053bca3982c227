import { describe, expect, test } from 'vitest';
import { memoryWorld } from '../../support/memory-world.ts';
import { answer, apiWorld, call, newMachine, PASS, PREFIX, ROLE, refusal, START, type TestWorld } from './world.ts';

const ARN = `${PREFIX}stateMachine:machine`;
const EXECUTION = `${PREFIX}execution:machine:first`;
const SLOW = JSON.stringify({ StartAt: 'A', States: { A: { Type: 'Wait', Seconds: 9_999, End: true } } });

/** A world with a machine whose executions wait until they are stopped. */
async function slowWorld(): Promise<TestWorld> {
  const world = apiWorld();
  await newMachine(world, 'machine', { definition: SLOW });
  return world;
}

const start = (world: TestWorld, more: object = {}) =>
  answer(world, 'StartExecution', { stateMachineArn: ARN, name: 'first', ...more });

const stop = (world: TestWorld, more: object = {}) =>
  answer(world, 'StopExecution', { executionArn: EXECUTION, ...more });

describe('StartExecution', () => {
  test('gives the ARN and the start date, and DescribeExecution the rest', async () => {
    const world = await slowWorld();
    expect(await start(world, { input: '{"a":1}' })).toEqual({ executionArn: EXECUTION, startDate: START / 1000 });
    expect(await answer(world, 'DescribeExecution', { executionArn: EXECUTION })).toEqual({
      executionArn: EXECUTION,
      stateMachineArn: ARN,
      name: 'first',
      status: 'RUNNING',
      startDate: START / 1000,
      input: '{"a":1}',
      inputDetails: { included: true },
      redriveCount: 0,
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: 'Execution is RUNNING and cannot be redriven',
    });
  });

  test('without a name makes one up, and without input gives an empty object', async () => {
    const world = await slowWorld();
    const { executionArn } = await answer(world, 'StartExecution', { stateMachineArn: ARN });
    expect(executionArn).toMatch(/:execution:machine:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect((await answer(world, 'DescribeExecution', { executionArn })).input).toBe('{}');
  });

  test('with the same name and input gives the open execution again', async () => {
    const world = await slowWorld();
    const first = await start(world);
    world.clock.advanceTo(START + 5_000);
    expect(await start(world)).toEqual(first);
  });

  test.each([
    ['another input while it is open', { input: '[]' }, false],
    ['the same input once it has ended', {}, true],
  ])('with the same name and %s is refused', async (_title, more, ended) => {
    const world = await slowWorld();
    await start(world);
    if (ended) await stop(world);
    const again = await call(world, 'StartExecution', { stateMachineArn: ARN, name: 'first', ...more });
    expect(again).toMatchObject({
      __type: 'ExecutionAlreadyExists',
      message: `Execution Already Exists: '${EXECUTION}'`,
    });
  });

  test('64 times at once with one name makes one execution', async () => {
    const world = await slowWorld();
    const answers = await Promise.all(Array.from({ length: 64 }, () => start(world)));
    expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1);
    expect((await answer(world, 'ListExecutions', { stateMachineArn: ARN })).executions).toHaveLength(1);
  });

  test('of an Express machine is never the same twice', async () => {
    const world = apiWorld();
    await newMachine(world, 'machine', { type: 'EXPRESS' });
    const [first, second] = [await start(world), await start(world)];
    expect(first.executionArn).toMatch(/:express:machine:first:[0-9a-f-]{36}$/);
    expect(second.executionArn).not.toBe(first.executionArn);
  });

  test.each([
    ['{', /^InvalidExecutionInput: Invalid State Machine Execution Input: '/],
    ['', /^InvalidExecutionInput: /],
    [JSON.stringify('é'.repeat(200_000)), /^InvalidExecutionInput: /],
    [
      JSON.stringify('e'.repeat(262_143)),
      /^ValidationException: 1 validation error detected: Value at 'input' failed to satisfy constraint: Member must have length less than or equal to 262144$/,
    ],
  ])('refuses input that is no JSON or too long', async (input, expected) => {
    expect(await refusal(await slowWorld(), 'StartExecution', { stateMachineArn: ARN, input })).toMatch(expected);
  });

  test('of an alias runs a version and remembers both', async () => {
    const world = apiWorld();
    await newMachine(world, 'machine', { definition: SLOW, publish: true });
    const routingConfiguration = [{ stateMachineVersionArn: `${ARN}:1`, weight: 100 }];
    await answer(world, 'CreateStateMachineAlias', { name: 'prod', routingConfiguration });
    await answer(world, 'UpdateStateMachine', { stateMachineArn: ARN, definition: PASS });
    await start(world, { stateMachineArn: `${ARN}:prod` });
    expect(await answer(world, 'DescribeExecution', { executionArn: EXECUTION })).toMatchObject({
      stateMachineArn: ARN,
      stateMachineVersionArn: `${ARN}:1`,
      stateMachineAliasArn: `${ARN}:prod`,
    });
    expect(await answer(world, 'DescribeStateMachineForExecution', { executionArn: EXECUTION })).toMatchObject({
      stateMachineArn: ARN,
      definition: SLOW,
    });
  });
});

describe('StopExecution', () => {
  test('aborts with error and cause, and once is enough', async () => {
    const world = await slowWorld();
    await start(world);
    world.clock.advanceTo(START + 5_000);
    const stopped = { stopDate: START / 1000 + 5 };
    expect(await stop(world, { error: 'Enough', cause: 'of that' })).toEqual(stopped);
    world.clock.advanceTo(START + 9_000);
    expect(await stop(world, { error: 'Again' })).toEqual(stopped);
    expect(await answer(world, 'DescribeExecution', { executionArn: EXECUTION })).toMatchObject({
      ...stopped,
      status: 'ABORTED',
      error: 'Enough',
      cause: 'of that',
      redriveStatus: 'REDRIVABLE',
    });
  });
});

describe('GetExecutionHistory', () => {
  test('pages forwards and backwards over the same events', async () => {
    const world = await slowWorld();
    await start(world);
    await stop(world);
    const ids = async (reverseOrder: boolean) => {
      const found: number[] = [];
      let nextToken: string | undefined;
      do {
        const input = { executionArn: EXECUTION, reverseOrder, maxResults: 1, nextToken };
        const page = await answer(world, 'GetExecutionHistory', input);
        found.push(...page.events.map(({ id }: { id: number }) => id));
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      return found;
    };
    const forwards = await ids(false);
    expect(forwards).toEqual(forwards.map((_, index) => index + 1));
    expect(await ids(true)).toEqual(forwards.toReversed());
  });

  test('has times in seconds, and no payloads when they are not wanted', async () => {
    const world = await slowWorld();
    await start(world);
    await stop(world);
    const input = { executionArn: EXECUTION, maxResults: 1, includeExecutionData: false };
    const { events } = await answer(world, 'GetExecutionHistory', input);
    expect(events).toEqual([
      {
        id: 1,
        previousEventId: 0,
        timestamp: START / 1000,
        type: 'ExecutionStarted',
        executionStartedEventDetails: { roleArn: ROLE },
      },
    ]);
  });

  test('without payloads has neither arguments nor variables', async () => {
    const world = memoryWorld({});
    const Parameters = { StateMachineArn: `${PREFIX}stateMachine:none`, Input: { secret: 1 } };
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'B' }];
    const creation = await world.start({
      StartAt: 'A',
      States: {
        A: { Type: 'Task', Resource: 'arn:aws:states:::states:startExecution', Parameters, Catch, Next: 'B' },
        B: { Type: 'Pass', Assign: { secret: 1 }, End: true },
      },
    });
    await world.settle();
    const input = { executionArn: creation.executionArn, includeExecutionData: false };
    const { events } = await answer(world, 'GetExecutionHistory', input);
    const details = (type: string) => events.find((event: { type: string }) => event.type === type);
    expect(details('TaskScheduled').taskScheduledEventDetails).toEqual({
      resourceType: 'states',
      resource: 'startExecution',
      region: expect.any(String),
    });
    expect(details('PassStateExited').stateExitedEventDetails).toEqual({ name: 'B' });
  });
});

describe('ListExecutions', () => {
  const namesOf = async (world: TestWorld, more: object = {}): Promise<string[]> =>
    (await answer(world, 'ListExecutions', { stateMachineArn: ARN, ...more })).executions.map(
      ({ name }: { name: string }) => name,
    );

  async function threeExecutions(): Promise<TestWorld> {
    const world = apiWorld();
    await newMachine(world, 'machine', { definition: SLOW, publish: true });
    for (const [name, stateMachineArn] of [
      ['first', ARN],
      ['second', `${ARN}:1`],
      ['third', ARN],
    ]) {
      await start(world, { name, stateMachineArn });
      world.clock.advanceTo(world.clock.now() + 1_000);
    }
    return world;
  }

  test('gives the newest first, page by page', async () => {
    const world = await threeExecutions();
    const page = { stateMachineArn: ARN, maxResults: 2 };
    const { executions, nextToken } = await answer(world, 'ListExecutions', page);
    expect(executions.map(({ name }: { name: string }) => name)).toEqual(['third', 'second']);
    expect(await namesOf(world, { nextToken })).toEqual(['first']);
  });

  test('gives those of a version only', async () => {
    expect(await namesOf(await threeExecutions(), { stateMachineArn: `${ARN}:1`, maxResults: 1 })).toEqual(['second']);
  });

  test.each([
    [{}, /^ValidationException/],
    [{ stateMachineArn: 'x' }, "InvalidArn: Invalid Arn: 'Invalid ARN prefix: x'"],
    [{ stateMachineArn: ARN, statusFilter: 'PENDING_REDRIVE' }, /^ValidationException/],
    [
      { stateMachineArn: ARN, statusFilter: 'running' },
      "ValidationException: 1 validation error detected: Value 'running' at 'statusFilter' failed to satisfy constraint: Member must satisfy enum value set: [SUCCEEDED, TIMED_OUT, PENDING_REDRIVE, ABORTED, FAILED, RUNNING]",
    ],
  ])('%j is refused', async (input, expected) => {
    expect(await refusal(await slowWorld(), 'ListExecutions', input)).toMatch(expected);
  });

  test('of an Express machine is refused', async () => {
    const world = apiWorld();
    await newMachine(world, 'machine', { type: 'EXPRESS' });
    expect(await refusal(world, 'ListExecutions', { stateMachineArn: ARN })).toBe(
      'StateMachineTypeNotSupported: This operation is not supported by this type of state machine',
    );
  });
});

describe('executions', () => {
  test.each(['DescribeExecution', 'StopExecution', 'GetExecutionHistory', 'DescribeStateMachineForExecution'])(
    '%s knows which executions there are, and that Express has none to show',
    async (action) => {
      const world = await slowWorld();
      expect(await refusal(world, action, { executionArn: EXECUTION })).toBe(
        `ExecutionDoesNotExist: Execution Does Not Exist: '${EXECUTION}'`,
      );
      expect(await refusal(world, action, { executionArn: `${PREFIX}express:machine:first:id` })).toBe(
        "InvalidArn: Invalid Arn: 'Resource type not valid in this context: express'",
      );
    },
  );
});

describe('DeleteStateMachine', () => {
  const remove = (world: TestWorld) => answer(world, 'DeleteStateMachine', { stateMachineArn: ARN });

  test('removes a machine at once when nothing of it runs, and twice without complaint', async () => {
    const world = await slowWorld();
    for (const _ of [1, 2]) expect(await remove(world)).toEqual({});
    expect(await answer(world, 'ListStateMachines')).toEqual({ stateMachines: [] });
  });

  test('lets running executions end first', async () => {
    const world = await slowWorld();
    await start(world);
    await remove(world);
    expect((await answer(world, 'DescribeStateMachine', { stateMachineArn: ARN })).status).toBe('DELETING');
    for (const [action, input] of [
      ['StartExecution', { stateMachineArn: ARN }],
      ['UpdateStateMachine', { stateMachineArn: ARN, definition: PASS }],
      ['PublishStateMachineVersion', { stateMachineArn: ARN }],
      ['CreateStateMachine', { name: 'machine', definition: SLOW, roleArn: ROLE }],
    ] as const)
      expect(await refusal(world, action, input)).toMatch(/^StateMachineDeleting/);
    await stop(world);
    expect(await refusal(world, 'DescribeStateMachine', { stateMachineArn: ARN })).toMatch(/^StateMachineDoesNotExist/);
    const { definition } = await answer(world, 'DescribeStateMachineForExecution', { executionArn: EXECUTION });
    expect(definition).toBe(SLOW);
  });

  test('frees the name as soon as the last execution has ended', async () => {
    const world = await slowWorld();
    await start(world);
    await remove(world);
    await stop(world);
    await newMachine(world, 'machine', { definition: PASS });
    expect((await answer(world, 'DescribeStateMachine', { stateMachineArn: ARN })).status).toBe('ACTIVE');
  });

  test('leaves nothing to the next machine of the name', async () => {
    const world = apiWorld();
    await newMachine(world, 'machine', { definition: SLOW, publish: true });
    const routingConfiguration = [{ stateMachineVersionArn: `${ARN}:1`, weight: 100 }];
    await answer(world, 'CreateStateMachineAlias', { name: 'prod', routingConfiguration });
    await start(world);
    await stop(world);
    await remove(world);
    world.clock.advanceTo(START + 1_000);
    await newMachine(world, 'machine', { definition: PASS });
    const input = { stateMachineArn: ARN };
    expect((await answer(world, 'ListStateMachineVersions', input)).stateMachineVersions).toEqual([]);
    expect((await answer(world, 'ListStateMachineAliases', input)).stateMachineAliases).toEqual([]);
    expect((await answer(world, 'ListExecutions', input)).executions).toEqual([]);
    expect((await answer(world, 'DescribeStateMachine', input)).definition).toBe(PASS);
    expect(await answer(world, 'DescribeStateMachineForExecution', { executionArn: EXECUTION })).toMatchObject({
      definition: SLOW,
    });
  });
});
