// Lists the aliases of a state machine, or those that route to the version whose ARN is given.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListStateMachineAliases.html
import type { ListStateMachineAliasesInput, ListStateMachineAliasesOutput } from '@aws-sdk/client-sfn';
import { action, epochSeconds, type Wire } from '../action.ts';
import { aliasArnOf, listAliases, MAX_ALIASES } from '../aliases.ts';
import { parseArn } from '../arn.ts';
import { ARN, MAX_RESULTS, NEXT_TOKEN, REQUIRED } from '../members.ts';
import { openToken, pageSize, sealToken } from '../page.ts';
import { machineOf } from '../resolve.ts';
import type { Members } from '../shape.ts';

const members = {
  stateMachineArn: { ...ARN, ...REQUIRED },
  nextToken: NEXT_TOKEN,
  maxResults: MAX_RESULTS,
} as const satisfies Members<keyof ListStateMachineAliasesInput>;

export const ListStateMachineAliases = action(members, async (input, world) => {
  const arn = parseArn(input.stateMachineArn, 'stateMachine');
  const machine = await machineOf(world, arn, input.stateMachineArn);
  const request = ['ListStateMachineAliases', input.stateMachineArn, machine.incarnation];
  const after = openToken(world, request, input.nextToken);
  const all = await listAliases(world, machine, MAX_ALIASES, after);
  const routed = all.filter(
    ({ routes }) => arn.qualifier === undefined || routes.some(({ version }) => String(version) === arn.qualifier),
  );
  const page = routed.slice(0, pageSize(input.maxResults));
  return {
    stateMachineAliases: page.map(({ name, creationDate }) => ({
      stateMachineAliasArn: aliasArnOf(machine, name),
      creationDate: epochSeconds(creationDate),
    })),
    ...(routed.length > page.length && { nextToken: sealToken(world, request, page.at(-1)!.name) }),
  } satisfies Wire<ListStateMachineAliasesOutput>;
});
