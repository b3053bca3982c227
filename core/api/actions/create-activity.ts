// Creates an activity. Repeating the call gives the first result, unless it asks for another encryption; other tags
// are ignored then.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateActivity.html
import type { CreateActivityInput, CreateActivityOutput } from '@aws-sdk/client-sfn';
import { action, epochSeconds, type Wire } from '../action.ts';
import { createActivity } from '../activities.ts';
import { activityArnOf } from '../arn.ts';
import { encryptionConfiguration } from '../configuration.ts';
import { activityAlreadyExists } from '../exceptions.ts';
import { ENCRYPTION_CONFIGURATION, NAME, REQUIRED, TAGS } from '../members.ts';
import { checkName } from '../name.ts';
import type { Members } from '../shape.ts';
import { addTags } from '../tags.ts';

const members = {
  name: { ...NAME, ...REQUIRED },
  tags: TAGS,
  encryptionConfiguration: ENCRYPTION_CONFIGURATION,
} as const satisfies Members<keyof CreateActivityInput>;

export const CreateActivity = action(members, async ({ name, ...input }, world) => {
  checkName(name);
  const activityArn = activityArnOf(world, name);
  const encryption = encryptionConfiguration(input.encryptionConfiguration);
  const activity = await createActivity(world, {
    activityArn,
    name,
    creationDate: world.clock.now(),
    encryptionConfiguration: encryption,
    tags: addTags(activityArn, {}, input.tags ?? []),
  });
  if (JSON.stringify(activity.encryptionConfiguration) !== JSON.stringify(encryption))
    throw activityAlreadyExists(activityArn);
  return { activityArn, creationDate: epochSeconds(activity.creationDate) } satisfies Wire<CreateActivityOutput>;
});
