// StartSyncExecution: what it answers, and what it refuses.
import { expect, test } from 'vitest';
import { chain, functionArn, single, task } from '../../support/definitions.ts';
import { EPOCH } from '../../support/memory-world.ts';
import { createExpress, memoryWorld, passing, runSync } from './express.ts';

const pass = (more: object = {}) => single({ Type: 'Pass', End: true, ...more });
const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:express';
const UUID = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';

test('the answer is the whole execution', async () => {
  const answer = await runSync(memoryWorld(), pass({ Result: { a: 1 } }), { b: 2 }, { name: 'mine' });
  expect(answer).toEqual({
    executionArn: expect.stringMatching(
      new RegExp(`^arn:aws:states:us-east-1:123456789012:express:express:mine:${UUID}$`),
    ),
    stateMachineArn: MACHINE,
    name: 'mine',
    startDate: EPOCH / 1000,
    stopDate: EPOCH / 1000,
    status: 'SUCCEEDED',
    input: '{"b":2}',
    inputDetails: { included: true },
    output: '{"a":1}',
    outputDetails: { included: true },
    billingDetails: { billedMemoryUsedInMB: 64, billedDurationInMilliseconds: 100 },
  });
});

test('without a name it is a UUID; without input, an empty object; the trace header comes back', async () => {
  const world = memoryWorld();
  const stateMachineArn = await createExpress(world, pass());
  const answer = await world.api('StartSyncExecution', { stateMachineArn, traceHeader: 'Root=1' });
  expect(answer).toMatchObject({ name: expect.stringMatching(UUID), input: '{}', output: '{}', traceHeader: 'Root=1' });
});

test('a failed execution is an answer, not an error', async () => {
  const answer = await runSync(memoryWorld(), single({ Type: 'Fail', Error: 'Custom', Cause: 'because' }));
  expect(answer).toMatchObject({ status: 'FAILED', error: 'Custom', cause: 'because' });
  expect(answer).not.toHaveProperty('output');
  expect(answer).not.toHaveProperty('outputDetails');
});

test('METADATA_ONLY leaves all data out', async () => {
  const answer = await runSync(memoryWorld(), pass(), {}, { includedData: 'METADATA_ONLY' });
  expect(answer).toMatchObject({ inputDetails: { included: false }, outputDetails: { included: false } });
  expect(answer).not.toHaveProperty('input');
  expect(answer).not.toHaveProperty('output');
});

test('time is billed in steps of 100 ms', async () => {
  const world = memoryWorld({ slow: () => world.sleep(101) });
  const { billingDetails } = await runSync(world, chain(1, 'slow'));
  expect(billingDetails).toEqual({ billedMemoryUsedInMB: 64, billedDurationInMilliseconds: 200 });
});

test('the context object is that of an execution that cannot be redriven', async () => {
  const answer = await runSync(memoryWorld(), pass({ Parameters: { 'x.$': '$$.Execution' } }), {}, { name: 'mine' });
  expect(JSON.parse(String(answer.output)).x).toEqual({
    Id: answer.executionArn,
    Input: {},
    StartTime: new Date(EPOCH).toISOString(),
    Name: 'mine',
    RoleArn: 'arn:aws:iam::123456789012:role/test',
  });
});

test('the same name may run any number of times', async () => {
  const world = memoryWorld();
  const stateMachineArn = await createExpress(world, pass());
  const run = () => world.api('StartSyncExecution', { stateMachineArn, name: 'same' });
  const [one, two] = [await run(), await run()];
  expect(one.executionArn).not.toBe(two.executionArn);
});

test('a version runs what was published', async () => {
  const world = memoryWorld();
  const stateMachineArn = await createExpress(world, pass({ Result: 'old' }));
  await world.api('PublishStateMachineVersion', { stateMachineArn });
  await world.api('UpdateStateMachine', { stateMachineArn, definition: JSON.stringify(pass({ Result: 'new' })) });
  const run = (arn: string) => world.api('StartSyncExecution', { stateMachineArn: arn });
  expect((await run(`${stateMachineArn}:1`)).output).toBe('"old"');
  expect((await run(stateMachineArn)).output).toBe('"new"');
});

test('nothing of it is stored', async () => {
  const world = memoryWorld({ f: () => 1 });
  const stateMachineArn = await createExpress(world, chain(3, 'f'));
  world.table.reset();
  await passing(world, world.api('StartSyncExecution', { stateMachineArn }));
  expect(world.table.reading()).toMatchObject({ puts: 0, updates: 0 });
});

test.each([
  ['a Standard machine', { stateMachineArn: MACHINE }, 'StateMachineTypeNotSupported'],
  ['no machine', { stateMachineArn: `${MACHINE}-gone` }, 'StateMachineDoesNotExist'],
  ['another kind of resource', { stateMachineArn: MACHINE.replace('stateMachine', 'activity') }, 'InvalidArn'],
  ['a name with a space', { stateMachineArn: MACHINE, name: 'a b' }, 'InvalidName'],
])('%s is refused', async (_what, request, name) => {
  const world = memoryWorld();
  const machine = { name: 'express', definition: JSON.stringify(pass()), roleArn: 'arn:aws:iam::123456789012:role/r' };
  await world.api('CreateStateMachine', machine);
  await expect(world.api('StartSyncExecution', request)).rejects.toMatchObject({ name });
});

test('input that is no JSON is refused', async () => {
  const world = memoryWorld();
  const stateMachineArn = await createExpress(world, pass());
  const request = world.api('StartSyncExecution', { stateMachineArn, input: '{' });
  await expect(request).rejects.toMatchObject({ name: 'InvalidExecutionInput' });
});

test('tasks that only a log could answer cannot be in an Express machine', async () => {
  const Resource = 'arn:aws:states:::sqs:sendMessage.waitForTaskToken';
  const definition = single(task('f', { Resource, Parameters: { QueueUrl: functionArn('f'), MessageBody: {} } }));
  await expect(createExpress(memoryWorld(), definition)).rejects.toMatchObject({ name: 'InvalidDefinition' });
});

test.each([
  [300, { status: 'TIMED_OUT' }],
  [301, { status: 'FAILED', error: 'States.Runtime', cause: expect.stringContaining('Wait state delay is too long.') }],
])('a Wait of %i seconds, where an execution may take 300', async (Seconds, expected) => {
  expect(await runSync(memoryWorld(), single({ Type: 'Wait', Seconds, End: true }))).toMatchObject(expected);
});

test('a task that waits for the answer has it, also when it takes minutes', async () => {
  const world = memoryWorld();
  const stateMachineArn = await createExpress(world, single({ Type: 'Wait', Seconds: 100, End: true }));
  const Resource = 'arn:aws:states:::aws-sdk:sfn:startSyncExecution';
  const outcome = await world.run(
    single({ Type: 'Task', Resource, Parameters: { StateMachineArn: stateMachineArn, Input: { a: 1 } }, End: true }),
  );
  expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: { Status: 'SUCCEEDED', Output: '{"a":1}' } });
});
