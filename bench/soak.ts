// What the server keeps in memory for executions that have ended: nothing. Runs 10,000 of them through the embedded
// default and compares the heap after 1,000 with the heap after the last. Exits with 1 when it has grown by more than a
// fifth. `node bench/soak.ts [executions]`
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { LIMITS } from '../core/limits.ts';
import { startServer } from '../local/server.ts';

const EXECUTIONS = Number(process.argv[2] ?? 10_000);
const FIRST = EXECUTIONS / 10;
const AT_ONCE = 100;
const GROWTH_MAX = 1.2;

const DEFINITION = {
  StartAt: 'A',
  States: {
    A: { Type: 'Pass', Result: { text: 'x'.repeat(500) }, Next: 'B' },
    B: { Type: 'Wait', Seconds: 0, Next: 'C' },
    C: { Type: 'Succeed' },
  },
};

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const stateDirectory = mkdtempSync(join(tmpdir(), 'soak-'));
const server = await startServer({
  port: 0,
  stateDirectory,
  account: '123456789012',
  region: 'us-east-1',
  functionDirectories: [],
  transitionsPerMessage: 25,
  limits: LIMITS.aws,
  log: console.error,
});

async function api(action: string, body: object): Promise<Record<string, unknown>> {
  const answer = await fetch(server.url, {
    method: 'POST',
    headers: { 'x-amz-target': `AWSStepFunctions.${action}` },
    body: JSON.stringify(body),
  });
  const value = (await answer.json()) as Record<string, unknown>;
  if (!answer.ok) throw new Error(JSON.stringify(value));
  return value;
}

const { stateMachineArn } = await api('CreateStateMachine', {
  name: 'soak',
  definition: JSON.stringify(DEFINITION),
  roleArn: 'arn:aws:iam::123456789012:role/soak',
});

async function runTo(total: number, from: number): Promise<void> {
  for (let begun = from; begun < total; begun += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, () => api('StartExecution', { stateMachineArn })));
  for (;;) {
    const { executions } = await api('ListExecutions', { stateMachineArn, statusFilter: 'RUNNING', maxResults: 1 });
    if ((executions as unknown[]).length === 0) return;
    await pause(100);
  }
}

function megabytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
}

await runTo(FIRST, 0);
const early = megabytes();
await runTo(EXECUTIONS, FIRST);
const late = megabytes();
await server.close();
rmSync(stateDirectory, { recursive: true });

const growth = late / early;
console.log(
  `memory after ${FIRST}: ${early.toFixed(1)} MB, after ${EXECUTIONS}: ${late.toFixed(1)} MB, x${growth.toFixed(2)}`,
);
process.exit(growth <= GROWTH_MAX ? 0 : 1);
