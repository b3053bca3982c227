// Schedules of a laptop, on a clock that jumps.
import { expect, test } from 'vitest';
import { listTriggers } from '../../../core/triggers/store.ts';
import { keepSchedule } from '../../../local/schedules.ts';
import { memoryWorld } from '../../support/memory-world.ts';
import { executionsOf, machineWith } from '../../support/triggers.ts';

const MINUTE_MS = 60_000;
const turn = () => new Promise((resolve) => setImmediate(resolve));

async function setup(expression: string) {
  const world = memoryWorld();
  const machine = await machineWith(world, 'nightly', { schedule: { expression } }, 'tick');
  const [trigger] = await listTriggers(world);
  const stopping = new AbortController();
  const troubles: string[] = [];
  const report = (trouble: unknown) => void troubles.push((trouble as Error).message);
  const kept = keepSchedule(world, trigger!, { signal: stopping.signal, report });
  const pass = async (minutes: number) => {
    world.clock.advanceTo(world.clock.now() + minutes * MINUTE_MS);
    for (let i = 0; i < 20; i++) await turn();
    return (await executionsOf(world, machine)).length;
  };
  await turn();
  return { world, machine, trigger: trigger!, troubles, pass, kept, stop: () => stopping.abort() };
}

test('an execution starts at each of the times, with the event of a schedule', async () => {
  const { world, machine, pass } = await setup('rate(5 minutes)');
  expect(await pass(4)).toBe(0);
  expect(await pass(1)).toBe(1);
  expect(await pass(5)).toBe(2);
  const times = (await executionsOf(world, machine)).map(({ input }) => input.time).toSorted();
  expect(times).toEqual(['2026-01-01T00:05:00Z', '2026-01-01T00:10:00Z']);
  expect((await executionsOf(world, machine))[0]?.input).toMatchObject({
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    detail: {},
  });
});

test('times that passed while nobody was there are over', async () => {
  const { pass } = await setup('cron(0/10 * * * ? *)');
  expect(await pass(35)).toBe(1);
  expect(await pass(5)).toBe(2);
});

test('two servers, or one started anew, start one execution at a time', async () => {
  const { world, trigger, pass } = await setup('rate(5 minutes)');
  void keepSchedule(world, trigger, { signal: new AbortController().signal, report: () => {} });
  await turn();
  expect(await pass(5)).toBe(1);
});

test('a schedule whose machine is gone says so, and goes on', async () => {
  const { world, machine, troubles, pass } = await setup('rate(5 minutes)');
  await world.api('DeleteStateMachine', { stateMachineArn: machine });
  world.clock.advanceTo(world.clock.now() + 5 * MINUTE_MS);
  for (let i = 0; i < 20; i++) await turn();
  expect(troubles[0]).toMatch(/^Trigger nightly\/tick cannot start an execution for event .*StateMachineDoesNotExist/);
  const again = {
    name: 'nightly',
    definition: '{"StartAt":"S","States":{"S":{"Type":"Succeed"}}}',
    roleArn: 'arn:aws:iam::123456789012:role/r',
  };
  await world.api('CreateStateMachine', again);
  expect(await pass(5)).toBe(1);
});

test('it ends when it is told to, and when there is no time left', async () => {
  const { stop, kept } = await setup('rate(5 minutes)');
  stop();
  await kept;
  await (await setup('cron(0 0 1 1 ? 2020)')).kept;
});
