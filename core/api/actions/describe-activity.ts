// Describes an activity.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeActivity.html
import type { DescribeActivityInput, DescribeActivityOutput } from '@aws-sdk/client-sfn';
import { action, epochSeconds, type Wire } from '../action.ts';
import { ARN, REQUIRED } from '../members.ts';
import { findActivity } from '../resolve.ts';
import type { Members } from '../shape.ts';

const members = {
  activityArn: { ...ARN, ...REQUIRED },
} as const satisfies Members<keyof DescribeActivityInput>;

export const DescribeActivity = action(members, async (input, world) => {
  const { activityArn, name, creationDate, encryptionConfiguration } = await findActivity(world, input.activityArn);
  return {
    activityArn,
    name,
    creationDate: epochSeconds(creationDate),
    encryptionConfiguration,
  } satisfies Wire<DescribeActivityOutput>;
});
