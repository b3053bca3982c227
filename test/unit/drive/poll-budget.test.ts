// What a job costs (DESIGN section 7), counted by the meters: two records until it is waited for, one for its end; of a
// poll that finds it running one receive, one request to the service and one send, with nothing read or written.
import { expect, test } from 'vitest';
import { build, jobWorld } from '../../support/job-service.ts';

const MINUTE = 60_000;

/** A build of half an hour in a world where all that is read once per process has been read; `cost` is what `work` does. */
async function measured(input: unknown = {}) {
  const { world, asked, builds } = jobWorld(30 * MINUTE);
  const { machineArn } = await world.start(build());
  await world.settle();
  const cost = async (work: () => Promise<unknown>) => {
    world.table.reset();
    world.queue.reset();
    const before = asked.length;
    await work();
    const { puts, updates, gets, queries, refused } = world.table.reading();
    const { sendRequests: sends, messagesReceived: receives } = world.queue.reading();
    return { puts, updates, reads: gets + queries, refused, sends, receives, requests: asked.length - before };
  };
  await world.api('StartExecution', { stateMachineArn: machineArn, name: 'measured', input: JSON.stringify(input) });
  const begun = await cost(() => world.pass(500));
  return { world, begun, cost, builds };
}

const NOTHING = { puts: 0, updates: 0, reads: 0, refused: 0, sends: 0, receives: 0, requests: 0 };

test('budget: until it is waited for a job is two puts, the read of the name, and the send that asks for it', async () => {
  expect((await measured()).begun).toEqual({ ...NOTHING, puts: 2, reads: 1, sends: 1, receives: 1, requests: 1 });
});

test('budget: a poll of a job that runs is one receive, one request and one send', async () => {
  const { cost, world } = await measured();
  const polls = await cost(() => world.pass(9 * MINUTE));
  expect(polls).toEqual({ ...NOTHING, sends: polls.requests, receives: polls.requests, requests: expect.any(Number) });
  expect(polls.requests).toBeGreaterThan(30);
});

test('budget: every ten minutes a line of polls takes its turn: one put, and one read', async () => {
  const { cost, world } = await measured();
  await world.pass(9 * MINUTE);
  const { puts, updates, reads, refused } = await cost(() => world.pass(10 * MINUTE));
  expect({ puts, updates, reads, refused }).toEqual({ puts: 1, updates: 0, reads: 1, refused: 0 });
});

test('budget: the end of a job is one put, and of the execution the update of its list entry', async () => {
  const { cost, world, builds } = await measured();
  await world.pass(5 * MINUTE);
  builds[1]!.status = 'SUCCEEDED';
  const end = await cost(() => world.pass(2 * MINUTE));
  expect(end).toEqual({ ...NOTHING, puts: 1, updates: 1, receives: 1, requests: 1 });
});

test('budget: a state that is too large to be carried is read when the job ends, not when it is asked for', async () => {
  const { cost, world, builds } = await measured({ text: 'x'.repeat(100_000) });
  const polls = await cost(() => world.pass(5 * MINUTE));
  expect(polls).toEqual({ ...NOTHING, sends: polls.requests, receives: polls.requests, requests: expect.any(Number) });
  builds[1]!.status = 'SUCCEEDED';
  expect(await cost(() => world.pass(2 * MINUTE))).toMatchObject({ puts: 1, receives: 1, requests: 1 });
});
