// What is stored is damaged or gone: callers of the API are told in a sentence, the doctor names the item and the next
// command, that command helps, and no other execution is the worse for it.
import { describe, expect, test } from 'vitest';
import type { Item, Key, Queue } from '../../../core/ports.ts';
import { listShelved } from '../../../core/store/stalled.ts';
import { createSweepHandler } from '../../../handlers/sweep.ts';
import { chain, mapOf, single, waitFor } from '../../support/definitions.ts';
import { bury, diagnose, nested, repair, statusOf } from '../../support/doctor.ts';
import { type MemoryWorld, memoryWorld } from '../../support/memory-world.ts';
import { stepwellApi } from '../../support/triggers.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const work = { work: (payload: unknown) => payload };
const GARBAGE = { body: new Uint8Array([9, 9, 9]) };

const nameKey = (executionArn: string): Key => ({ pk: `name#${executionArn}`, sk: 'name' });
const recordKey = (run: string, seq: number): Key => ({ pk: `run#${run}`, sk: String(seq).padStart(10, '0') });

async function damage(world: MemoryWorld, key: Key, change: object): Promise<Item> {
  const item = await world.table.get(key);
  if (item === undefined) throw new Error(`There is no ${key.pk} ${key.sk}`);
  await world.table.put({ ...item, ...change });
  return item;
}

/** Waits twice: records 0 and 1, and then the last. */
const TWICE = {
  StartAt: 'First',
  States: { First: { Type: 'Wait', Seconds: 10, Next: 'Second' }, Second: { Type: 'Wait', Seconds: 7_200, End: true } },
};

async function waitingTwice(world: MemoryWorld) {
  const creation = await world.start(TWICE);
  await world.pass(HOUR);
  return creation;
}

describe('a record', () => {
  test('that only the history needs stops nothing but the history, which says so; the thorough doctor names it', async () => {
    const world = memoryWorld();
    const { run, executionArn } = await waitingTwice(world);
    const good = await damage(world, recordKey(run, 0), GARBAGE);
    const answer = world.api('GetExecutionHistory', { executionArn });
    await expect(answer).rejects.toMatchObject({
      name: 'InternalFailure',
      message: `The item run#${run} / 0000000000 cannot be read: its body begins with byte 9, which no release of Stepwell wrote. 'stepwell doctor --thorough' says what to do.`,
    });
    expect(await diagnose(world)).toEqual([]);
    expect(await diagnose(world, { thorough: true })).toMatchObject([
      { kind: 'unreadable', subject: executionArn, cause: expect.stringContaining(`run#${run} / 0000000000`) },
    ]);
    await world.settle();
    expect(await statusOf(world, executionArn)).toBe('SUCCEEDED');
    await world.table.put(good);
    expect(await diagnose(world, { thorough: true })).toEqual([]);
    expect((await world.api('GetExecutionHistory', { executionArn })).events).toHaveLength(6);
  });

  test('that is gone from the middle makes no history with a gap, in either direction or from any page', async () => {
    const world = memoryWorld();
    const { run, executionArn } = await waitingTwice(world);
    await world.settle();
    await world.table.delete(recordKey(run, 1));
    for (const request of [{}, { reverseOrder: true }])
      await expect(world.api('GetExecutionHistory', { executionArn, ...request })).rejects.toThrow(
        `The item run#${run} / 0000000001, record 1 of its log, is not in the table.`,
      );
    expect(await diagnose(world, { thorough: true })).toMatchObject([{ kind: 'unreadable', subject: executionArn }]);
  });

  test('that the execution needs is lost for good: --discard gives the execution up, and its name is free', async () => {
    const world = memoryWorld();
    const { run, executionArn, machineArn: stateMachineArn, name } = await waitingTwice(world);
    const discard = () => stepwellApi(world, 'DiscardExecution', { executionArn });
    await expect(discard()).rejects.toThrow(/can be stopped/);
    await damage(world, recordKey(run, 1), GARBAGE);
    for (const action of ['DescribeExecution', 'StopExecution'])
      await expect(world.api(action, { executionArn })).rejects.toThrow(
        `The item run#${run} / 0000000001 cannot be read`,
      );
    const { executions } = await world.api('ListExecutions', { stateMachineArn });
    expect(executions).toMatchObject([{ executionArn, status: 'RUNNING' }]);
    expect(await repair(world)).toMatchObject([
      {
        kind: 'unreadable',
        repaired: false,
        advice: expect.stringContaining(`stepwell doctor --discard ${executionArn}`),
      },
    ]);
    await discard();
    expect(await diagnose(world, { thorough: true })).toEqual([]);
    await expect(discard()).rejects.toThrow(/Does Not Exist/);
    expect(await world.table.query({ pk: `run#${run}` })).toEqual([]);
    await world.api('StartExecution', { stateMachineArn, name });
    await world.settle();
    expect(await statusOf(world, executionArn)).toBe('SUCCEEDED');
  });

  test('that holds results of a Map is missed when they are collected, and nothing is collected without it', async () => {
    const world: MemoryWorld = memoryWorld({
      work: (n: number) => (n === 0 ? n : world.sleep(20_000).then(() => n)),
    });
    const { run, executionArn } = await world.start(mapOf('work'), [0, 1, 2]);
    await world.pass(10_000);
    const records = await world.table.query({ pk: `run#${run}` });
    const results = records.at(-1)!;
    world.crash('another');
    await world.table.put({ ...results, ...GARBAGE });
    await world.pass(DAY);
    await bury(world);
    const found = await diagnose(world);
    expect(found.map(({ kind }) => kind)).toContain('unreadable');
    await world.table.put(results);
    await repair(world);
    await world.settle();
    expect(await statusOf(world, executionArn)).toBe('FAILED');
    expect((await world.api('DescribeExecution', { executionArn })).error).toBe('Lambda.SdkClientException');
  });
});

