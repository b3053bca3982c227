// StartExecution of an Express machine: begun with a message, run by whoever receives it, told to nobody.
import { expect, test } from 'vitest';
import { chain, single, task } from '../../support/definitions.ts';
import { createExpress, memoryWorld } from './express.ts';

test('it is accepted at once and runs from the queue', async () => {
  const world = memoryWorld({ f: () => 1 });
  const stateMachineArn = await createExpress(world, chain(3, 'f'));
  const { executionArn, startDate } = await world.api('StartExecution', { stateMachineArn, name: 'mine' });
  expect(executionArn).toMatch(/^arn:aws:states:us-east-1:123456789012:express:express:mine:[\w-]{36}$/);
  expect(startDate).toBe(world.clock.now() / 1000);
  expect(world.invocations.get('f')).toBeUndefined();
  await world.settle();
  expect(world.invocations.get('f')).toBe(3);
});

test('the same name with the same input runs once more, every time', async () => {
  const world = memoryWorld({ f: () => 1 });
  const stateMachineArn = await createExpress(world, chain(1, 'f'));
  const start = () => world.api('StartExecution', { stateMachineArn, name: 'same', input: '{}' });
  const arns = new Set([await start(), await start(), await start()].map(({ executionArn }) => executionArn));
  await world.settle();
  expect(arns.size).toBe(3);
  expect(world.invocations.get('f')).toBe(3);
});

test('one whose worker is lost runs again from its first state', async () => {
  const world = memoryWorld({ first: () => 1, second: () => world.sleep(10_000) });
  const States = { First: task('first', { Next: 'Second' }), Second: task('second') };
  const stateMachineArn = await createExpress(world, { StartAt: 'First', States });
  await world.api('StartExecution', { stateMachineArn });
  await world.pass(5_000);
  world.crash();
  await world.settle();
  expect(Object.fromEntries(world.invocations)).toEqual({ first: 2, second: 2 });
});

test('its five minutes count from its own beginning, not from the request', async () => {
  const world = memoryWorld({ first: () => 1, second: () => world.sleep(200_000), third: () => 1 });
  const States = {
    First: task('first', { Next: 'Second' }),
    Second: task('second', { Next: 'Third' }),
    Third: task('third'),
  };
  const stateMachineArn = await createExpress(world, { StartAt: 'First', States });
  await world.api('StartExecution', { stateMachineArn });
  world.clock.advanceTo(world.clock.now() + 400_000);
  await world.settle();
  expect(world.invocations.get('third')).toBe(1);
});

test('what fails is over: the message does not come back', async () => {
  const world = memoryWorld();
  const stateMachineArn = await createExpress(world, single({ Type: 'Fail', Error: 'Custom' }));
  await world.api('StartExecution', { stateMachineArn });
  await world.settle();
  expect(world.troubles).toEqual([]);
  expect(world.delivered).toHaveLength(1);
});

test.each(['DescribeExecution', 'GetExecutionHistory', 'StopExecution', 'DescribeStateMachineForExecution'])(
  '%s does not know Express executions',
  async (action) => {
    const world = memoryWorld();
    const stateMachineArn = await createExpress(world, single({ Type: 'Succeed' }));
    const { executionArn } = await world.api('StartExecution', { stateMachineArn });
    await expect(world.api(action, { executionArn })).rejects.toMatchObject({
      name: 'InvalidArn',
      message: "Invalid Arn: 'Resource type not valid in this context: express'",
    });
  },
);

test('ListExecutions does not know Express machines', async () => {
  const world = memoryWorld();
  const stateMachineArn = await createExpress(world, single({ Type: 'Succeed' }));
  await expect(world.api('ListExecutions', { stateMachineArn })).rejects.toMatchObject({
    name: 'StateMachineTypeNotSupported',
    message: 'This operation is not supported by this type of state machine',
  });
});
