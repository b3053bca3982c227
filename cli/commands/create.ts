// `stepwell create`: makes a state machine of a definition file, JSON or YAML, or updates the one of that name.
import {
  CreateStateMachineCommand,
  type SFNClient,
  StateMachineAlreadyExists,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { parse } from 'yaml';
import { parseCommandLine, UsageError } from '../arguments.ts';
import { CONNECTION_FLAGS, connect, resolveMachine } from '../client.ts';
import { readText } from '../input.ts';
import type { Io } from '../io.ts';

const FLAGS = { ...CONNECTION_FLAGS, 'role-arn': { type: 'string' }, type: { type: 'string' } } as const;
const LOCAL_ROLE = 'arn:aws:iam::123456789012:role/stepwell';

export async function create(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseCommandLine(args, FLAGS, ['a name', 'a definition file']);
  const [name, file] = positionals as [string, string];
  const definition = readDefinition(file);
  const roleArn = values['role-arn'] ?? LOCAL_ROLE;
  const type = values.type === 'EXPRESS' ? 'EXPRESS' : 'STANDARD';
  const client = connect(values, process.env);
  try {
    const { stateMachineArn } = await client.send(new CreateStateMachineCommand({ name, definition, roleArn, type }));
    io.out(`Created ${stateMachineArn}`);
  } catch (error) {
    if (!(error instanceof StateMachineAlreadyExists)) throw error;
    io.out(`Updated ${await update(client, name, definition)}`);
  }
  return 0;
}

async function update(client: SFNClient, name: string, definition: string): Promise<string> {
  const stateMachineArn = await resolveMachine(client, name);
  await client.send(new UpdateStateMachineCommand({ stateMachineArn, definition }));
  return stateMachineArn;
}

/** The file's JSON as it stands; YAML as the JSON it means. */
function readDefinition(file: string): string {
  const text = readText(file);
  if (!/\.ya?ml$/i.test(file)) return text;
  try {
    return JSON.stringify(parse(text, { maxAliasCount: 100 }), null, 2);
  } catch (error) {
    throw new UsageError(`${file} is not YAML: ${(error as Error).message}`);
  }
}
