// The local server as a process of its own, which a test can kill as the power does.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SERVING } from './serving.ts';

const MAIN = join(import.meta.dirname, 'serve.ts');

export interface LocalProcess {
  pid: number;
  /** What it has said of itself, line by line. */
  lines: string[];
  /** Any action of AWS's API, or `Stepwell.<Action>`; rejects when the server refuses or is gone. */
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

export interface ProcessArguments {
  state: string;
  functions: string;
  port: number;
  transitionsPerMessage?: number;
  /** What it may do less than we: a command that starts it, before its own. */
  under?: string[];
}

/** Resolves when it answers; rejects with what it said when it ends before. */
export async function startProcess(options: ProcessArguments): Promise<LocalProcess> {
  const { state, functions, port, transitionsPerMessage = 25, under = [] } = options;
  const flags = ['--disable-warning=ExperimentalWarning', MAIN];
  const own = [process.execPath, ...flags, state, functions, String(port), String(transitionsPerMessage)];
  const [command = '', ...args] = [...under, ...own];
  const child = spawn(command, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { NODE_COMPILE_CACHE: join(tmpdir(), 'stepwell-compiled'), ...process.env },
  });
  const lines: string[] = [];
  const gone = once(child, 'exit');
  const announced = new Promise<void>((resolve) => {
    createInterface(child.stderr!).on('line', (line) => {
      lines.push(line);
      if (line === SERVING) resolve();
    });
  });
  const ended = gone.then(() => Promise.reject(new Error(lines.join('\n'))));
  await Promise.race([announced, ended]);
  ended.catch(() => {});
  return {
    pid: child.pid!,
    lines,
    api: (action, body) => request(port, action, body),
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

async function request(port: number, action: string, body: object): Promise<Record<string, unknown>> {
  const answer = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: {
      'x-amz-target': action.includes('.') ? action : `AWSStepFunctions.${action}`,
      'content-type': 'application/x-amz-json-1.0',
    },
    body: JSON.stringify(body),
  });
  const value = (await answer.json()) as Record<string, unknown>;
  if (!answer.ok) throw Object.assign(new Error(String(value.message)), { name: value.__type, status: answer.status });
  return value;
}
