// `stepwell list`: state machines; with one named, its executions, newest first.
import {
  type ExecutionStatus,
  paginateListExecutions,
  paginateListStateMachines,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { parseCommandLine, UsageError } from '../arguments.ts';
import { CONNECTION_FLAGS, connect, resolveMachine } from '../client.ts';
import type { Io } from '../io.ts';
import { formatDuration } from '../render.ts';

const STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE'];
const FLAGS = { ...CONNECTION_FLAGS, status: { type: 'string' }, json: { type: 'boolean' } } as const;

export async function list(args: string[], io: Io): Promise<number> {
  const hasMachine = args[0] !== undefined && !args[0].startsWith('-');
  const { values, positionals } = parseCommandLine(args, FLAGS, hasMachine ? ['a state machine'] : []);
  const status = values.status?.toUpperCase();
  if (status !== undefined && !STATUSES.includes(status))
    throw new UsageError(`--status takes one of ${STATUSES.join(', ')}, not '${values.status}'.`);
  if (status !== undefined && !hasMachine)
    throw new UsageError('--status goes with a state machine: stepwell list <machine> --status STATUS.');
  const client = connect(values, process.env);
  const print = (row: object, line: () => string) => io.out(values.json ? JSON.stringify(row) : line());
  if (positionals[0] === undefined) await listMachines(client, print);
  else await listExecutions(client, positionals[0], status as ExecutionStatus | undefined, print);
  return 0;
}

type Print = (row: object, line: () => string) => void;

async function listMachines(client: SFNClient, print: Print): Promise<void> {
  for await (const { stateMachines = [] } of paginateListStateMachines({ client }, {})) {
    for (const machine of stateMachines)
      print(machine, () => `${machine.name}  ${machine.type}  ${machine.stateMachineArn}`);
  }
}

async function listExecutions(
  client: SFNClient,
  machine: string,
  statusFilter: ExecutionStatus | undefined,
  print: Print,
) {
  const stateMachineArn = await resolveMachine(client, machine);
  for await (const { executions = [] } of paginateListExecutions({ client }, { stateMachineArn, statusFilter })) {
    for (const execution of executions) {
      const { status, startDate, stopDate, executionArn } = execution;
      const took = stopDate && startDate ? formatDuration(stopDate.getTime() - startDate.getTime()) : 'so far';
      print(execution, () => `${status!.padEnd(9)}  ${startDate?.toISOString()}  ${took.padStart(9)}  ${executionArn}`);
    }
  }
}
