// D12: records are born with an expiry; the audit extends it while a run stays open.
import { expect, test } from 'vitest';
import { audit } from '../../../core/doctor/audit.ts';
import { memoryWorld } from '../../support/memory-world.ts';

const DAY_MS = 86_400_000;
const A_YEAR = { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 31_536_000, End: true } } };

test('D12: a run that waits for a year outlives its first expiry, and can still be read', async () => {
  const world = memoryWorld();
  const creation = await world.start(A_YEAR);
  const start = world.clock.now();
  for (let day = 1; day <= 60; day++) {
    await world.settle(start + day * DAY_MS);
    if (world.clock.now() < start + day * DAY_MS) world.clock.advanceTo(start + day * DAY_MS);
    await audit(world);
    world.table.purge(world.clock.now() / 1000);
  }
  expect((await world.outcomeOf(creation)).chain).toHaveLength(2);
  await world.settle();
  expect((await world.outcomeOf(creation)).status).toBe('SUCCEEDED');
});

test('D12: without the audit its records would be gone', async () => {
  const world = memoryWorld();
  const creation = await world.start(A_YEAR);
  await world.settle(world.clock.now());
  world.clock.advanceTo(world.clock.now() + 60 * DAY_MS);
  world.table.purge(world.clock.now() / 1000);
  expect((await world.outcomeOf(creation)).chain).toEqual([]);
});
