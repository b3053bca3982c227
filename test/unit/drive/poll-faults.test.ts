// The line of messages that asks for a job, under faults: it is never lost, and never more than one for long; the job is
// submitted once, and its end is recorded once.
import { describe, expect, test } from 'vitest';
import type { Received } from '../../../core/ports.ts';
import { createSweepHandler } from '../../../handlers/sweep.ts';
import { task } from '../../support/definitions.ts';
import { dyingAt } from '../../support/dying.ts';
import { answersLost, connectionsBroken, throttled } from '../../support/faults.ts';
import { build, jobWorld } from '../../support/job-service.ts';

const MINUTE = 60_000;
const REST = build();

/** Requests of an execution that nothing happens to. */
const REQUESTS = 109;
const DEATHS = Array.from({ length: REQUESTS }, (_, i) => i + 1).flatMap((n) => [
  [n, 'before'] as const,
  [n, 'after'] as const,
]);

test.each(DEATHS)('a process that dies at request %i, %s it took effect, loses nothing', async (n, when) => {
  const { twist, died, born } = dyingAt(n, when === 'after');
  const jobs = jobWorld(15 * MINUTE, { bootId: 'boot0' }, twist);
  const { world, builds, asked } = jobs;
  const creation = await world.start(REST);
  born(jobs.world);
  await world.settle();
  born(undefined);
  const { status, error, events } = await world.outcomeOf(creation);
  const ends = events.filter(({ type }) => type === 'ExecutionSucceeded' || type === 'ExecutionFailed');
  expect(ends).toHaveLength(1);
  // Whoever dies while the job is being submitted does not know whether it was: that is for Retry to say.
  if (status === 'FAILED') expect(error).toBe('CodeBuild.SdkClientException');
  else expect(events.filter(({ type }) => type === 'TaskSubmitted')).toHaveLength(1);
  expect(builds.length).toBeLessThanOrEqual(1);
  // A line that was doubled has ended by the next turn.
  expect(asked.filter(({ action }) => action === 'batchGetBuilds').length).toBeLessThan(130);
  expect(died()).toBe(true);
});

/** Ten minutes: the poll that takes the second turn is the one that finds the job ended. */
const THEN_WORK = build({ End: undefined, Next: 'Work' }, { Work: task('work') });
const LAST_DEATHS = DEATHS.filter(([n]) => n > 70 && n <= 100);

test.each(LAST_DEATHS)(
  'a process that dies at request %i, %s it took effect, leaves no job’s end unheard',
  async (n, when) => {
    const { twist, born } = dyingAt(n, when === 'after');
    const jobs = jobWorld(10 * MINUTE, { bootId: 'boot0' }, twist);
    const { world } = jobs;
    const creation = await world.start(THEN_WORK);
    born(jobs.world);
    await world.settle();
    born(undefined);
    const { status, error } = await world.outcomeOf(creation);
    expect([status, error]).toEqual(
      status === 'FAILED' ? ['FAILED', 'Lambda.SdkClientException'] : ['SUCCEEDED', undefined],
    );
  },
);

const TABLE_FAULTS = [
  ['the answer of a write is lost', answersLost],
  ['a connection breaks after a write', connectionsBroken],
  ['a write is refused', throttled],
] as const;

describe.each(TABLE_FAULTS)('%s', (_name, fault) => {
  test.each([1, 2, 3])('record %i', async (n) => {
    const { world, builds } = jobWorld(5 * MINUTE, {}, { table: fault((write) => write === n) });
    const { status, chain } = await world.run(REST);
    expect(status).toBe('SUCCEEDED');
    expect(chain).toHaveLength(8);
    expect(builds).toHaveLength(1);
  });
});

/** Messages come twice, in one batch or one after the other. */
function doubled(visible: Received[]): Received[][] {
  return visible.flatMap((each) => [[each], [each]]);
}

test('messages that come twice double the line until its next turn, and no longer', async () => {
  const { world, asked, timesOf } = jobWorld(60 * MINUTE, {}, { batches: once(doubled, 3) });
  expect(await world.run(REST)).toMatchObject({ status: 'SUCCEEDED' });
  const times = timesOf('batchGetBuilds');
  const after = (minutes: number) => times.filter((time) => time > minutes * 60 && time <= (minutes + 10) * 60);
  expect(after(0).length).toBeGreaterThan(60);
  expect(after(20).length).toBeLessThanOrEqual(11);
  expect(asked.filter(({ action }) => action === 'startBuild')).toHaveLength(1);
});

/** The first batches are made so, the later ones as usual. */
function once(shape: (visible: Received[]) => Received[][], batches: number): (visible: Received[]) => Received[][] {
  let made = 0;
  return (visible) => (visible.length > 0 && made++ < batches ? shape(visible) : [visible]);
}

test('a line that was lost with its queue is begun again by the audit; one that lives is left alone', async () => {
  const { world, timesOf, asked } = jobWorld(600 * MINUTE);
  const creation = await world.start(REST);
  await world.pass(30 * MINUTE);
  const audit = () => createSweepHandler(world)({ audit: true });
  const before = timesOf('batchGetBuilds').length;
  await audit();
  await world.pass(20 * MINUTE);
  expect(timesOf('batchGetBuilds').length - before).toBeLessThan(25);
  world.purge();
  await world.pass(60 * MINUTE);
  const silent = asked.length;
  expect((await world.outcomeOf(creation)).status).toBe('RUNNING');
  await audit();
  await world.pass(30 * MINUTE);
  expect(asked.length).toBeGreaterThan(silent + 20);
  await world.settle();
  expect(await world.outcomeOf(creation)).toMatchObject({ status: 'SUCCEEDED' });
});
