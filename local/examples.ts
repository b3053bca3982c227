// The workflows that come with the repository: loaded at the start of the server, over the public API like any other.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateStateMachineCommand,
  type SFNClient,
  StateMachineAlreadyExists,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';

const ROOT = join(import.meta.dirname, '..', 'examples');

/** Each is a folder with its definition under the same name, and its functions. */
const EXAMPLES = ['order-processing', 'order-fulfilment'];

/** The example that `npm start` runs. */
export const SHOWN = { machine: 'order-processing', input: readExample('order-processing', 'input.json') };

export const EXAMPLE_FUNCTIONS = EXAMPLES.map((name) => join(ROOT, name, 'functions'));

/** Makes the examples' state machines, or brings those of an earlier start up to date. */
export async function loadExamples(client: SFNClient, { account, region }: { account: string; region: string }) {
  const roleArn = `arn:aws:iam::${account}:role/StepFunctionsExecutionRole`;
  for (const name of EXAMPLES) {
    const definition = readExample(name, `${name}.json`);
    try {
      await client.send(new CreateStateMachineCommand({ name, definition, roleArn }));
    } catch (error) {
      if (!(error instanceof StateMachineAlreadyExists)) throw error;
      const stateMachineArn = `arn:aws:states:${region}:${account}:stateMachine:${name}`;
      await client.send(new UpdateStateMachineCommand({ stateMachineArn, definition, roleArn }));
    }
  }
}

function readExample(name: string, file: string): string {
  return readFileSync(join(ROOT, name, file), 'utf8');
}
