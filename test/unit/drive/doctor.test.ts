// The doctor finds everything that is neither running, nor waiting for something known, nor finished, says why and what
// to do, and mends it; through the API, the real handlers, and a queue that forgets.
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../core/doctor/findings.ts';
import type { Item, Queue, Table } from '../../../core/ports.ts';
import { createSweepHandler } from '../../../handlers/sweep.ts';
import { callback } from '../../support/callbacks.ts';
import { chain, single, waitFor } from '../../support/definitions.ts';
import { bury, diagnose, nested, repair, statusOf } from '../../support/doctor.ts';
import { memoryWorld, type Twist } from '../../support/memory-world.ts';
import { stepwellApi } from '../../support/triggers.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ACTIVITY = 'arn:aws:states:us-east-1:123456789012:activity:work';

/** The table as it is, and as it is while `isBroken` changes what is read. */
function breakable(change: (item: Item) => Item | undefined): { twist: Twist; set isBroken(value: boolean) } {
  let isBroken = false;
  const seen = (item: Item | undefined) => (item && isBroken ? change(item) : item);
  const table = (inside: Table): Table => ({
    ...inside,
    get: async (key) => seen(await inside.get(key)),
    query: async (range) => (await inside.query(range)).flatMap((item) => seen(item) ?? []),
  });
  return {
    twist: { table },
    set isBroken(value: boolean) {
      isBroken = value;
    },
  };
}

const work = { work: (payload: unknown) => payload, keep: () => {} };

test('what waits for something known is not found: a Wait, a token, an activity without workers, a child', async () => {
  const world = memoryWorld(work, { activityPollMs: 0 });
  await world.api('CreateActivity', { name: 'work' });
  await world.start(waitFor(30 * 86_400));
  await world.start(callback('keep'));
  await world.start(single({ Type: 'Task', Resource: ACTIVITY, End: true }));
  await nested(world, 30 * 86_400);
  await world.start(chain(2, 'work'));
  await world.pass(2 * DAY);
  expect(await diagnose(world, { thorough: true })).toEqual([]);
  expect(await createSweepHandler(world)({ audit: true })).toMatchObject({ awakened: 0 });
  await world.pass(HOUR);
  expect((await world.api('GetActivityTask', { activityArn: ACTIVITY })).taskToken).toMatch(/./);
});

describe('a purged queue', () => {
  const situations: [string, object, Finding['kind'], RegExp, string][] = [
    ['not begun', chain(1, 'work'), 'not-begun', /accepted at 2026-01-01T00:00:00Z and has not begun/, 'SUCCEEDED'],
    ['in a Wait', waitFor(60), 'overdue', /state 'Only' was to go on at 2026-01-01T00:01:00Z/, 'SUCCEEDED'],
    [
      'in a backoff',
      chain(1, 'brittle', { Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 60 }] }),
      'overdue',
      /state 'T1' was to be tried again at 2026-01-01T00:01:00Z/,
      'SUCCEEDED',
    ],
    [
      'past its time',
      { ...waitFor(86_400), TimeoutSeconds: 100 },
      'overdue',
      /it was to time out at 2026-01-01T00:01:40Z/,
      'TIMED_OUT',
    ],
    [
      'waiting for a heartbeat',
      callback('keep', { HeartbeatSeconds: 50 }),
      'overdue',
      /'Ask' was to time out/,
      'FAILED',
    ],
    [
      'waiting for a token in time',
      callback('keep', { TimeoutSeconds: 50 }),
      'overdue',
      /'Ask' was to time out/,
      'FAILED',
    ],
  ];
  test.each(situations)('the doctor wakes an execution %s', async (_name, definition, kind, problem, status) => {
    const brittle = (_: never, attempt: number) => {
      if (attempt === 1) throw new Error('not yet');
    };
    const world = memoryWorld({ ...work, brittle });
    const { executionArn } = await world.start(definition);
    if (kind === 'overdue') await world.pass(1_000);
    world.purge();
    await world.pass(HOUR);
    const [finding, ...others] = await diagnose(world);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ kind, subject: executionArn, advice: 'stepwell doctor --repair wakes it.' });
    expect(finding!.problem).toMatch(problem);
    expect(await statusOf(world, executionArn)).toBe('RUNNING');
    expect(await repair(world)).toMatchObject([{ subject: executionArn, repaired: true }]);
    await world.settle();
    expect(await statusOf(world, executionArn)).toBe(status);
    expect(await diagnose(world, { thorough: true })).toEqual([]);
  });

  test('a parent that has not heard of the end of its child hears of it', async () => {
    let isLosing = false;
    const queue = (inside: Queue): Queue => ({
      ...inside,
      send: (messages) => inside.send(messages.filter(({ body }) => !isLosing || JSON.parse(body).kind !== 'callback')),
    });
    const world = memoryWorld(work, {}, { queue });
    const child = await nested(world, 60);
    isLosing = true;
    await world.pass(HOUR);
    isLosing = false;
    expect(await statusOf(world, child)).toBe('SUCCEEDED');
    const [{ kind, subject, problem } = {} as Finding] = await diagnose(world);
    expect({ kind, problem }).toMatchObject({
      kind: 'overdue',
      problem: expect.stringContaining(`${child} is SUCCEEDED`),
    });
    await repair(world);
    await world.settle();
    expect(await statusOf(world, subject)).toBe('SUCCEEDED');
  });

  test('a child that was to stop with its parent is stopped', async () => {
    const world = memoryWorld(work);
    const child = await nested(world, 86_400);
    await world.api('StopExecution', { executionArn: 'arn:aws:states:us-east-1:123456789012:execution:m1:parent' });
    world.purge();
    await world.pass(HOUR);
    expect(await diagnose(world)).toMatchObject([{ kind: 'orphan', subject: child }]);
    await repair(world);
    await world.pass(1_000);
    expect(await statusOf(world, child)).toBe('ABORTED');
  });

  test('a task that no worker can find is offered again', async () => {
    const world = memoryWorld(work, { activityPollMs: 0 });
    await world.api('CreateActivity', { name: 'work' });
    const { executionArn } = await world.start(single({ Type: 'Task', Resource: ACTIVITY, End: true }));
    await world.pass(1_000);
    const [offer] = await world.table.query({ pk: `tasks#${ACTIVITY}` });
    await world.table.delete(offer!);
    await world.pass(HOUR);
    expect(await diagnose(world)).toMatchObject([
      { kind: 'overdue', problem: expect.stringContaining('is not on offer') },
    ]);
    await repair(world);
    const { taskToken } = await world.api('GetActivityTask', { activityArn: ACTIVITY });
    await world.api('SendTaskSuccess', { taskToken, output: '1' });
    expect(await statusOf(world, executionArn)).toBe('SUCCEEDED');
  });
});