test('a payload that is gone from the store is named, and the execution goes on when it is back', async () => {
  const large = { text: Array.from({ length: 60_000 }, (_, i) => i.toString(36)).join(' ') };
  const world = memoryWorld({ work: () => large });
  const { executionArn } = await world.start({
    StartAt: 'T1',
    States: {
      T1: { Type: 'Task', Resource: 'arn:aws:lambda:us-east-1:123456789012:function:work', Next: 'W' },
      W: { Type: 'Wait', Seconds: 60, End: true },
    },
  });
  await world.pass(1_000);
  const { get } = world.payloads;
  world.payloads.get = async () => undefined;
  world.purge();
  await world.pass(HOUR);
  await expect(world.api('DescribeExecution', { executionArn })).rejects.toThrow(/payload store is not there/);
  expect(await repair(world)).toMatchObject([{ kind: 'unreadable', subject: executionArn, repaired: false }]);
  world.payloads.get = get;
  expect(await repair(world)).toMatchObject([{ kind: 'overdue', repaired: true }]);
  await world.settle();
  expect(await statusOf(world, executionArn)).toBe('SUCCEEDED');
});

test('an execution whose definition is gone can be stopped, with the child that it waits for', async () => {
  const world = memoryWorld();
  const child = await nested(world, 30 * 86_400);
  const parent = 'arn:aws:states:us-east-1:123456789012:execution:m1:parent';
  const other = Object.assign(memoryWorld(), { table: world.table, queue: world.queue, clock: world.clock });
  const [revision] = await world.table.query({ pk: 'machine#m1', from: 'revision#' });
  await world.table.delete(revision!);
  await world.pass(HOUR);
  expect(await diagnose(other)).toMatchObject([
    { kind: 'definition', subject: 'arn:aws:states:us-east-1:123456789012:stateMachine:m1' },
    { kind: 'definition', subject: parent, advice: expect.stringContaining(`stepwell stop ${parent}`) },
  ]);
  await other.api('StopExecution', { executionArn: parent });
  await world.pass(1_000);
  expect([await statusOf(world, parent), await statusOf(world, child)]).toEqual(['ABORTED', 'ABORTED']);
});

