// `stepwell approve`: answers the task of an execution that waits for its token with a result.
import { SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { ANSWER_FLAGS, answerWaiting } from '../answer.ts';
import { parseCommandLine, UsageError } from '../arguments.ts';
import { connect, resolveExecution } from '../client.ts';
import type { Io } from '../io.ts';

const FLAGS = { ...ANSWER_FLAGS, output: { type: 'string', default: '{}' } } as const;

export async function approve(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseCommandLine(args, FLAGS, ['an execution']);
  const { output, state } = values;
  checkJson(output);
  const client = connect(values, process.env);
  const executionArn = await resolveExecution(client, positionals[0]!);
  const place = await answerWaiting(client, executionArn, state, (taskToken) =>
    client.send(new SendTaskSuccessCommand({ taskToken, output })),
  );
  io.out(`Approved ${place}.`);
  return 0;
}

function checkJson(output: string): void {
  try {
    JSON.parse(output);
  } catch (error) {
    throw new UsageError(`--output '${output}' is not JSON: ${(error as Error).message}.`);
  }
}
