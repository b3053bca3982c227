// The local server in this process on a free port, and AWS's own client against it: what the end-to-end tests act with.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { followEvents } from '../../cli/follow.ts';
import { LIMITS } from '../../core/limits.ts';
import { EXAMPLE_FUNCTIONS } from '../../local/examples.ts';
import { type LocalServer, type ServerOptions, startServer } from '../../local/server.ts';

export const ROLE = 'arn:aws:iam::123456789012:role/StepFunctionsExecutionRole';

export interface Laptop {
  server: LocalServer;
  client: SFNClient;
  /** What the server logged, line by line. */
  lines: string[];
  /** Writes a Lambda function. */
  putFunction(name: string, source: string): void;
  close(): Promise<void>;
}

export async function openLaptop(options: Partial<ServerOptions> = {}): Promise<Laptop> {
  const functions = mkdtempSync(join(tmpdir(), 'functions-'));
  const lines: string[] = [];
  const server = await startServer({
    port: 0,
    stateDirectory: undefined,
    account: '123456789012',
    region: 'us-east-1',
    functionDirectories: [functions, ...EXAMPLE_FUNCTIONS],
    transitionsPerMessage: 25,
    limits: LIMITS.aws,
    log: (line) => lines.push(line),
    ...options,
  });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const config = { endpoint: server.url, region: 'us-east-1', credentials, maxAttempts: 1 };
  // Else TestState and StartSyncExecution would go to sync-127.0.0.1.
  const client = new SFNClient({ ...config, disableHostPrefix: true });
  return {
    server,
    client,
    lines,
    putFunction: (name, source) => writeFileSync(join(functions, `${name}.mjs`), source),
    async close() {
      client.destroy();
      await server.close();
      rmSync(functions, { recursive: true });
    },
  };
}

export async function createMachine(client: SFNClient, name: string, definition: object | string): Promise<string> {
  const text = typeof definition === 'string' ? definition : JSON.stringify(definition);
  const { stateMachineArn } = await client.send(
    new CreateStateMachineCommand({ name, definition: text, roleArn: ROLE }),
  );
  return stateMachineArn!;
}

export interface Ended extends DescribeExecutionOutput {
  executionArn: string;
  /** Types of all events, in order. */
  types: string[];
}

/** Runs one execution to its end. */
export async function runToEnd(
  client: SFNClient,
  stateMachineArn: string,
  input: unknown,
  name?: string,
): Promise<Ended> {
  const started = await client.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input), name }));
  return endOf(client, started.executionArn!);
}

export async function endOf(client: SFNClient, executionArn: string): Promise<Ended> {
  for await (const _events of followEvents(client, executionArn));
  const described = await client.send(new DescribeExecutionCommand({ executionArn }));
  const history = await client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
  return { ...described, executionArn, types: history.events!.map(({ type }) => type!) };
}
