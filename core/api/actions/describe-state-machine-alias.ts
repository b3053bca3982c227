// Describes an alias.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachineAlias.html
import type { DescribeStateMachineAliasInput, DescribeStateMachineAliasOutput } from '@aws-sdk/client-sfn';
import { action, epochSeconds, type Wire } from '../action.ts';
import { aliasArnOf } from '../aliases.ts';
import { ARN, REQUIRED } from '../members.ts';
import { findAlias } from '../resolve.ts';
import { routingOutput } from '../routing.ts';
import type { Members } from '../shape.ts';

const members = {
  stateMachineAliasArn: { ...ARN, ...REQUIRED },
} as const satisfies Members<keyof DescribeStateMachineAliasInput>;

export const DescribeStateMachineAlias = action(members, async (input, world) => {
  const { machine, alias } = await findAlias(world, input.stateMachineAliasArn);
  return {
    stateMachineAliasArn: aliasArnOf(machine, alias.name),
    name: alias.name,
    description: alias.description,
    routingConfiguration: routingOutput(machine, alias.routes),
    creationDate: epochSeconds(alias.creationDate),
    updateDate: epochSeconds(alias.updateDate),
  } satisfies Wire<DescribeStateMachineAliasOutput>;
});
