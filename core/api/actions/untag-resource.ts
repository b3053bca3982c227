// Removes tags from a state machine or activity; keys that are not there do not matter.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_UntagResource.html
import type { UntagResourceInput } from '@aws-sdk/client-sfn';
import { action } from '../action.ts';
import { ARN, REQUIRED, TAG_KEY } from '../members.ts';
import type { Members } from '../shape.ts';
import { changeTags, removeTags } from '../tags.ts';

const members = {
  resourceArn: { ...ARN, ...REQUIRED },
  tagKeys: { kind: 'list', of: TAG_KEY, required: true },
} as const satisfies Members<keyof UntagResourceInput>;

export const UntagResource = action(members, async ({ resourceArn, tagKeys }, world) => {
  await changeTags(world, resourceArn, (tags) => removeTags(tags, tagKeys));
  return {};
});
