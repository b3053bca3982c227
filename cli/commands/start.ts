// `stepwell start`: begins an execution; with --follow shows it to its end, and the exit code tells how it went.
import { existsSync, readFileSync } from 'node:fs';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { parseCommandLine, UsageError } from '../arguments.ts';
import { CONNECTION_FLAGS, connect, resolveMachine } from '../client.ts';
import { exitCodeOf, follow, followEvents } from '../follow.ts';
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
  const input = values.input === undefined ? '{}' : await readInput(values.input, io);
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

/** A file, JSON text, or `-` for standard input. The text is sent as it is: numbers keep their digits. */
async function readInput(input: string, io: Io): Promise<string> {
  if (input === '-') return checked(await io.readInput(), 'Standard input');
  const path = input.replace(/^file:\/\//, '');
  if (existsSync(path)) return checked(readFileSync(path, 'utf8'), `The file ${path}`);
  if (path !== input || /^[\w./\\-]+\.json$/.test(input)) throw new UsageError(`There is no file ${path}.`);
  return checked(input, `--input '${input}'`);
}

function checked(text: string, what: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    throw new UsageError(`${what} is not JSON: ${(error as Error).message}.`);
  }
}
