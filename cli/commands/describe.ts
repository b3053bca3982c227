// `stepwell describe`: all that the service tells about a state machine or an execution, as JSON.
import { DescribeExecutionCommand, DescribeStateMachineCommand } from '@aws-sdk/client-sfn';
import { parseCommandLine } from '../arguments.ts';
import { CONNECTION_FLAGS, connect, resolveExecution, resolveMachine } from '../client.ts';
import type { Io } from '../io.ts';

export async function describe(args: string[], io: Io): Promise<number> {
  const what = 'the name or ARN of a state machine, or an execution';
  const { values, positionals } = parseCommandLine(args, CONNECTION_FLAGS, [what]);
  const named = positionals[0]!;
  const client = connect(values, process.env);
  const isExecution = named.startsWith('arn:') ? /:(execution|express):/.test(named) : named.includes(':');
  const { $metadata: _, ...described } = isExecution
    ? await client.send(new DescribeExecutionCommand({ executionArn: await resolveExecution(client, named) }))
    : await client.send(new DescribeStateMachineCommand({ stateMachineArn: await resolveMachine(client, named) }));
  io.out(JSON.stringify(described, null, 2));
  return 0;
}
