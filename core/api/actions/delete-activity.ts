// Deletes an activity. Deleting what is not there succeeds.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_DeleteActivity.html
import type { DeleteActivityInput } from '@aws-sdk/client-sfn';
import { action } from '../action.ts';
import { deleteActivity, readActivity } from '../activities.ts';
import { parseArn } from '../arn.ts';
import { ARN, REQUIRED } from '../members.ts';
import type { Members } from '../shape.ts';

const members = {
  activityArn: { ...ARN, ...REQUIRED },
} as const satisfies Members<keyof DeleteActivityInput>;

export const DeleteActivity = action(members, async (input, world) => {
  const { arn, name } = parseArn(input.activityArn, 'activity');
  const activity = await readActivity(world, name);
  if (activity?.activityArn === arn) await deleteActivity(world, name);
  return {};
});
