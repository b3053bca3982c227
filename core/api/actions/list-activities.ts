// Lists the activities in order of their names.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListActivities.html
import type { ListActivitiesInput, ListActivitiesOutput } from '@aws-sdk/client-sfn';
import { action, epochSeconds, type Wire } from '../action.ts';
import { listActivities } from '../activities.ts';
import { MAX_RESULTS, NEXT_TOKEN } from '../members.ts';
import { openToken, pageSize, sealToken } from '../page.ts';
import type { Members } from '../shape.ts';

const members = {
  maxResults: MAX_RESULTS,
  nextToken: NEXT_TOKEN,
} as const satisfies Members<keyof ListActivitiesInput>;

export const ListActivities = action(members, async (input, world) => {
  const request = ['ListActivities'];
  const limit = pageSize(input.maxResults);
  const activities = await listActivities(world, limit + 1, openToken(world, request, input.nextToken));
  const page = activities.slice(0, limit);
  return {
    activities: page.map(({ activityArn, name, creationDate }) => ({
      activityArn,
      name,
      creationDate: epochSeconds(creationDate),
    })),
    ...(activities.length > limit && { nextToken: sealToken(world, request, page.at(-1)!.name) }),
  } satisfies Wire<ListActivitiesOutput>;
});
