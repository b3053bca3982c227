// The list entry of an execution follows what happened, in whatever order the announcements arrive.
import { expect, test } from 'vitest';
import { announce, listNames } from '../../../core/store/names.ts';
import { memoryWorld } from '../../support/memory-world.ts';

const FAILED = { status: 'FAILED', redriveCount: 0, stopDate: 1_000 } as const;
const REDRIVEN = { status: 'RUNNING', redriveCount: 1, redriveDate: 2_000 } as const;
const SUCCEEDED = { status: 'SUCCEEDED', redriveCount: 1, redriveDate: 2_000, stopDate: 3_000 } as const;

test.each([
  { title: 'in order', order: [FAILED, REDRIVEN, SUCCEEDED] },
  { title: 'the first end last', order: [REDRIVEN, SUCCEEDED, FAILED] },
  { title: 'backwards', order: [SUCCEEDED, REDRIVEN, FAILED] },
  { title: 'each twice', order: [FAILED, FAILED, REDRIVEN, SUCCEEDED, REDRIVEN, SUCCEEDED, FAILED] },
])('announcements that arrive $title leave the newest standing', async ({ order }) => {
  const world = memoryWorld();
  const creation = await world.start({ StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 9, End: true } } });
  for (const outcome of order) await announce(world, creation, outcome);
  const { executions } = await listNames(world, { machineArn: creation.machineArn, limit: 10 });
  expect(executions).toMatchObject([SUCCEEDED]);
});
