// The local server in this process, on a real SQLite file, its functions replaced by plain TypeScript: what benches use
// that want to look inside. Those that measure what a user sees talk to a process of its own (server.ts).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { handleRequest } from '../core/api/wire.ts';
import { LIMITS } from '../core/limits.ts';
import { startServer } from '../local/server.ts';

export interface EmbeddedEngine {
  call(action: string, input: object): Promise<Record<string, unknown>>;
  createMachine(definition: object): Promise<string>;
  close(): Promise<void>;
}

/** `work` is every function there is: JSON text in, JSON text out. */
export async function openEngine(work: (payload: string) => Promise<string>): Promise<EmbeddedEngine> {
  const directory = mkdtempSync(join(tmpdir(), 'stepwell-bench-'));
  const server = await startServer({ ...SERVER, stateDirectory: directory });
  server.world.lambda = {
    timeoutMs: async () => 3_000,
    invoke: async ({ payload }) => ({
      statusCode: 200,
      executedVersion: '$LATEST',
      requestId: '',
      payload: await work(payload),
    }),
  };
  async function call(action: string, input: object) {
    const headers = { 'x-amz-target': `AWSStepFunctions.${action}` };
    const request = { method: 'POST', headers, body: JSON.stringify(input) };
    const { status, body } = await handleRequest(server.world, request);
    if (status !== 200) throw new Error(`${action}: ${body}`);
    return JSON.parse(body);
  }
  return {
    call,
    async createMachine(definition) {
      const input = { name: 'bench', definition: JSON.stringify(definition), roleArn: ROLE };
      return (await call('CreateStateMachine', input)).stateMachineArn;
    },
    async close() {
      await server.close();
      rmSync(directory, { recursive: true });
    },
  };
}

export const ROLE = 'arn:aws:iam::123456789012:role/bench';

/** A server as `npm start` makes it, but on any free port and without functions. */
export const SERVER = {
  port: 0,
  account: '123456789012',
  region: 'us-east-1',
  functionDirectories: [],
  transitionsPerMessage: 25,
  limits: LIMITS.aws,
  log: console.error,
};
