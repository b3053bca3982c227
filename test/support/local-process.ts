// The local server as a process of its own, which a test can kill as the power does.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '..', '..', 'local', 'main.ts');

export interface LocalProcess {
  /** Any action of the API; rejects when the server refuses or is gone. */
  api(action: string, body: object): Promise<Record<string, unknown>>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Resolves when it answers. */
export async function startProcess(args: { state: string; functions: string; port: number }): Promise<LocalProcess> {
  const flags = ['--state', args.state, '--functions', args.functions, '--port', String(args.port)];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...flags], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: join(args.state, '..', 'compiled') },
  });
  const gone = once(child, 'exit');
  await announced(child);
  return {
    api: (action, body) => request(args.port, action, body),
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** The server says where it is as soon as it can be reached. */
async function announced(child: ChildProcess): Promise<void> {
  let said = '';
  for await (const chunk of child.stderr!) {
    said += chunk;
    if (said.includes('Step Functions at ')) break;
  }
  if (!said.includes('Step Functions at ')) throw new Error(`The server ended before it was there: ${said}`);
}

async function request(port: number, action: string, body: object): Promise<Record<string, unknown>> {
  const answer = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: { 'x-amz-target': `AWSStepFunctions.${action}`, 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify(body),
  });
  const value = (await answer.json()) as Record<string, unknown>;
  if (!answer.ok) throw new Error(`${action}: ${JSON.stringify(value)}`);
  return value;
}
