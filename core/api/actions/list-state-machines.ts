// Lists the state machines in order of their names; those being deleted are still among them.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListStateMachines.html
import type { ListStateMachinesInput, ListStateMachinesOutput } from '@aws-sdk/client-sfn';
import { listMachines } from '../../store/machines.ts';
import { action, epochSeconds, type Wire } from '../action.ts';
import { MAX_RESULTS, NEXT_TOKEN } from '../members.ts';
import { openToken, pageSize, sealToken } from '../page.ts';
import type { Members } from '../shape.ts';

const members = {
  maxResults: MAX_RESULTS,
  nextToken: NEXT_TOKEN,
} as const satisfies Members<keyof ListStateMachinesInput>;

export const ListStateMachines = action(members, async (input, world) => {
  const request = ['ListStateMachines'];
  const limit = pageSize(input.maxResults);
  const machines = await listMachines(world, limit + 1, openToken(world, request, input.nextToken));
  const page = machines.slice(0, limit);
  return {
    stateMachines: page.map(({ machineArn, name, type, creationDate }) => ({
      stateMachineArn: machineArn,
      name,
      type,
      creationDate: epochSeconds(creationDate),
    })),
    ...(machines.length > limit && { nextToken: sealToken(world, request, page.at(-1)!.name) }),
  } satisfies Wire<ListStateMachinesOutput>;
});
