// D5: an accepted call is a committed call. What StopExecution and StartExecution answered stays true.
import { describe, expect, test } from 'vitest';
import { chain, mapOf } from '../../support/definitions.ts';
import { EPOCH, type MemoryWorld, memoryWorld } from '../../support/memory-world.ts';

describe.each([1, 25])('with transitionsPerMessage %i', (transitionsPerMessage) => {
  test.each([
    ['in the middle of a call', chain(2, 'work'), {}, 1_000],
    ['inside a Map', mapOf('work'), [1, 2, 3, 4], 1_000],
    ['before its first step', chain(2, 'work'), {}, undefined],
  ])(
    'D5: an execution stopped %s is ABORTED from the answer on, and no event follows',
    async (_when, definition, input, after) => {
      const world: MemoryWorld = memoryWorld({ work: () => world.sleep(5_000) }, { transitionsPerMessage });
      const creation = await world.start(definition, input);
      if (after !== undefined) await world.pass(after);
      const { executionArn } = creation;
      const stopped = await world.api('StopExecution', { executionArn, error: 'Enough', cause: 'of this' });
      const described = await world.api('DescribeExecution', { executionArn });
      expect(described).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'of this', ...stopped });
      expect(stopped.stopDate).toBe((EPOCH + (after ?? 0)) / 1000);
      const before = await world.outcomeOf(creation);
      expect(before.chain.at(-1)).toBe(`${before.chain.length}<0 ExecutionAborted`);
      await world.settle();
      expect(await world.outcomeOf(creation)).toEqual(before);
      expect(await world.api('StopExecution', { executionArn })).toEqual(stopped);
      expect(world.invocations.get('work') ?? 0).toBeLessThanOrEqual(after === undefined ? 0 : 4);
      expect(world.troubles).toEqual([]);
    },
  );
});

test('D5: a stop whose worker died after it was accepted for sending still stops the execution', async () => {
  let isDown = false;
  const world: MemoryWorld = memoryWorld(
    { work: () => world.sleep(20_000) },
    {},
    {
      table: (inside) => ({
        ...inside,
        async put(item, condition) {
          if (isDown) throw new Error('ThrottlingException: Rate exceeded');
          return await inside.put(item, condition);
        },
      }),
    },
  );
  const creation = await world.start(chain(1, 'work'));
  await world.pass(1_000);
  isDown = true;
  await expect(world.api('StopExecution', { executionArn: creation.executionArn })).rejects.toThrow();
  isDown = false;
  await world.settle();
  expect(await world.outcomeOf(creation)).toMatchObject({ status: 'ABORTED', stopDate: EPOCH + 11_000 });
});

test('D5: one name started 64 times at once is one execution, the same in every answer', async () => {
  const world = memoryWorld({ work: () => 'once' });
  const machine = {
    name: 'm',
    definition: JSON.stringify(chain(1, 'work')),
    roleArn: 'arn:aws:iam::123456789012:role/r',
  };
  const { stateMachineArn } = await world.api('CreateStateMachine', machine);
  const starts = Array.from({ length: 64 }, () =>
    world.api('StartExecution', { stateMachineArn, name: 'one', input: '{}' }),
  );
  const answers = await Promise.all(starts);
  await world.settle();
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(world.invocations.get('work')).toBe(1);
  const { executions } = await world.api('ListExecutions', { stateMachineArn });
  expect(executions).toMatchObject([{ name: 'one', status: 'SUCCEEDED' }]);
  expect(world.troubles).toEqual([]);
});

test('D5: a start that was sent but never took its name still becomes an execution', async () => {
  let isDown = true;
  const world = memoryWorld(
    { work: () => 'done' },
    {},
    {
      table: (inside) => ({
        ...inside,
        async put(item, condition) {
          if (isDown && item.pk.startsWith('name#')) throw new Error('ThrottlingException: Rate exceeded');
          return await inside.put(item, condition);
        },
      }),
    },
  );
  await expect(world.start(chain(1, 'work'), {}, 'one')).rejects.toThrow();
  isDown = false;
  await world.settle();
  expect(world.invocations.get('work')).toBe(1);
});

test.each([
  { how: 'at once', after: 0 },
  { how: 'late, when its insurance is there already', after: 20_000 },
])(
  'D5: a task that was taken $how by a worker lost before its timer was sent times out all the same',
  async ({ after }) => {
    let isTaken = false;
    const world = memoryWorld(
      {},
      {},
      {
        table: (inside) => ({
          ...inside,
          async put(item, condition) {
            if (isTaken && after > 0) await world.pass(after);
            return await inside.put(item, condition);
          },
        }),
        queue: (inside) => ({
          ...inside,
          async send(messages) {
            const kinds = messages.map(({ body }) => JSON.parse(body).kind);
            if (isTaken && kinds.includes('timer')) throw new Error('SQS is down');
            isTaken ||= kinds.includes('taken');
            await inside.send(messages);
          },
        }),
      },
    );
    const { activityArn } = await world.api('CreateActivity', { name: 'work' });
    const Wait = { Type: 'Task', Resource: activityArn, TimeoutSeconds: 60, End: true };
    const creation = await world.start({ StartAt: 'Wait', States: { Wait } });
    await world.pass(1_000);
    await expect(world.api('GetActivityTask', { activityArn })).rejects.toThrow();
    isTaken = false;
    await world.settle();
    expect(await world.outcomeOf(creation)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  },
);
