// Messages of a queue become executions: one each, or one per batch; never twice, and never none without the message
// coming back.
import { describe, expect, test } from 'vitest';
import { createStartFromSqsHandler } from '../../../handlers/start-from-sqs.ts';
import { memoryWorld } from '../../support/memory-world.ts';
import { executionsOf, machineWith, QUEUE, sqsRecord } from '../../support/triggers.ts';

const A = '059f36b4-87a3-44ab-83d2-661975830a7d';
const B = '2e1424d4-f796-459a-8184-9c92662be6da';
const C = '7c3b0f2c-1111-4a44-9d3e-000000000003';

async function setup(source: object = {}, queue = QUEUE) {
  const world = memoryWorld();
  const machine = await machineWith(world, 'orders', { sqs: { queue, ...source } });
  const troubles: string[] = [];
  const handler = createStartFromSqsHandler(world, (trouble) => troubles.push((trouble as Error).message));
  const receive = async (...Records: ReturnType<typeof sqsRecord>[]) =>
    (await handler({ Records }, {})).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  return { world, machine, troubles, receive };
}

describe('one message, one execution', () => {
  test('is named after the message and gets what Pipes gives: an array with the record', async () => {
    const { world, machine, receive } = await setup();
    const [a, b] = [sqsRecord(A, '{"id":1}'), sqsRecord(B, 'no JSON at all')];
    expect(await receive(a, b)).toEqual([]);
    expect(await executionsOf(world, machine)).toEqual([
      { name: A, input: [a], status: 'SUCCEEDED' },
      { name: B, input: [b], status: 'SUCCEEDED' },
    ]);
  });

  test('a message that comes again starts nothing new, whether its execution runs or has ended', async () => {
    const { world, machine, receive } = await setup();
    await receive(sqsRecord(A, '1'));
    const again = sqsRecord(A, '1', { receiptHandle: 'another' });
    expect(await receive(again)).toEqual([]);
    await world.settle();
    expect(await receive(again)).toEqual([]);
    expect(await executionsOf(world, machine)).toHaveLength(1);
  });

  test('an input of the trigger sees the body parsed if it is JSON, as text if not', async () => {
    const { world, machine, receive } = await setup({ input: { order: '{% $states.input.body %}', from: 'queue' } });
    await receive(sqsRecord(A, '{"id":7}'), sqsRecord(B, 'plain'));
    expect((await executionsOf(world, machine)).map(({ input }) => input)).toEqual([
      { order: { id: 7 }, from: 'queue' },
      { order: 'plain', from: 'queue' },
    ]);
  });

  test('every machine that listens to the queue starts', async () => {
    const { world, machine, receive } = await setup();
    const other = await machineWith(world, 'audit', { sqs: { queue: QUEUE } });
    expect(await receive(sqsRecord(A, '1'))).toEqual([]);
    expect(await executionsOf(world, machine)).toHaveLength(1);
    expect(await executionsOf(world, other)).toHaveLength(1);
  });
});

describe('a message that cannot start an execution', () => {
  test('comes again alone, with a sentence about why', async () => {
    const { world, machine, troubles, receive } = await setup();
    const large = sqsRecord(B, 'x'.repeat(262_144));
    expect(await receive(sqsRecord(A, '1'), large)).toEqual([B]);
    expect(await executionsOf(world, machine)).toHaveLength(1);
    expect(troubles).toEqual([
      `Trigger orders/it cannot start an execution for message ${B} of ${QUEUE}: ValidationException: 1 validation ` +
        "error detected: Value at 'input' failed to satisfy constraint: Member must have length less than or equal to 262144",
    ]);
  });

  test('comes again while its machine is gone, and starts it once it is back', async () => {
    const { world, machine, troubles, receive } = await setup();
    await world.api('DeleteStateMachine', { stateMachineArn: machine });
    expect(await receive(sqsRecord(A, '1'))).toEqual([A]);
    expect(troubles[0]).toContain(`StateMachineDoesNotExist: State Machine Does Not Exist: '${machine}'`);
    await machineWith(world, 'orders', { sqs: { queue: QUEUE } });
    expect(await receive(sqsRecord(A, '1'))).toEqual([]);
  });

  test('comes again where no trigger listens to its queue', async () => {
    const { troubles, receive } = await setup({}, `${QUEUE}-of-others`);
    expect(await receive(sqsRecord(A, '1'))).toEqual([A]);
    expect(troubles).toEqual([`No trigger of any state machine listens to ${QUEUE}.`]);
  });

  test('comes again when its input fails', async () => {
    const { troubles, receive } = await setup({ input: '{% $states.input.body.nowhere %}' });
    expect(await receive(sqsRecord(A, '{}'))).toEqual([A]);
    expect(troubles[0]).toContain('returned nothing (undefined)');
  });

  test.each([
    ['of a FIFO queue takes those after it in its message group with it', `${QUEUE}.fifo`, [A, B]],
    ['of another queue takes none with it', QUEUE, [A]],
  ])('%s', async (_title, eventSourceARN, expected) => {
    const { receive } = await setup({}, eventSourceARN);
    const inGroup = (id: string, body: string, MessageGroupId: string) => {
      const record = sqsRecord(id, body, { eventSourceARN });
      return { ...record, attributes: { ...record.attributes, MessageGroupId } };
    };
    const failed = await receive(
      inGroup(A, 'x'.repeat(262_144), 'red'),
      inGroup(B, '1', 'red'),
      inGroup(C, '1', 'blue'),
    );
    expect(failed).toEqual(expected);
  });
});

