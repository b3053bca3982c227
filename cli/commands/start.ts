// `stepwell start`: begins an execution; with --follow shows it to its end, and the exit code tells how it went.
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { parseCommandLine } from '../arguments.ts';
import { CONNECTION_FLAGS, connect, resolveMachine } from '../client.ts';
import { exitCodeOf, follow, followEvents } from '../follow.ts';
import { readJson } from '../input.ts';
import type { Io } from '../io.ts';
import { addEvent, emptyTree } from '../tree.ts';

const FLAGS = {
  ...CONNECTION_FLAGS,
  input: { type: 'string' },
  name: { type: 'string' },
  follow: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

export async function start(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseCommandLine(args, FLAGS, ['the name or ARN of a state machine']);
  const input = values.input === undefined ? '{}' : await readJson('input', values.input, io);
  const client = connect(values, process.env);
  const stateMachineArn = await resolveMachine(client, positionals[0]!);
  const { executionArn, startDate } = await client.send(
    new StartExecutionCommand({ stateMachineArn, input, name: values.name }),
  );
  if (values.follow && values.json) return printEvents(followEvents(client, executionArn!), io);
  if (values.follow) {
    io.err(io.paint('gray', executionArn!));
    return exitCodeOf(await follow(client, executionArn!, io));
  }
  io.out(values.json ? JSON.stringify({ executionArn, startDate }) : executionArn!);
  return 0;
}

/** One event per line, as soon as it is known; the exit code is the execution's outcome. */
async function printEvents(pages: ReturnType<typeof followEvents>, io: Io): Promise<number> {
  const tree = emptyTree();
  for await (const events of pages) {
    for (const event of events) {
      addEvent(tree, event);
      io.out(JSON.stringify(event));
    }
  }
  return exitCodeOf(tree);
}
