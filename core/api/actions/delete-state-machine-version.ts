// Deletes a version, unless an alias routes to it. Its number is never given again; executions of it run on.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_DeleteStateMachineVersion.html
import type { DeleteStateMachineVersionInput } from '@aws-sdk/client-sfn';
import { readMachine } from '../../store/machines.ts';
import { action } from '../action.ts';
import { listAliases, MAX_ALIASES } from '../aliases.ts';
import { parseVersionArn } from '../arn.ts';
import { conflict } from '../exceptions.ts';
import { LONG_ARN, REQUIRED } from '../members.ts';
import type { Members } from '../shape.ts';
import { deleteVersion } from '../versions.ts';

const members = {
  stateMachineVersionArn: { ...LONG_ARN, ...REQUIRED },
} as const satisfies Members<keyof DeleteStateMachineVersionInput>;

export const DeleteStateMachineVersion = action(members, async (input, world) => {
  const { arn, name, version } = parseVersionArn(input.stateMachineVersionArn);
  const machine = await readMachine(world, name);
  if (machine?.machineArn !== arn) return {};
  const aliases = await listAliases(world, machine, MAX_ALIASES);
  const users = aliases.filter(({ routes }) => routes.some((route) => route.version === version));
  if (users.length > 0)
    throw conflict(
      'Version to be deleted must not be referenced by an alias. ' +
        `Current list of aliases referencing this version: [${users.map((alias) => alias.name).join(', ')}]`,
    );
  await deleteVersion(world, machine, version);
  return {};
});
