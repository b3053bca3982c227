// Gives a worker the oldest task of its activity; waits up to a minute for one, then gives a null token.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetActivityTask.html
import type { GetActivityTaskInput, GetActivityTaskOutput } from '@aws-sdk/client-sfn';
import { takeTask } from '../../driver/activities.ts';
import { action, type Wire } from '../action.ts';
import { ARN, NAME, REQUIRED } from '../members.ts';
import { findActivity } from '../resolve.ts';
import type { Members } from '../shape.ts';

const members = {
  activityArn: { ...ARN, ...REQUIRED },
  workerName: NAME,
} as const satisfies Members<keyof GetActivityTaskInput>;

export const GetActivityTask = action(members, async ({ activityArn, workerName }, world, signal) => {
  await findActivity(world, activityArn);
  const until = world.clock.now() + world.settings.activityPollMs;
  const task = await takeTask(world, activityArn, { workerName, until, signal });
  // The SDKs read an absent member as null, which is what AWS documents for a poll that ends without a task.
  return { ...task } satisfies Wire<GetActivityTaskOutput>;
});
