// `stepwell redrive`: lets an execution that failed, timed out or was stopped go on where it broke.
import { RedriveExecutionCommand } from '@aws-sdk/client-sfn';
import { parseCommandLine } from '../arguments.ts';
import { CONNECTION_FLAGS, connect, resolveExecution } from '../client.ts';
import type { Io } from '../io.ts';

export async function redrive(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseCommandLine(args, CONNECTION_FLAGS, ['the ARN of an execution']);
  const client = connect(values, process.env);
  const executionArn = await resolveExecution(client, positionals[0]!);
  const { redriveDate } = await client.send(new RedriveExecutionCommand({ executionArn }));
  io.out(`Redriven at ${redriveDate?.toISOString()}. See it go on: stepwell follow ${executionArn}`);
  return 0;
}
