// D1: one write, one transition. Whoever loses a seq reads back, and nothing in hand is thrown away.
import { describe, expect, test } from 'vitest';
import { readFrom } from '../../../core/store/log.ts';
import { chain, count, mapOf, waitFor } from '../../support/definitions.ts';
import { answersLost, connectionsBroken, throttled } from '../../support/faults.ts';
import { type MemoryWorld, memoryWorld } from '../../support/memory-world.ts';

const CHAIN = chain(5, 'work');
const echo = { work: (payload: never) => payload };
const [every, once, second] = [() => true, (n: number) => n === 1, (n: number) => n % 2 === 0];

async function undisturbed(definition: object, input?: unknown) {
  return await memoryWorld({ work: (payload: never) => payload }).run(definition, input);
}

const seqsAreWhole = async (world: MemoryWorld, run: string) => {
  const records = await readFrom(world, run, 0);
  return records.every(({ seq }, index) => seq === index);
};

describe.each([1, 25])('with transitionsPerMessage %i', (transitionsPerMessage) => {
  test.each([
    ['lost and sent again by the SDK', answersLost(every)],
    ['lost now and then', answersLost(second)],
    ['lost with the connection, at the first record', connectionsBroken(once)],
    ['lost with the connection, at every other record', connectionsBroken(second)],
  ])('D1: a record whose answer was %s is known by its nonce: same history, one call per task', async (_how, table) => {
    const world = memoryWorld(echo, { transitionsPerMessage }, { table });
    const outcome = await world.run(CHAIN, { a: 1 });
    expect(outcome.chain).toEqual((await undisturbed(CHAIN, { a: 1 })).chain);
    expect(outcome.status).toBe('SUCCEEDED');
    expect(world.invocations.get('work')).toBe(5);
  });
});

test.each([1, 25])(
  'D1: throttled writes cost time, never a result or a second call (transitionsPerMessage %i)',
  async (transitionsPerMessage) => {
    const world = memoryWorld(echo, { transitionsPerMessage }, { table: throttled((n) => n % 3 !== 0) });
    const outcome = await world.run(CHAIN, { a: 1 });
    expect(outcome.chain).toEqual((await undisturbed(CHAIN, { a: 1 })).chain);
    expect(world.invocations.get('work')).toBe(5);
  },
);

test.each([1, 25])(
  'D1: two workers on each message at once make each transition once and each call once (transitionsPerMessage %i)',
  async (transitionsPerMessage) => {
    const twice = { batches: (visible: never[]) => visible.flatMap((each) => [[each], [each]]) };
    const world = memoryWorld(echo, { transitionsPerMessage }, twice);
    const creation = await world.start(CHAIN, { a: 1 });
    await world.settle();
    const outcome = await world.outcomeOf(creation);
    expect(outcome.chain).toEqual((await undisturbed(CHAIN, { a: 1 })).chain);
    expect(world.invocations.get('work')).toBe(5);
    expect(await seqsAreWhole(world, creation.run)).toBe(true);
    expect(world.troubles).toEqual([]);
  },
);

test('D1: answers that arrive while others win are applied to the newer state: none is lost, none counts twice', async () => {
  const world: MemoryWorld = memoryWorld(
    { work: (item: number) => world.sleep((item % 7) * 10).then(() => item * 2) },
    { callsPerWorker: 3, transitionsPerMessage: 2 },
    { batches: (visible) => visible.map((each) => [each]) },
  );
  const items = Array.from({ length: 40 }, (_, i) => i);
  const outcome = await world.run(mapOf('work'), items);
  expect(outcome.output).toEqual(items.map((item) => item * 2));
  expect(world.invocations.get('work')).toBe(40);
  expect(count(outcome.chain, 'LambdaFunctionSucceeded')).toBe(40);
});

test('D1: machines whose writes are repeated by the SDK, since an answer was lost, are made and changed once', async () => {
  const world = memoryWorld(
    {},
    {},
    {
      table: (inside) => ({
        ...inside,
        async put(item, condition) {
          const isStored = await inside.put(item, condition);
          return item.pk === 'machines' ? await inside.put(item, condition) : isStored;
        },
      }),
    },
  );
  const roleArn = 'arn:aws:iam::123456789012:role/r';
  const definition = JSON.stringify(waitFor(1));
  const { stateMachineArn } = await world.api('CreateStateMachine', { name: 'm', definition, roleArn });
  const changed = JSON.stringify(waitFor(2));
  await world.api('UpdateStateMachine', { stateMachineArn, definition: changed });
  expect(await world.api('DescribeStateMachine', { stateMachineArn })).toMatchObject({ definition: changed });
  const { executionArn } = await world.api('StartExecution', { stateMachineArn });
  await world.settle();
  expect(await world.api('DescribeExecution', { executionArn })).toMatchObject({ status: 'SUCCEEDED' });
});