describe('poison', () => {
  test('a message that always fails stalls its run alone, with the cause; the fix and a repair resume it', async () => {
    let isBroken = true;
    const table = (inside: Table): Table => ({
      ...inside,
      async put(item, condition) {
        if (isBroken && item.pk === `run#${run}`) throw new TypeError('A defect of ours');
        return await inside.put(item, condition);
      },
    });
    let run = '';
    const world = memoryWorld(work, {}, { table });
    const poisoned = await world.start(chain(1, 'work'));
    run = poisoned.run;
    const healthy = await world.start(chain(1, 'work'));
    await world.settle();
    await bury(world);
    expect(await statusOf(world, healthy.executionArn)).toBe('SUCCEEDED');
    expect(await statusOf(world, poisoned.executionArn)).toBe('RUNNING');
    const found = await diagnose(world);
    expect(found.map(({ kind }) => kind).sort()).toEqual(['shelved', 'stalled']);
    for (const { cause } of found) expect(cause).toBe('TypeError: A defect of ours');
    isBroken = false;
    expect((await repair(world)).every(({ repaired }) => repaired)).toBe(true);
    await world.settle();
    expect(await statusOf(world, poisoned.executionArn)).toBe('SUCCEEDED');
    expect(await diagnose(world, { thorough: true })).toEqual([]);
  });

  test('a shelved message is tried again by itself after an hour', async () => {
    const broken = breakable(() => {
      throw new Error('A defect of ours');
    });
    const world = memoryWorld(work, {}, broken.twist);
    const { executionArn } = await world.start(chain(1, 'work'));
    broken.isBroken = true;
    await world.settle();
    broken.isBroken = false;
    await bury(world);
    const sweep = createSweepHandler(world);
    expect(await sweep()).toMatchObject({ resumed: 0 });
    await world.pass(HOUR);
    expect(await sweep()).toMatchObject({ resumed: 1 });
    await world.settle();
    expect(await statusOf(world, executionArn)).toBe('SUCCEEDED');
  });

  test('a record that cannot be read stalls its run, keeps no other from being looked after, and is readable again', async () => {
    const broken = breakable((item) =>
      item.pk === `run#${run}` ? { ...item, body: new Uint8Array([9, 9, 9]) } : item,
    );
    let run = '';
    const world = memoryWorld(work, {}, broken.twist);
    const unreadable = await world.start(waitFor(60));
    const lost = await world.start(waitFor(120));
    await world.pass(1_000);
    run = unreadable.run;
    broken.isBroken = true;
    world.purge();
    await world.pass(HOUR);
    const found = await diagnose(world);
    expect(found.map(({ kind, subject }) => [kind, subject])).toEqual([
      ['unreadable', unreadable.executionArn],
      ['overdue', lost.executionArn],
    ]);
    expect(found[0]!.cause).toMatch(
      /^The item run#.* \/ 0000000000 cannot be read: its body begins with byte 9, which no release of Stepwell wrote$/,
    );
    expect(await createSweepHandler(world)({ audit: true })).toMatchObject({ awakened: 1 });
    await world.settle();
    expect(await statusOf(world, lost.executionArn)).toBe('SUCCEEDED');
    broken.isBroken = false;
    await repair(world);
    await world.settle();
    expect(await statusOf(world, unreadable.executionArn)).toBe('SUCCEEDED');
  });

  test('a definition that this version cannot load stalls its runs, with the cause, until a version loads it', async () => {
    const broken = breakable((item) => (item.sk.startsWith('revision#') ? undefined : item));
    const world = memoryWorld(work, {}, broken.twist);
    const { executionArn } = await world.start(chain(1, 'work'));
    broken.isBroken = true;
    await world.settle();
    await bury(world);
    const found = await diagnose(world);
    expect(found.map(({ kind }) => kind).sort()).toEqual(['definition', 'definition', 'shelved']);
    expect(new Set(found.map(({ subject }) => subject))).toContain(executionArn);
    for (const { cause } of found) expect(cause).toMatch(/^(BrokenInvariant: )?Revision .* is not in the table$/);
    broken.isBroken = false;
    await repair(world);
    await world.settle();
    expect(await statusOf(world, executionArn)).toBe('SUCCEEDED');
  });

  test('a message that nobody can read is kept until somebody discards it, and holds up nothing', async () => {
    const world = memoryWorld(work);
    await world.queue.send([{ queue: 'advance', body: 'no message of ours' }]);
    const { status } = await world.run(chain(1, 'work'));
    expect(status).toBe('SUCCEEDED');
    await bury(world);
    const [finding, ...others] = await repair(world);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ kind: 'unreadable', repaired: false });
    expect(finding!.advice).toContain(`stepwell doctor --discard ${finding!.subject}`);
    await stepwellApi(world, 'DiscardMessage', { messageId: finding!.subject });
    expect(await diagnose(world)).toEqual([]);
    await expect(stepwellApi(world, 'DiscardMessage', { messageId: finding!.subject })).rejects.toThrow(
      /is on the shelf/,
    );
  });

  test('a shelved message whose execution has ended since is only taken away', async () => {
    const broken = breakable(() => {
      throw new Error('A defect of ours');
    });
    const world = memoryWorld(work, {}, broken.twist);
    const { executionArn } = await world.start(waitFor(60));
    broken.isBroken = true;
    await world.settle();
    broken.isBroken = false;
    await bury(world);
    await world.api('StopExecution', { executionArn });
    await world.settle();
    expect(await repair(world)).toMatchObject([
      { kind: 'shelved', problem: expect.stringContaining('needs it no longer'), repaired: true },
    ]);
    expect(await diagnose(world)).toEqual([]);
  });
});

