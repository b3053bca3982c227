// An audit of more executions than one invocation has time for goes on with the next invocations, until it has seen all.
import { expect, test } from 'vitest';
import { createSweepHandler } from '../../../handlers/sweep.ts';
import { waitFor } from '../../support/definitions.ts';
import { statusOf } from '../../support/doctor.ts';
import { type MemoryWorld, memoryWorld } from '../../support/memory-world.ts';

const HOUR = 3_600_000;
const COUNT = 30;

/** Executions whose messages are lost; each that is looked at takes ten seconds. */
async function slowWorld() {
  const world: MemoryWorld = memoryWorld();
  const stateMachineArn = (await world.start(waitFor(60), {}, 'n0')).machineArn;
  for (let i = 1; i < COUNT; i++) await world.api('StartExecution', { stateMachineArn, name: `n${i}` });
  await world.pass(1_000);
  world.purge();
  await world.pass(HOUR);
  const { send } = world.queue;
  world.queue.send = async (messages) => {
    world.clock.advanceTo(world.clock.now() + 10_000);
    await send(messages);
  };
  const sweep = createSweepHandler(world);
  const end = () => ({ getRemainingTimeInMillis: () => 160_000 });
  return { world, stateMachineArn, sweep: (event?: { audit: boolean }) => sweep(event, end()) };
}

test('what one invocation has no time for, the next ones look after, each once', async () => {
  const { world, stateMachineArn, sweep } = await slowWorld();
  expect(await sweep()).toMatchObject({ awakened: 0 });
  const awakened = [(await sweep({ audit: true })).awakened];
  // The next day's audit does not begin again while this one is under way.
  awakened.push((await sweep({ audit: true })).awakened);
  for (let minute = 0; minute < 4; minute++) awakened.push((await sweep()).awakened);
  expect(awakened).toEqual([10, 10, 10, 0, 0, 0]);
  await world.settle();
  for (let i = 0; i < COUNT; i++)
    expect(await statusOf(world, `${stateMachineArn.replace('stateMachine', 'execution')}:n${i}`)).toBe('SUCCEEDED');
});

test('nobody goes on with it while somebody does; whoever was lost is replaced', async () => {
  const { world, sweep } = await slowWorld();
  const { send } = world.queue;
  world.queue.send = () => new Promise(() => {});
  void sweep({ audit: true });
  await new Promise((go) => setImmediate(go));
  world.queue.send = send;
  expect(await sweep()).toMatchObject({ awakened: 0 });
  world.clock.advanceTo(world.clock.now() + 200_000);
  expect(await sweep()).toMatchObject({ awakened: 10 });
});
