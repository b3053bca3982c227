// Changes description or routing of an alias; executions that run stay with the version they began with. Asking for
// what is there already gives the first answer again.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachineAlias.html
import type { UpdateStateMachineAliasInput, UpdateStateMachineAliasOutput } from '@aws-sdk/client-sfn';
import { action, epochSeconds, type Wire } from '../action.ts';
import { type Alias, replaceAlias } from '../aliases.ts';
import { invalidRouting, referencedResourceNotFound, stateMachineDeleting, validation } from '../exceptions.ts';
import { ARN, DESCRIPTION, REQUIRED, ROUTING_CONFIGURATION } from '../members.ts';
import { findAlias } from '../resolve.ts';
import { readRouting } from '../routing.ts';
import type { Members } from '../shape.ts';

const members = {
  stateMachineAliasArn: { ...ARN, ...REQUIRED },
  description: DESCRIPTION,
  routingConfiguration: ROUTING_CONFIGURATION,
} as const satisfies Members<keyof UpdateStateMachineAliasInput>;

export const UpdateStateMachineAlias = action(members, async (input, world) => {
  const { stateMachineAliasArn, description, routingConfiguration } = input;
  const { machine, alias } = await findAlias(world, stateMachineAliasArn);
  if (machine.status === 'DELETING') throw stateMachineDeleting(machine.machineArn);
  if (description === undefined && routingConfiguration === undefined)
    throw validation(
      'Either the description or the routing configuration must be specified',
      'MISSING_REQUIRED_PARAMETER',
    );
  const changed: Alias = { ...alias };
  if (description !== undefined) changed.description = description;
  if (routingConfiguration !== undefined) {
    const routing = await readRouting(world, routingConfiguration);
    if (routing.machine.machineArn !== machine.machineArn)
      throw invalidRouting(
        'Routing configuration must contain versions of the state machine that the alias belongs to',
      );
    changed.routes = routing.routes;
  }
  if (JSON.stringify(changed) !== JSON.stringify(alias)) changed.updateDate = world.clock.now();
  if (!(await replaceAlias(world, machine, changed))) throw referencedResourceNotFound(stateMachineAliasArn);
  return { updateDate: epochSeconds(changed.updateDate) } satisfies Wire<UpdateStateMachineAliasOutput>;
});
