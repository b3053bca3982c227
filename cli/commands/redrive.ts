// `stepwell redrive`: lets an execution that failed, timed out or was stopped go on where it broke. With --from it forks:
// a new execution begins at a state of the old one, which stays as it is.
import { RedriveExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { parseCommandLine, parseInteger, UsageError } from '../arguments.ts';
import { CONNECTION_FLAGS, callStepwell, connect, resolveExecution } from '../client.ts';
import { exitCodeOf, follow } from '../follow.ts';
import { readJson } from '../input.ts';
import type { Io } from '../io.ts';

const FORK_FLAGS = {
  input: { type: 'string' },
  variables: { type: 'string' },
  event: { type: 'string' },
  latest: { type: 'boolean' },
  name: { type: 'string' },
} as const;

const FLAGS = {
  ...CONNECTION_FLAGS,
  ...FORK_FLAGS,
  from: { type: 'string' },
  follow: { type: 'boolean' },
} as const;

type Flags = ReturnType<typeof parseFlags>['values'];

export async function redrive(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseFlags(args);
  const { from, follow: isFollowed } = values;
  const client = connect(values, process.env);
  const original = await resolveExecution(client, positionals[0]!);
  const executionArn = from === undefined ? original : await fork(client, original, from, values, io);
  const told = from === undefined ? await goOn(client, original) : executionArn;
  if (!isFollowed) {
    io.out(told);
    return 0;
  }
  io.err(io.paint('gray', executionArn));
  return exitCodeOf(await follow(client, executionArn, io));
}

function parseFlags(args: string[]) {
  const parsed = parseCommandLine(args, FLAGS, ['the ARN of an execution']);
  const [alone] = Object.keys(FORK_FLAGS).filter((flag) => Object.hasOwn(parsed.values, flag));
  if (alone !== undefined && parsed.values.from === undefined)
    throw new UsageError(`--${alone} goes with --from STATE: a redrive goes on with what the execution had.`);
  return parsed;
}

async function goOn(client: SFNClient, executionArn: string): Promise<string> {
  const { redriveDate } = await client.send(new RedriveExecutionCommand({ executionArn }));
  return `Redriven at ${redriveDate?.toISOString()}. See it go on: stepwell follow ${executionArn}`;
}

/** Gives the ARN of the new execution. */
async function fork(
  client: SFNClient,
  executionArn: string,
  stateName: string,
  { input, variables, event, latest, name }: Flags,
  io: Io,
): Promise<string> {
  const answer = await callStepwell<{ executionArn: string }>(client, 'ForkExecution', {
    executionArn,
    stateName,
    ...(input !== undefined && { input: await readJson('input', input, io) }),
    ...(variables !== undefined && { variables: await readJson('variables', variables, io) }),
    ...(event !== undefined && { eventId: parseInteger('--event', event, { min: 1, max: 1_000_000_000 }) }),
    ...(latest && { latestDefinition: true }),
    ...(name !== undefined && { name }),
  });
  return answer.executionArn;
}