describe('a state machine', () => {
  const stateMachineArn = 'arn:aws:states:us-east-1:123456789012:stateMachine:m2';
  const roleArn = 'arn:aws:iam::123456789012:role/test';
  const definition = JSON.stringify(waitFor(1));

  test('that cannot be read hides no other; --discard frees its name, and what it runs goes on', async () => {
    const world = memoryWorld();
    const { executionArn } = await world.start(waitFor(7_200));
    await world.start(waitFor(60));
    await world.pass(HOUR);
    const discard = () => stepwellApi(world, 'DiscardStateMachine', { stateMachineArn });
    await expect(discard()).rejects.toThrow(/can be deleted/);
    await damage(world, { pk: 'machines', sk: 'm2' }, GARBAGE);
    const { stateMachines } = await world.api('ListStateMachines', {});
    expect(stateMachines).toMatchObject([{ name: 'm4' }]);
    const start = world.api('StartExecution', { stateMachineArn });
    await expect(start).rejects.toThrow('The item machines / m2 cannot be read');
    expect(await repair(world)).toMatchObject([
      { subject: stateMachineArn, advice: expect.stringContaining(`stepwell doctor --discard ${stateMachineArn}`) },
    ]);
    await discard();
    await world.api('CreateStateMachine', { name: 'm2', definition, roleArn });
    expect(await diagnose(world)).toEqual([]);
    await world.settle();
    expect(await statusOf(world, executionArn)).toBe('SUCCEEDED');
  });

  test('whose definition is gone is mended by another', async () => {
    const world = memoryWorld();
    await world.start(waitFor(60));
    await world.settle();
    const [revision] = await world.table.query({ pk: 'machine#m2', from: 'revision#' });
    await world.table.delete(revision!);
    await expect(world.api('DescribeStateMachine', { stateMachineArn })).rejects.toThrow(/is not in the table/);
    expect(await diagnose(world)).toMatchObject([
      { kind: 'definition', advice: 'stepwell create m2 <file with a good definition>.' },
    ]);
    const create = world.api('CreateStateMachine', { name: 'm2', definition, roleArn });
    await expect(create).rejects.toMatchObject({ name: 'StateMachineAlreadyExists' });
    await world.api('UpdateStateMachine', { stateMachineArn, definition });
    const { executionArn } = await world.api('StartExecution', { stateMachineArn });
    await world.settle();
    expect(await statusOf(world, String(executionArn))).toBe('SUCCEEDED');
    expect(await diagnose(world)).toEqual([]);
  });
});

describe('a child', () => {
  const PARENT = 'arn:aws:states:us-east-1:123456789012:execution:m1:parent';

  test('that is gone is not waited for in silence: the doctor says to stop and to redrive, which begins another', async () => {
    const world = memoryWorld();
    const child = await nested(world, 60);
    await world.table.delete(nameKey(child));
    world.purge();
    await world.pass(HOUR);
    expect(await repair(world)).toMatchObject([
      {
        kind: 'lost-child',
        subject: PARENT,
        problem: `State 'Only' waits for the end of ${child}, which does not exist.`,
        advice: `stepwell stop ${PARENT}, then stepwell redrive ${PARENT}: the state begins another.`,
        repaired: false,
      },
    ]);
    await world.api('StopExecution', { executionArn: PARENT });
    await world.api('RedriveExecution', { executionArn: PARENT });
    await world.settle();
    expect([await statusOf(world, PARENT), await statusOf(world, child)]).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  });

  test('that cannot be read is found for itself, and is no damage of its parent', async () => {
    const world = memoryWorld();
    const child = await nested(world, 60);
    await damage(world, nameKey(child), GARBAGE);
    world.purge();
    await world.pass(HOUR);
    const found = await diagnose(world);
    expect(found.map(({ kind, subject }) => [kind, subject])).toEqual([['unreadable', child]]);
  });

  test('whose name somebody else took meanwhile is not taken for its own', async () => {
    const world = memoryWorld();
    const child = await nested(world, 60);
    await world.table.delete(nameKey(child));
    world.purge();
    await world.api('StartExecution', {
      stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:child',
      name: 'c',
    });
    await world.pass(HOUR);
    expect(await diagnose(world)).toMatchObject([
      { kind: 'lost-child', problem: expect.stringContaining(`${child}, which runs for somebody else`) },
    ]);
  });
});

