// Lists the versions of a state machine, newest first. A machine that is not there has none: no error says so.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListStateMachineVersions.html
import type { ListStateMachineVersionsInput, ListStateMachineVersionsOutput } from '@aws-sdk/client-sfn';
import { readMachine } from '../../store/machines.ts';
import { action, epochSeconds, type Wire } from '../action.ts';
import { parseUnqualified } from '../arn.ts';
import { ARN, MAX_RESULTS, NEXT_TOKEN, REQUIRED } from '../members.ts';
import { openToken, pageSize, sealToken } from '../page.ts';
import type { Members } from '../shape.ts';
import { listVersions, versionArnOf } from '../versions.ts';

const members = {
  stateMachineArn: { ...ARN, ...REQUIRED },
  nextToken: NEXT_TOKEN,
  maxResults: MAX_RESULTS,
} as const satisfies Members<keyof ListStateMachineVersionsInput>;

export const ListStateMachineVersions = action(members, async (input, world) => {
  const { arn, name } = parseUnqualified(input.stateMachineArn);
  const machine = await readMachine(world, name);
  if (machine?.machineArn !== arn) return { stateMachineVersions: [] };
  const request = ['ListStateMachineVersions', machine.machineArn, machine.incarnation];
  const below = openToken(world, request, input.nextToken);
  const limit = pageSize(input.maxResults);
  const versions = await listVersions(world, machine, limit + 1, below === undefined ? undefined : Number(below));
  const page = versions.slice(0, limit);
  return {
    stateMachineVersions: page.map(({ version, creationDate }) => ({
      stateMachineVersionArn: versionArnOf(machine, version),
      creationDate: epochSeconds(creationDate),
    })),
    ...(versions.length > limit && { nextToken: sealToken(world, request, String(page.at(-1)!.version)) }),
  } satisfies Wire<ListStateMachineVersionsOutput>;
});
