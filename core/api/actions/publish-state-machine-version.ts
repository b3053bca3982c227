// Publishes the current revision as a version. Publishing the same revision again gives the same version; with a
// revision id that is not the current one it is refused.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_PublishStateMachineVersion.html
import type { PublishStateMachineVersionInput, PublishStateMachineVersionOutput } from '@aws-sdk/client-sfn';
import { action, epochSeconds, type Wire } from '../action.ts';
import { stateMachineDoesNotExist } from '../exceptions.ts';
import { ARN, DESCRIPTION, REQUIRED } from '../members.ts';
import { findMachine } from '../resolve.ts';
import type { Members } from '../shape.ts';
import { publishVersion, versionArnOf } from '../versions.ts';

const members = {
  stateMachineArn: { ...ARN, ...REQUIRED },
  revisionId: { kind: 'string' },
  description: DESCRIPTION,
} as const satisfies Members<keyof PublishStateMachineVersionInput>;

export const PublishStateMachineVersion = action(members, async (input, world) => {
  const { name } = await findMachine(world, input.stateMachineArn);
  const { revisionId: expectedRevisionId, description } = input;
  const published = await publishVersion(world, name, { expectedRevisionId, description });
  if (published === undefined) throw stateMachineDoesNotExist(input.stateMachineArn);
  const { machine, version } = published;
  return {
    stateMachineVersionArn: versionArnOf(machine, version.version),
    creationDate: epochSeconds(version.creationDate),
  } satisfies Wire<PublishStateMachineVersionOutput>;
});
