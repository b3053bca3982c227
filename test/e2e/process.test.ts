// The server as a process of its own: `npm start -- --once`, and what is left of work when it is killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMachine, endOf, openLaptop } from './local-server.ts';

let directory: string;
let children: ChildProcess[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'process-'));
  children = [];
});

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(directory, { recursive: true });
});

function start(...flags: string[]) {
  const args = ['--disable-warning=ExperimentalWarning', 'local/main.ts', '--port', '0', ...flags];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  return child;
}

function urlOf(child: ReturnType<typeof start>): Promise<string> {
  return new Promise((resolve) => {
    child.stderr.on('data', (chunk) => {
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(String(chunk))?.[0];
      if (url !== undefined) resolve(url);
    });
  });
}

test('--once runs the order example, prints its output and ends with 0', async () => {
  const child = start('--once', '--memory');
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  expect(code).toBe(0);
  expect(JSON.parse(output)).toMatchObject({ orderId: '12345', total: 65, trackingNumber: 'parcel-12345' });
});

test('a wrong flag ends with 2 and one sentence', async () => {
  const child = start('--fast');
  const [message, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect({ message, code }).toEqual({ message: "stepwell: Unknown option '--fast'.\n", code: 2 });
});

test('a place that takes no state ends with 1 and one sentence, at once', async () => {
  const child = start('--state', '/proc/nope');
  const [message, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect(code).toBe(1);
  expect(message).toMatch(/^stepwell: Cannot make the folder \/proc.*\. Choose another folder with --state, .*\.\n$/);
});

test('killed in the middle of work, the next server finishes it; no function is started without a record of it', async () => {
  const functions = join(directory, 'functions');
  const stateDirectory = join(directory, 'state');
  mkdirSync(functions);
  const source = `import { setTimeout } from 'node:timers/promises';
    export const handler = async (event) => { await setTimeout(20); return event }`;
  for (const name of ['one', 'two', 'three']) writeFileSync(join(functions, `${name}.mjs`), source);
  const task = (name: string, next: object) => ({
    Type: 'Task',
    Resource: `arn:aws:lambda:us-east-1:123456789012:function:${name}`,
    Retry: [{ ErrorEquals: ['Lambda.SdkClientException'], IntervalSeconds: 1 }],
    ...next,
  });
  const States = { A: task('one', { Next: 'B' }), B: task('two', { Next: 'C' }), C: task('three', { End: true }) };

  const killed = start('--state', stateDirectory, '--functions', functions);
  const endpoint = await urlOf(killed);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SFNClient({ endpoint, region: 'us-east-1', credentials });
  const stateMachineArn = await createMachine(client, 'chain', { StartAt: 'A', States });
  const started = await Promise.all(
    Array.from({ length: 20 }, (_, i) => client.send(new StartExecutionCommand({ stateMachineArn, input: `${i}` }))),
  );
  const journal = () => readFileSync(join(stateDirectory, 'functions.log'), 'utf8').trimEnd().split('\n');
  await expect
    .poll(() => journal().filter((line) => line.includes(' two ')).length, { timeout: 20_000 })
    .toBeGreaterThan(2);
  killed.kill('SIGKILL');
  await once(killed, 'exit');

  const laptop = await openLaptop({ stateDirectory, functionDirectories: [functions] });
  const ended = await Promise.all(started.map(({ executionArn }) => endOf(laptop.client, executionArn!)));
  expect(ended.map(({ status, output }) => [status, output])).toEqual(ended.map((_, i) => ['SUCCEEDED', `${i}`]));
  const recorded = ended.flatMap(({ types }) => types).filter((type) => type === 'LambdaFunctionStarted').length;
  const chain = journal().filter((line) => / (one|two|three) /.test(line));
  expect(chain.length).toBeLessThanOrEqual(recorded);
  expect(chain.length).toBeGreaterThanOrEqual(60);
  await laptop.close();
});