describe('a list entry', () => {
  test('that cannot be read hides neither its execution nor any other', async () => {
    const world = memoryWorld();
    const { executionArn, machineArn: stateMachineArn } = await waitingTwice(world);
    const { executionArn: second } = await world.start(waitFor(60));
    await world.table.update(nameKey(executionArn), { summary: '{' });
    world.purge();
    await world.pass(3 * HOUR);
    const { executions } = await world.api('ListExecutions', { stateMachineArn });
    expect(executions).toMatchObject([{ executionArn, name: 'e1', status: 'RUNNING' }]);
    expect((await diagnose(world)).map(({ kind, subject }) => [kind, subject])).toEqual([
      ['list', executionArn],
      ['overdue', executionArn],
      ['not-begun', second],
    ]);
    await repair(world);
    await world.settle();
    expect(await diagnose(world, { thorough: true })).toEqual([]);
  });

  test('that says ended where the log says running is found by the thorough doctor, and corrected', async () => {
    const world = memoryWorld();
    const { executionArn, machineArn: stateMachineArn } = await waitingTwice(world);
    const key = nameKey(executionArn);
    const summary = String((await world.table.get(key))?.summary);
    await world.table.update(key, { summary: summary.replace('RUNNING', 'SUCCEEDED') });
    expect(await diagnose(world)).toEqual([]);
    expect(await repair(world, { thorough: true })).toMatchObject([{ kind: 'list', repaired: true }]);
    expect(await diagnose(world, { thorough: true })).toEqual([]);
    expect((await world.table.get(key))?.summary).toBe(summary);
    await world.settle();
    const { executions } = await world.api('ListExecutions', { stateMachineArn });
    expect(executions).toMatchObject([{ executionArn, status: 'SUCCEEDED' }]);
  });
});

test('an execution whose name item was deleted takes its name again with the next message about it', async () => {
  const world = memoryWorld(work);
  const text = 'x'.repeat(80_000);
  const { executionArn } = await world.start(TWICE, { text });
  await world.pass(1_000);
  await world.table.delete(nameKey(executionArn));
  await expect(world.api('DescribeExecution', { executionArn })).rejects.toThrow(/Does Not Exist/);
  await world.pass(HOUR);
  expect(await statusOf(world, executionArn)).toBe('RUNNING');
  await world.settle();
  expect(await statusOf(world, executionArn)).toBe('SUCCEEDED');
  expect(await diagnose(world, { thorough: true })).toEqual([]);
});

describe('the retention', () => {
  test('passes over an execution that runs: the audit keeps it, on whatever days it comes', async () => {
    const world = memoryWorld();
    const { executionArn } = await world.start(waitFor(100 * 86_400));
    for (const days of [8, 16, 20, 25, 22]) {
      await world.pass(days * DAY);
      await createSweepHandler(world)({ audit: true });
      await world.table.purge(world.clock.now() / 1000);
      expect(await statusOf(world, executionArn)).toBe('RUNNING');
    }
    await world.settle();
    expect(await statusOf(world, executionArn)).toBe('SUCCEEDED');
  });

  test('is over for an execution that nobody looked after, but nothing was deleted: it is found, kept, and goes on', async () => {
    const world = memoryWorld();
    const { executionArn } = await world.start(waitFor(60));
    await world.pass(1_000);
    world.purge();
    await world.pass(40 * DAY);
    await expect(world.api('DescribeExecution', { executionArn })).rejects.toThrow(/Does Not Exist/);
    expect((await diagnose(world)).map(({ kind }) => kind)).toEqual(['expired', 'overdue']);
    await repair(world);
    await world.table.purge(world.clock.now() / 1000);
    await world.settle();
    expect(await statusOf(world, executionArn)).toBe('SUCCEEDED');
    expect(await diagnose(world, { thorough: true })).toEqual([]);
  });
});

describe('a clock that was a day ahead', () => {
  /** What a world of tomorrow has left, seen today; its messages are kept back until then. */
  async function leftBy(definition: object) {
    const queue = (inside: Queue): Queue => ({
      ...inside,
      send: (messages) => inside.send(messages.filter(({ body }) => JSON.parse(body).kind === 'start')),
    });
    const settings = { transitionsPerMessage: 1 };
    const ahead = memoryWorld(work, settings, { queue });
    ahead.clock.advanceTo(ahead.clock.now() + DAY);
    const { executionArn, machineName, run } = await ahead.start(definition);
    await ahead.pass(0);
    const world = memoryWorld(work, settings);
    for (const pk of ['machines', `machine#${machineName}`, nameKey(executionArn).pk, `run#${run}`])
      for (const item of await ahead.table.query({ pk })) await world.table.put(item);
    return { world, executionArn };
  }

  test('leaves executions of tomorrow: the doctor says so', async () => {
    const { world, executionArn } = await leftBy(TWICE);
    const problem = 'Its last event is of 2026-01-02T00:00:00Z, but it is 2026-01-01T00:00:00Z here';
    expect(await repair(world)).toMatchObject([
      { kind: 'clock', subject: executionArn, problem: expect.stringContaining(problem), repaired: false },
    ]);
    await world.pass(DAY + HOUR);
    expect(await repair(world)).toMatchObject([{ kind: 'overdue', subject: executionArn, repaired: true }]);
  });

  test('holds up no call: its message is sent again', async () => {
    const { world, executionArn } = await leftBy(chain(2, 'work'));
    expect((await repair(world)).map(({ kind }) => kind)).toEqual(['clock', 'overdue']);
    await world.settle();
    expect(await statusOf(world, executionArn)).toBe('SUCCEEDED');
    expect(world.invocations.get('work')).toBe(2);
  });
});

