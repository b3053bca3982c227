// Adds tags to a state machine or activity; a key that is there gets the new value.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_TagResource.html
import type { TagResourceInput } from '@aws-sdk/client-sfn';
import { action } from '../action.ts';
import { ARN, REQUIRED, TAGS } from '../members.ts';
import type { Members } from '../shape.ts';
import { addTags, changeTags } from '../tags.ts';

const members = {
  resourceArn: { ...ARN, ...REQUIRED },
  tags: { ...TAGS, ...REQUIRED },
} as const satisfies Members<keyof TagResourceInput>;

export const TagResource = action(members, async ({ resourceArn, tags: added }, world) => {
  await changeTags(world, resourceArn, (tags) => addTags(resourceArn, tags, added));
  return {};
});
