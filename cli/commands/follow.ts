// `stepwell follow`: shows an execution that runs already, to its end.
import { parseCommandLine } from '../arguments.ts';
import { CONNECTION_FLAGS, connect, resolveExecution } from '../client.ts';
import { exitCodeOf, follow } from '../follow.ts';
import type { Io } from '../io.ts';

export async function followCommand(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseCommandLine(args, CONNECTION_FLAGS, ['the ARN of an execution']);
  const client = connect(values, process.env);
  return exitCodeOf(await follow(client, await resolveExecution(client, positionals[0]!), io));
}
