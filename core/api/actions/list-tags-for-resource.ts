// Lists the tags of a state machine or activity.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListTagsForResource.html
import type { ListTagsForResourceInput, ListTagsForResourceOutput } from '@aws-sdk/client-sfn';
import { action, type Wire } from '../action.ts';
import { ARN, REQUIRED } from '../members.ts';
import type { Members } from '../shape.ts';
import { readTags } from '../tags.ts';

const members = {
  resourceArn: { ...ARN, ...REQUIRED },
} as const satisfies Members<keyof ListTagsForResourceInput>;

export const ListTagsForResource = action(members, async (input, world) => {
  const tags = Object.entries(await readTags(world, input.resourceArn));
  return { tags: tags.map(([key, value]) => ({ key, value })) } satisfies Wire<ListTagsForResourceOutput>;
});
