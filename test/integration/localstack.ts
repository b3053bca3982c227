// Where LocalStack is: at LOCALSTACK_ENDPOINT, else the pinned image where a Docker engine answers, else host mode, which
// infra/localstack installs into .localstack. What was started here is stopped here.

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

const IMAGE = 'localstack/localstack:4.14.0';
const DIRECTORY = '.localstack';

export interface LocalStack {
  endpoint: string;
  /** In host mode, where the processes of functions are its children. */
  processId: number | undefined;
  /** What it is and how long it took. */
  summary: string;
  stop(): void;
}

export async function findLocalStack(): Promise<LocalStack> {
  const given = process.env.LOCALSTACK_ENDPOINT;
  if (given) return { endpoint: given, processId: hostProcess(given), summary: `LocalStack at ${given}`, stop() {} };
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
function startImage(): LocalStack {
  const socket = '/var/run/docker.sock:/var/run/docker.sock';
  const options = ['--detach', '--rm', '--publish', '127.0.0.1:4566:4566', '--volume', socket];
  execFileSync('docker', ['pull', '--quiet', IMAGE], { stdio: 'ignore' });
  const began = performance.now();
  const container = execFileSync('docker', ['run', ...options, IMAGE], { encoding: 'utf8' }).trim();
  const stop = () => void execFileSync('docker', ['stop', container], { stdio: 'ignore' });
  try {
    const ready = 'until curl -sf http://127.0.0.1:4566/_localstack/health; do sleep 0.5; done';
    execFileSync('docker', ['exec', container, 'timeout', '120', 'bash', '-c', ready], { stdio: 'ignore' });
  } catch (error) {
    stop();
    throw error;
  }
  const summary = `${IMAGE} started in ${seconds(began)}`;
  return { endpoint: 'http://127.0.0.1:4566', processId: undefined, summary, stop };
}

async function startHostMode(): Promise<LocalStack> {
  // One that a broken-off run left behind would hold the directory.
  const stop = () => void execFileSync('infra/localstack/stop', [DIRECTORY], { stdio: 'inherit' });
  const beganSetup = performance.now();
  execFileSync('infra/localstack/setup', [DIRECTORY], { stdio: 'inherit' });
  const setUp = seconds(beganSetup);
  stop();
  const began = performance.now();
  const endpoint = execFileSync('infra/localstack/start', [DIRECTORY], {
    encoding: 'utf8',
    env: { ...process.env, GATEWAY_PORT: String(await freePort()), LAMBDA_NODE: process.execPath },
  }).trim();
  const summary = `LocalStack without Docker: set up in ${setUp}, started in ${seconds(began)}`;
  return { endpoint, processId: hostProcess(endpoint), summary, stop };
}

/** Undefined where LocalStack was not started by infra/localstack, or at another endpoint. */
function hostProcess(endpoint: string): number | undefined {
  try {
    const id = Number(readFileSync(`${DIRECTORY}/localstack.pid`, 'utf8'));
    const environment = readFileSync(`/proc/${id}/environ`, 'utf8').split('\0');
    return environment.includes(`GATEWAY_LISTEN=${new URL(endpoint).host}`) ? id : undefined;
  } catch {
    return undefined;
  }
}

export function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
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
