// `stepwell stop`: aborts an execution.
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { parseCommandLine } from '../arguments.ts';
import { CONNECTION_FLAGS, connect, resolveExecution } from '../client.ts';
import type { Io } from '../io.ts';

const FLAGS = { ...CONNECTION_FLAGS, error: { type: 'string' }, cause: { type: 'string' } } as const;

export async function stop(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseCommandLine(args, FLAGS, ['the ARN of an execution']);
  const client = connect(values, process.env);
  const executionArn = await resolveExecution(client, positionals[0]!);
  const { error, cause } = values;
  const { stopDate } = await client.send(new StopExecutionCommand({ executionArn, error, cause }));
  io.out(`Stopped at ${stopDate?.toISOString()}.`);
  return 0;
}