describe('one execution per batch', () => {
  const perBatch = { executionPer: 'batch' };

  test('gets all its records, in their order', async () => {
    const { world, machine, receive } = await setup(perBatch);
    const [a, b] = [sqsRecord(A, '1'), sqsRecord(B, '2')];
    expect(await receive(b, a)).toEqual([]);
    const [execution, ...more] = await executionsOf(world, machine);
    expect(more).toEqual([]);
    expect(execution).toMatchObject({ input: [b, a], status: 'SUCCEEDED' });
    expect(execution!.name).toMatch(/^batch-[0-9a-f]{32}$/);
  });

  test('gets an array of what the trigger makes of each', async () => {
    const { world, machine, receive } = await setup({ ...perBatch, input: '{% $states.input.body.id %}' });
    await receive(sqsRecord(A, '{"id":1}'), sqsRecord(B, '{"id":2}'));
    expect((await executionsOf(world, machine)).map(({ input }) => input)).toEqual([[1, 2]]);
  });

  test('messages that come again in another batch are in no second execution', async () => {
    const { world, machine, receive } = await setup({ ...perBatch, input: '{% $states.input.body %}' });
    await receive(sqsRecord(A, '1'), sqsRecord(B, '2'));
    expect(await receive(sqsRecord(B, '2'), sqsRecord(C, '3'))).toEqual([]);
    const inputs = (await executionsOf(world, machine)).map(({ input }) => input);
    expect(inputs.toSorted((a, b) => a.length - b.length)).toEqual([[3], [1, 2]]);
  });

  test('a batch whose worker was lost before it began is begun by whoever gets its messages', async () => {
    const { world, machine, receive } = await setup({ ...perBatch, input: '{% $states.input.body %}' });
    const { put } = world.table;
    // Lost between the marks and the batch.
    world.table.put = async (item, condition) => {
      if (item.sk === 'batch') throw new Error('lost');
      return await put(item, condition);
    };
    expect(await receive(sqsRecord(A, '1'), sqsRecord(B, '2'))).toEqual([A, B]);
    world.table.put = put;
    expect(await receive(sqsRecord(B, '2'), sqsRecord(C, '3'))).toEqual([]);
    expect(await receive(sqsRecord(A, '1'))).toEqual([]);
    const inputs = (await executionsOf(world, machine)).map(({ input }) => input);
    expect(inputs.toSorted((a, b) => a.length - b.length)).toEqual([[1], [2, 3]]);
  });

  test('a batch that began and did not start is started as it was', async () => {
    const { world, machine, receive } = await setup({ ...perBatch, input: '{% $states.input.body %}' });
    const { send } = world.queue;
    world.queue.send = async () => {
      throw new Error('throttled');
    };
    expect(await receive(sqsRecord(A, '1'), sqsRecord(B, '2'))).toEqual([A, B]);
    world.queue.send = send;
    expect(await receive(sqsRecord(B, '2'))).toEqual([]);
    expect((await executionsOf(world, machine)).map(({ input }) => input)).toEqual([[1, 2]]);
    expect(await receive(sqsRecord(A, '1'))).toEqual([]);
    expect(await executionsOf(world, machine)).toHaveLength(1);
  });
});
