// What a callback costs (DESIGN section 7), counted by the meters: two records until it waits, one for its answer; one
// write for a heartbeat, however long the task waits.
import { expect, test } from 'vitest';
import { callback, callbackWorld, codeOf } from '../../support/callbacks.ts';

/** A run that waits in a world where all that is read once per process has been read; `cost` is what `work` does. */
async function measured(rest: object) {
  const { world, tokens } = callbackWorld();
  const { machineArn } = await world.start(callback('keep', rest));
  await world.pass(1_000);
  await world.api('SendTaskSuccess', { taskToken: tokens[0], output: '0' });
  await world.settle();
  const cost = async (work: () => Promise<unknown>) => {
    world.table.reset();
    world.queue.reset();
    await work();
    const { puts, updates, gets, queries, refused } = world.table.reading();
    return { puts, updates, reads: gets + queries, refused, sends: world.queue.reading().sendRequests };
  };
  await world.api('StartExecution', { stateMachineArn: machineArn, name: 'measured' });
  const begun = await cost(() => world.pass(1_000));
  const succeed = () => world.api('SendTaskSuccess', { taskToken: tokens[1], output: '1' });
  const beat = () => world.api('SendTaskHeartbeat', { taskToken: tokens[1] });
  return { world, begun, cost, succeed, beat };
}

test('budget: until it waits a callback is two puts and the read of the name; a timer is one send', async () => {
  expect((await measured({})).begun).toEqual({ puts: 2, updates: 0, reads: 1, refused: 0, sends: 0 });
  expect((await measured({ TimeoutSeconds: 600 })).begun).toMatchObject({ puts: 2, sends: 1 });
  expect((await measured({ TimeoutSeconds: 600, HeartbeatSeconds: 60 })).begun).toMatchObject({ puts: 2, sends: 1 });
});

test('budget: an answer is one put, the message that insures it, and the reads of the name and the log', async () => {
  const { cost, succeed } = await measured({});
  expect(await cost(succeed)).toEqual({ puts: 1, updates: 1, reads: 2, refused: 0, sends: 1 });
});

test('budget: an answer that comes too late writes nothing', async () => {
  const { cost, succeed } = await measured({});
  await succeed();
  expect(await cost(() => codeOf(succeed()))).toMatchObject({ puts: 0, updates: 0, reads: 2 });
});

test('budget: a heartbeat is one put, and wakes nothing until its timer', async () => {
  const { world, cost, beat } = await measured({ HeartbeatSeconds: 600 });
  expect(await cost(beat)).toEqual({ puts: 1, updates: 0, reads: 2, refused: 0, sends: 0 });
  expect(await cost(() => world.pass(60_000))).toEqual({ puts: 0, updates: 0, reads: 0, refused: 0, sends: 0 });
});

test('budget: a timer that finds a heartbeat is one read, one put for its turn, and one send', async () => {
  const { world, cost, beat } = await measured({ HeartbeatSeconds: 600 });
  await world.pass(10_000);
  for (let times = 0; times < 5; times++) {
    await world.pass(579_000);
    await beat();
    expect(await cost(() => world.pass(11_000))).toEqual({ puts: 1, updates: 0, reads: 1, refused: 0, sends: 1 });
  }
});

test('budget: a task that waits costs nothing while it waits', async () => {
  const { world, cost } = await measured({});
  expect(await cost(() => world.pass(86_400_000))).toEqual({ puts: 0, updates: 0, reads: 0, refused: 0, sends: 0 });
});
