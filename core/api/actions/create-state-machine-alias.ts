// Creates an alias for one or two versions. Repeating the call with the same description and routing gives the first
// result; anything else under the name is a conflict.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachineAlias.html
import type { CreateStateMachineAliasInput, CreateStateMachineAliasOutput } from '@aws-sdk/client-sfn';
import { action, epochSeconds, type Wire } from '../action.ts';
import { type Alias, aliasArnOf, createAlias, listAliases, MAX_ALIASES } from '../aliases.ts';
import { conflict, quotaExceeded, stateMachineDeleting } from '../exceptions.ts';
import { ALIAS_NAME, DESCRIPTION, REQUIRED, ROUTING_CONFIGURATION } from '../members.ts';
import { readRouting } from '../routing.ts';
import type { Members } from '../shape.ts';

const members = {
  description: DESCRIPTION,
  name: { ...ALIAS_NAME, ...REQUIRED },
  routingConfiguration: { ...ROUTING_CONFIGURATION, ...REQUIRED },
} as const satisfies Members<keyof CreateStateMachineAliasInput>;

export const CreateStateMachineAlias = action(members, async (input, world) => {
  const { machine, routes } = await readRouting(world, input.routingConfiguration);
  if (machine.status === 'DELETING') throw stateMachineDeleting(machine.machineArn);
  const now = world.clock.now();
  const alias: Alias = { name: input.name, routes, creationDate: now, updateDate: now };
  if (input.description !== undefined) alias.description = input.description;
  const others = (await listAliases(world, machine, MAX_ALIASES)).filter(({ name }) => name !== alias.name);
  if (others.length >= MAX_ALIASES) throw quotaExceeded(`A state machine can have at most ${MAX_ALIASES} aliases`);
  const standing = await createAlias(world, machine, alias);
  if (contentOf(standing) !== contentOf(alias))
    throw conflict(
      'Failed to create alias because an alias with the same name and a different routing configuration already exists.',
    );
  return {
    stateMachineAliasArn: aliasArnOf(machine, alias.name),
    creationDate: epochSeconds(standing.creationDate),
  } satisfies Wire<CreateStateMachineAliasOutput>;
});

function contentOf({ description, routes }: Alias): string {
  return JSON.stringify([description, routes]);
}
