// Lists the executions of a state machine, version or alias, newest first. It is eventually consistent, and a page
// can be short while there are more.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html
import type { ListExecutionsInput, ListExecutionsOutput } from '@aws-sdk/client-sfn';
import { listExecutions } from '../../driver/executions.ts';
import type { Listed } from '../../execution.ts';
import type { Machine } from '../../store/machines.ts';
import type { World } from '../../world.ts';
import { action, epochSeconds, optionalSeconds, type Wire } from '../action.ts';
import { parseArn } from '../arn.ts';
import { resourceNotFound, stateMachineTypeNotSupported, validation } from '../exceptions.ts';
import { ARN, LIST_EXECUTIONS_TOKEN, LONG_ARN, MAX_RESULTS } from '../members.ts';
import { openToken, pageSize, sealToken } from '../page.ts';
import { machineOf } from '../resolve.ts';
import type { Input, Members } from '../shape.ts';

const members = {
  stateMachineArn: ARN,
  statusFilter: {
    kind: 'string',
    values: ['SUCCEEDED', 'TIMED_OUT', 'PENDING_REDRIVE', 'ABORTED', 'FAILED', 'RUNNING'],
  },
  maxResults: MAX_RESULTS,
  nextToken: LIST_EXECUTIONS_TOKEN,
  mapRunArn: LONG_ARN,
  redriveFilter: { kind: 'string', values: ['REDRIVEN', 'NOT_REDRIVEN'] },
} as const satisfies Members<keyof ListExecutionsInput>;

/** Index pages read for one answer when most executions do not belong to the version or alias asked for. */
const MAX_PAGES = 10;

export const ListExecutions = action(members, async (input, world) => {
  const { stateMachineArn, status } = checkFilters(input);
  const arn = parseArn(stateMachineArn, 'stateMachine');
  const machine = await machineOf(world, arn, stateMachineArn);
  if (machine.type === 'EXPRESS') throw stateMachineTypeNotSupported();
  const request = ['ListExecutions', stateMachineArn, machine.incarnation, status ?? ''];
  const after = openToken(world, request, input.nextToken);
  const belongs = ({ startDate, versionArn, aliasArn }: Listed) =>
    startDate >= machine.creationDate &&
    (arn.qualifier === undefined || versionArn === stateMachineArn || aliasArn === stateMachineArn);
  const query = { status, limit: pageSize(input.maxResults), after };
  const { executions, next } = await collect(world, machine, query, belongs);
  return {
    executions: executions.map(output),
    ...(next !== undefined && { nextToken: sealToken(world, request, next) }),
  } satisfies Wire<ListExecutionsOutput>;
});

function checkFilters({ stateMachineArn, mapRunArn, statusFilter, redriveFilter }: Input<typeof members>) {
  if ((stateMachineArn === undefined) === (mapRunArn === undefined))
    throw validation('Exactly one of stateMachineArn and mapRunArn must be specified', 'MISSING_REQUIRED_PARAMETER');
  if (stateMachineArn === undefined) {
    const { arn } = parseArn(mapRunArn!, 'mapRun');
    throw resourceNotFound(`Resource not found: '${arn}'`, arn);
  }
  if (statusFilter === 'PENDING_REDRIVE' || redriveFilter !== undefined)
    throw validation('The PENDING_REDRIVE status and the redriveFilter can only be used with a mapRunArn');
  return { stateMachineArn, status: statusFilter };
}

interface Query {
  status: Listed['status'] | undefined;
  limit: number;
  after: string | undefined;
}

/** Reads on until the page is full: the index knows machines, not versions, aliases or machines of earlier days. */
async function collect(
  world: World,
  { machineArn }: Machine,
  { status, limit, after }: Query,
  belongs: (execution: Listed) => boolean,
): Promise<{ executions: Listed[]; next?: string }> {
  const found: Listed[] = [];
  let next = after;
  for (let page = 0; page < MAX_PAGES && found.length < limit; page += 1) {
    const rest = { limit: limit - found.length, ...(status && { status }), ...(next !== undefined && { after: next }) };
    const { executions, next: following } = await listExecutions(world, { machineArn, ...rest });
    found.push(...executions.filter(belongs));
    if (following === undefined) return { executions: found };
    next = following;
  }
  return { executions: found, ...(next !== undefined && { next }) };
}

function output(execution: Listed) {
  return {
    executionArn: execution.executionArn,
    stateMachineArn: execution.machineArn,
    name: execution.name,
    status: execution.status,
    startDate: epochSeconds(execution.startDate),
    stopDate: optionalSeconds(execution.stopDate),
    stateMachineVersionArn: execution.versionArn,
    stateMachineAliasArn: execution.aliasArn,
    redriveCount: execution.redriveCount,
    redriveDate: optionalSeconds(execution.redriveDate),
  };
}