test('a list entry that disagrees with the log is corrected', async () => {
  let isLosing = true;
  const table = (inside: Table): Table => ({
    ...inside,
    update: (key, set, condition) =>
      isLosing && 'summary' in set ? Promise.resolve(true) : inside.update(key, set, condition),
  });
  const world = memoryWorld(work, {}, { table });
  const { executionArn, machineArn } = await world.start(chain(1, 'work'));
  await world.settle();
  isLosing = false;
  await world.pass(HOUR);
  expect(await diagnose(world)).toMatchObject([{ kind: 'list', subject: executionArn }]);
  await repair(world);
  const { executions } = await world.api('ListExecutions', { stateMachineArn: machineArn });
  expect(executions).toMatchObject([{ executionArn, status: 'SUCCEEDED' }]);
  expect(await diagnose(world, { thorough: true })).toEqual([]);
});

test('any number of executions is looked at, a page at a time', async () => {
  const world = memoryWorld(work);
  const stateMachineArn = (await world.start(waitFor(60), {}, 'n0')).machineArn;
  for (let i = 1; i < 250; i++) await world.api('StartExecution', { stateMachineArn, name: `n${i}` });
  await world.pass(1_000);
  world.purge();
  await world.pass(HOUR);
  const first = await stepwellApi(world, 'Diagnose', {});
  expect(first.nextToken).toMatch(/./);
  const found = await diagnose(world);
  expect(new Set(found.map(({ subject }) => subject)).size).toBe(250);
  await repair(world);
  await world.settle();
  expect(await diagnose(world)).toEqual([]);
});
