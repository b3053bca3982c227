// Where LocalStack is: at LOCALSTACK_ENDPOINT, else the pinned image where a Docker engine answers, else host mode, which
// infra/localstack installs into .localstack. What was started here is stopped here.

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

const IMAGE = 'localstack/localstack:4.14.0';

export interface LocalStack {
  endpoint: string;
  stop(): void;
}

export async function findLocalStack(): Promise<LocalStack> {
  const given = process.env.LOCALSTACK_ENDPOINT;
  if (given) return { endpoint: given, stop() {} };
  return hasDocker() ? startImage() : startHostMode();
}

function hasDocker(): boolean {
  try {
    return execFileSync('docker', ['info'], { stdio: 'ignore', timeout: 10_000 }).length >= 0;
  } catch {
    return false;
  }
}

/** The image knows itself by port 4566, and says so in every URL, so it gets no other one. */
async function startImage(): Promise<LocalStack> {
  const socket = '/var/run/docker.sock:/var/run/docker.sock';
  const options = ['--detach', '--rm', '--publish', '127.0.0.1:4566:4566', '--volume', socket];
  const container = execFileSync('docker', ['run', ...options, IMAGE], { encoding: 'utf8' }).trim();
  const stop = () => void execFileSync('docker', ['stop', container], { stdio: 'ignore' });
  try {
    const ready = 'until curl -sf http://127.0.0.1:4566/_localstack/health; do sleep 0.5; done';
    execFileSync('docker', ['exec', container, 'timeout', '120', 'bash', '-c', ready], { stdio: 'ignore' });
  } catch (error) {
    stop();
    throw error;
  }
  return { endpoint: 'http://127.0.0.1:4566', stop };
}

async function startHostMode(): Promise<LocalStack> {
  const directory = '.localstack';
  // One that a broken-off run left behind would hold the directory.
  const stop = () => void execFileSync('infra/localstack/stop', [directory], { stdio: 'inherit' });
  execFileSync('infra/localstack/setup', [directory], { stdio: 'inherit' });
  stop();
  const endpoint = execFileSync('infra/localstack/start', [directory], {
    encoding: 'utf8',
    env: { ...process.env, GATEWAY_PORT: String(await freePort()), LAMBDA_NODE: process.execPath },
  }).trim();
  return { endpoint, stop };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
