// Deletes an alias; executions begun with it run on. Deleting what is not there succeeds.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_DeleteStateMachineAlias.html
import type { DeleteStateMachineAliasInput } from '@aws-sdk/client-sfn';
import { readMachine } from '../../store/machines.ts';
import { action } from '../action.ts';
import { deleteAlias } from '../aliases.ts';
import { parseAliasArn } from '../arn.ts';
import { ARN, REQUIRED } from '../members.ts';
import type { Members } from '../shape.ts';

const members = {
  stateMachineAliasArn: { ...ARN, ...REQUIRED },
} as const satisfies Members<keyof DeleteStateMachineAliasInput>;

export const DeleteStateMachineAlias = action(members, async (input, world) => {
  const { arn, name, alias } = parseAliasArn(input.stateMachineAliasArn);
  const machine = await readMachine(world, name);
  if (machine?.machineArn === arn) await deleteAlias(world, machine, alias);
  return {};
});