describe('the shelf', () => {
  test('keeps what cannot be read under one id, until somebody discards it; the rest is tried again', async () => {
    const world = memoryWorld(work);
    await world.queue.send([
      { queue: 'advance', body: 'no message of ours' },
      { queue: 'advance', body: 'null' },
      { queue: 'call', body: '{"ref":"gone"}' },
    ]);
    await world.settle();
    await bury(world);
    const sweep = createSweepHandler(world);
    const [before] = await diagnose(world);
    for (let hour = 0; hour < 5; hour++) {
      await world.pass(HOUR);
      expect(await sweep()).toMatchObject({ resumed: 0 });
    }
    const found = await diagnose(world);
    expect(found).toHaveLength(3);
    expect(found[0]).toEqual(before);
    expect(found.map(({ cause }) => cause)).toEqual([
      'It is no message of Stepwell: it is not JSON',
      'It is no message of Stepwell: it names no run and no kind',
      'The object gone of the payload store is not there, or has no body',
    ]);
    for (const { subject: messageId } of found) await stepwellApi(world, 'DiscardMessage', { messageId });
    expect(await listShelved(world)).toEqual([]);
  });

  test('a message of a kind that this version does not know is kept, and says so', async () => {
    const world = memoryWorld();
    const { executionArn, run } = await world.start(waitFor(30 * 86_400));
    await world.pass(0);
    await world.queue.send([{ queue: 'advance', body: JSON.stringify({ id: 'i', run, executionArn, kind: 'later' }) }]);
    await world.pass(DAY);
    await bury(world);
    expect(await diagnose(world)).toMatchObject([
      { kind: 'shelved', cause: "A message is of the kind 'later', which this version does not know" },
      { kind: 'stalled', subject: executionArn },
    ]);
  });

  test('a message of an execution that was deleted is only taken away', async () => {
    const world = memoryWorld();
    const { executionArn, run } = await world.start(waitFor(60));
    await world.settle();
    const body = JSON.stringify({ id: 'i', run, executionArn, kind: 'later' });
    await world.table.delete(nameKey(executionArn));
    await world.table.delete(recordKey(run, 0));
    await world.table.delete(recordKey(run, 1));
    await world.table.put({ pk: 'stalled', sk: '1', id: '1', body: Buffer.from(body), queue: 'advance', shelvedAt: 1 });
    expect(await repair(world)).toMatchObject([
      { kind: 'shelved', problem: expect.stringContaining('needs it no longer') },
    ]);
    expect(await diagnose(world)).toEqual([]);
  });
});

test('repairing everything all the time changes nothing for executions that are at work', async () => {
  const definitions = [chain(4, 'work'), mapOf('work'), single({ Type: 'Wait', Seconds: 30, End: true })];
  async function play(isRepairing: boolean) {
    const world: MemoryWorld = memoryWorld({ work: (payload: unknown) => world.sleep(7_000).then(() => payload) });
    const creations = [];
    for (const definition of definitions) creations.push(await world.start(definition, [1, 2, 3], 'e'));
    for (let second = 0; second < 60; second++) {
      await world.pass(1_000);
      if (isRepairing) await repair(world, { overdueSeconds: 0, thorough: true });
    }
    await world.settle();
    const outcomes = await Promise.all(creations.map((creation) => world.outcomeOf(creation)));
    return { outcomes, calls: Object.fromEntries(world.invocations) };
  }
  expect(await play(true)).toEqual(await play(false));
});
