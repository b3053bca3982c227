// The loop without a log: that it is the same interpreter, side by side and on time, with five minutes at most.
import { expect, test } from 'vitest';
import { runExpress } from '../../../core/driver/express.ts';
import type { HistoryEvent } from '../../../core/execution.ts';
import { chain, mapOf, RETRY_LOST, single, task } from '../../support/definitions.ts';
import { memoryWorld, passing, runSync } from './express.ts';

const seconds = ({ startDate, stopDate }: Record<string, unknown>) => Number(stopDate) - Number(startDate);

const branch = (Seconds: number) => ({
  StartAt: `Wait${Seconds}`,
  States: { [`Wait${Seconds}`]: { Type: 'Wait', Seconds, End: true } },
});

test('the events are those of a Standard execution', async () => {
  const world = memoryWorld({ double: (n: number) => 2 * n });
  const creation = await world.start(mapOf('double'), [1, 2, 3]);
  await world.settle();
  const events: HistoryEvent[] = [];
  const { status, output } = await passing(
    world,
    runExpress(world, creation, (more) => events.push(...more)),
  );
  expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: '[2,4,6]' });
  const chain = events.map(({ id, previousEventId, type }) => `${id}<${previousEventId} ${type}`);
  expect(chain).toEqual((await world.outcomeOf(creation)).chain);
});

test('calls are made side by side', async () => {
  const world = memoryWorld({ slow: () => world.sleep(1_000) });
  const answer = await runSync(world, mapOf('slow'), Array(40).fill({}));
  expect(seconds(answer)).toBe(1);
});

test('waits pass, and more than one at a time', async () => {
  const definition = single({ Type: 'Parallel', Branches: [branch(3), branch(7), branch(5)], End: true });
  expect(seconds(await runSync(memoryWorld(), definition))).toBe(7);
});

test('a timer that comes first loses no answer', async () => {
  const world = memoryWorld({ slow: () => world.sleep(2_000).then(() => 'slow') });
  const Branches = [chain(2, 'slow'), branch(1), branch(3)];
  const answer = await runSync(world, single({ Type: 'Parallel', Branches, End: true }));
  expect(answer).toMatchObject({ status: 'SUCCEEDED', output: '["slow",{},{}]' });
  expect(seconds(answer)).toBe(4);
});

test('a failing call is retried after its backoff', async () => {
  const world = memoryWorld({
    flaky(_: unknown, attempt: number) {
      if (attempt < 3) throw Object.assign(new Error('no'), { name: 'Lambda.SdkClientException' });
      return attempt;
    },
  });
  const answer = await runSync(world, single(task('flaky', { Retry: RETRY_LOST })));
  expect(answer).toMatchObject({ status: 'SUCCEEDED', output: '3' });
  expect(seconds(answer)).toBe(3);
});

test('a task that takes too long fails with States.Timeout', async () => {
  const world = memoryWorld({ slow: () => world.sleep(60_000) });
  const answer = await runSync(world, chain(1, 'slow', { TimeoutSeconds: 2 }));
  expect(answer).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  expect(seconds(answer)).toBe(2);
});

test.each([
  ['after the time its definition says', { TimeoutSeconds: 10 }, 10],
  ['after five minutes where it says nothing', {}, 300],
  ['after five minutes where it says more', { TimeoutSeconds: 3_600 }, 300],
])('an execution is over %s', async (_when, more, expected) => {
  const world = memoryWorld({ slow: () => world.sleep(500_000) });
  const answer = await runSync(world, { ...chain(1, 'slow'), ...more });
  expect(answer.status).toBe('TIMED_OUT');
  expect(seconds(answer)).toBe(expected);
});

test('an endless loop ends with its time, and lets others have theirs', async () => {
  const definition = {
    TimeoutSeconds: 1,
    StartAt: 'Again',
    States: {
      Again: { Type: 'Choice', Choices: [{ Variable: '$.go', BooleanEquals: true, Next: 'Step' }], Default: 'End' },
      Step: { Type: 'Pass', Next: 'Again' },
      End: { Type: 'Succeed' },
    },
  };
  const world = memoryWorld();
  const creation = await world.start(definition, { go: true });
  // Almost at its end already: each turn that it leaves to others takes a millisecond.
  const startDate = creation.startDate - 995;
  const { status } = await passing(world, runExpress(world, { ...creation, startDate }));
  expect(status).toBe('TIMED_OUT');
});

test('there is no ceiling on events', async () => {
  const items = Array.from({ length: 9_000 }, (_, i) => i);
  const definition = single({
    Type: 'Map',
    ItemProcessor: { StartAt: 'Each', States: { Each: { Type: 'Pass', End: true } } },
    ResultPath: null,
    End: true,
  });
  expect((await runSync(memoryWorld(), definition, items)).status).toBe('SUCCEEDED');
});
