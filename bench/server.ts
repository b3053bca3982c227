// The local server as a process of its own on a new state directory, and a client that is cheap enough not to be what
// is measured: plain HTTP on kept connections, as load generators do it.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROLE } from './embedded-engine.ts';
import { timed } from './figure.ts';

/** Of the server's process. */
export interface Usage {
  residentBytes: number;
  cpuMs: number;
}

/** Of the server's process, right after its garbage was collected. */
export interface Memory {
  residentBytes: number;
  /** The heap in use, and what it holds outside. */
  liveBytes: number;
  /** Threads that run functions, and their heaps. */
  functions: number;
  functionBytes: number;
  /** SQLite's log of what is not in the file yet. */
  walBytes: number;
}

export interface BenchServer {
  url: string;
  /** Where its state is. */
  directory: string;
  /** An action of AWS's, or one of ours with its prefix: `Stepwell.Diagnose`. */
  call(action: string, input: object): Promise<Record<string, unknown>>;
  createMachine(definition: object): Promise<string>;
  usage(): Promise<Usage>;
  memory(): Promise<Memory>;
  /** Takes its state away, unless somebody wants to look into it. */
  close(isStateKept?: boolean): Promise<void>;
}

/** `serve-bare.ts` instead answers everything at once: what this client and Node's HTTP can do at most. */
export async function startServer(
  script: 'serve.ts' | 'serve-bare.ts' = 'serve.ts',
  functions?: string,
): Promise<BenchServer> {
  const directory = mkdtempSync(join(tmpdir(), 'stepwell-bench-'));
  const execArgv = ['--disable-warning=ExperimentalWarning', '--expose-gc'];
  const args = functions === undefined ? [directory] : [directory, functions];
  const child = fork(join(import.meta.dirname, script), args, { execArgv });
  const [url] = (await once(child, 'message')) as [string];
  const agent = new Agent({ keepAlive: true });
  let machines = 0;
  const call = (action: string, input: object) => post(agent, url, action, input);
  return {
    url,
    directory,
    call,
    async createMachine(definition) {
      const input = { name: `bench${++machines}`, definition: JSON.stringify(definition), roleArn: ROLE };
      return String((await call('CreateStateMachine', input)).stateMachineArn);
    },
    async usage() {
      child.send('usage');
      const [usage] = (await once(child, 'message')) as [Usage];
      return usage;
    },
    async memory() {
      child.send('memory');
      const [memory] = (await once(child, 'message')) as [Memory];
      return memory;
    },
    async close(isStateKept = false) {
      agent.destroy();
      if (child.connected) {
        child.send('close');
        await once(child, 'exit');
      }
      if (!isStateKept) rmSync(directory, { recursive: true });
    },
  };
}

function post(agent: Agent, url: string, action: string, input: object): Promise<Record<string, unknown>> {
  const body = JSON.stringify(input);
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': action.includes('.') ? action : `AWSStepFunctions.${action}`,
    'content-length': Buffer.byteLength(body),
  };
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method: 'POST', headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`${action}: ${text}`));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Does `work` `count` times, so many at once. */
export async function atOnce(count: number, width: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, lane));
}

export interface Ended {
  executionArn: string;
  status: string;
  /** Epoch seconds, to the millisecond. */
  startDate: number;
  stopDate: number;
}

/** All executions of the machine, once none of them runs any more. */
export async function allEnded(server: BenchServer, stateMachineArn: string): Promise<Ended[]> {
  const list = async (filter: object) => {
    const executions: Ended[] = [];
    let nextToken: unknown;
    do {
      const page = await server.call('ListExecutions', { stateMachineArn, maxResults: 1000, nextToken, ...filter });
      executions.push(...(page.executions as Ended[]));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return executions;
  };
  while ((await list({ statusFilter: 'RUNNING' })).length > 0) await new Promise((wake) => setTimeout(wake, 500));
  const all = await list({});
  const failed = all.find(({ status }) => status !== 'SUCCEEDED');
  if (failed !== undefined) throw new Error(`The bench's execution ${failed.executionArn} ended as ${failed.status}`);
  return all;
}

const REQUESTS_AT_ONCE = 64;
const ROUNDS = 3;

/**
 * Executions started and ended per second, and what each took of the server's processor: the best of some rounds,
 * because other processes can only slow it down.
 */
export async function throughput(
  server: BenchServer,
  definition: object,
  count: number,
): Promise<{ perSecond: number; cpuMicroseconds: number }> {
  await secondsToRun(server, await server.createMachine(definition), count / 4);
  const seconds: number[] = [];
  const cpuMs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const machine = await server.createMachine(definition);
    const before = await server.usage();
    seconds.push(await secondsToRun(server, machine, count));
    cpuMs.push((await server.usage()).cpuMs - before.cpuMs);
  }
  return { perSecond: count / Math.min(...seconds), cpuMicroseconds: (Math.min(...cpuMs) * 1_000) / count };
}

/** Requests per second that the server answers, whatever it says. */
export async function requestsPerSecond(server: BenchServer, count: number): Promise<number> {
  await atOnce(count / 4, REQUESTS_AT_ONCE, () => server.call('ListStateMachines', {}));
  const ms = await timed(() => atOnce(count, REQUESTS_AT_ONCE, () => server.call('ListStateMachines', {})));
  return (count * 1_000) / ms;
}

/** Starts so many executions; seconds from the first request to the end of the last execution. */
export async function secondsToRun(server: BenchServer, stateMachineArn: string, count: number): Promise<number> {
  const input = JSON.stringify({ amount: 12, customer: 'c-4711' });
  const before = Date.now();
  await atOnce(count, REQUESTS_AT_ONCE, () => server.call('StartExecution', { stateMachineArn, input }));
  const answered = Date.now();
  const ended = await allEnded(server, stateMachineArn);
  return (Math.max(answered, ...ended.map(({ stopDate }) => stopDate * 1_000)) - before) / 1_000;
}
