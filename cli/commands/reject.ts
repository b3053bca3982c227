// `stepwell reject`: answers the task of an execution that waits for its token with a failure.
import { SendTaskFailureCommand } from '@aws-sdk/client-sfn';
import { ANSWER_FLAGS, answerWaiting } from '../answer.ts';
import { parseCommandLine } from '../arguments.ts';
import { connect, resolveExecution } from '../client.ts';
import type { Io } from '../io.ts';

const FLAGS = { ...ANSWER_FLAGS, error: { type: 'string' }, cause: { type: 'string' } } as const;

export async function reject(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseCommandLine(args, FLAGS, ['an execution']);
  const { error = 'Rejected', cause, state } = values;
  const client = connect(values, process.env);
  const executionArn = await resolveExecution(client, positionals[0]!);
  const place = await answerWaiting(client, executionArn, state, (taskToken) =>
    client.send(new SendTaskFailureCommand({ taskToken, error, cause })),
  );
  io.out(`Rejected ${place}.`);
  return 0;
}
