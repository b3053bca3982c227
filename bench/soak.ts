// Hours in minutes: executions of every kind at a steady rate and in bursts on the embedded default, a server process of
// its own. Prints latency and memory as it goes, counts everything at the end: nothing accepted may be missing or stand
// otherwise than it must. `npm run soak -- --minutes 10`
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type BenchServer, type Memory, startServer } from './server.ts';
import { ACTIVITY, FUNCTIONS, INPUT, machineOf, SHAPES, type SoakShape, WAIT_SECONDS } from './soak-shapes.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    rate: { type: 'string', default: '50' },
    burst: { type: 'string', default: '1000' },
  },
});
const MINUTES = Number(values.minutes);
/** Executions begun per second, and at once in the middle of every minute: memory is read when they are long over. */
const [RATE, BURST] = [Number(values.rate), Number(values.burst)];
/** The memory at the end is compared with that at this minute. */
const SETTLED_MINUTE = Math.min(2, MINUTES / 5);
const GROWTH_MAX = 1.2;
const MINUTE_MS = 60_000;
const AT_ONCE = 64;
/** Requests of the steady stream under way at once: as many as a few SDK clients have sockets. */
const STEADY_AT_ONCE = 256;
const WORKERS = 3;

interface Tally {
  accepted: Map<string, number>;
  throttled: number;
  /** Of the answers since the last line, in milliseconds. */
  answers: number[];
  troubles: Map<string, number>;
}

const functions = mkdtempSync(join(tmpdir(), 'soak-'));
for (const [name, source] of Object.entries(FUNCTIONS)) writeFileSync(join(functions, name), source);
const server = await startServer('serve.ts', functions);
const arns = new Map<string, string>();
await server.call('CreateActivity', { name: ACTIVITY });
for (const shape of SHAPES)
  arns.set(shape.name, String((await server.call('CreateStateMachine', machineOf(shape))).stateMachineArn));
const lots = SHAPES.flatMap((shape) => Array.from({ length: shape.share }, () => shape));

const tally: Tally = { accepted: new Map(), throttled: 0, answers: [], troubles: new Map() };
const began = Date.now();
const isOver = () => Date.now() - began >= MINUTES * MINUTE_MS;
const workers = workActivities(server, tally);
const memories: Memory[] = [];

await Promise.all([steadily(), inBursts(), watched()]);
await ended();
workers.stop();
const problems = await judge();
await server.close();
rmSync(functions, { recursive: true });
process.exit(problems.length === 0 ? 0 : 1);

/** Starts one; a refusal by throttling is waited out, as an SDK does. */
async function start(shape: SoakShape): Promise<void> {
  const action = shape.type === 'EXPRESS' ? 'StartSyncExecution' : 'StartExecution';
  for (;;) {
    const before = performance.now();
    try {
      await server.call(action, { stateMachineArn: arns.get(shape.name), input: INPUT });
      tally.answers.push(performance.now() - before);
      tally.accepted.set(shape.name, (tally.accepted.get(shape.name) ?? 0) + 1);
      return;
    } catch (error) {
      const { message } = error as Error;
      if (!message.includes('ThrottlingException')) {
        tally.troubles.set(message, (tally.troubles.get(message) ?? 0) + 1);
        return;
      }
      tally.throttled++;
      await pause(1_000);
    }
  }
}

function any(): SoakShape {
  return lots[Math.floor(Math.random() * lots.length)]!;
}

async function steadily(): Promise<void> {
  const pending = new Set<Promise<void>>();
  for (let due = 0; !isOver(); due++) {
    await pause(Math.max(0, began + (due * 1_000) / RATE - Date.now()));
    const one: Promise<void> = start(any()).finally(() => pending.delete(one));
    pending.add(one);
    if (pending.size >= STEADY_AT_ONCE) await Promise.race(pending);
  }
  await Promise.all(pending);
}

async function inBursts(): Promise<void> {
  for (let minute = 0; minute < MINUTES; minute++) {
    await pause(Math.max(0, began + (minute + 0.5) * MINUTE_MS - Date.now()));
    let left = BURST;
    const lane = async () => {
      while (left-- > 0) await start(any());
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
  }
}

async function watched(): Promise<void> {
  console.log('minute  accepted  throttled  answer p50, p99 ms  Wait late p50, p99 ms  live MB  resident MB');
  for (let minute = 1; minute <= MINUTES; minute++) {
    await pause(Math.max(0, began + minute * MINUTE_MS - Date.now()));
    const answers = tally.answers.splice(0);
    const late = await lateness();
    const memory = await server.memory();
    memories.push(memory);
    const columns = [
      String(minute).padStart(6),
      String(accepted()).padStart(8),
      String(tally.throttled).padStart(9),
      `${at(answers, 0.5)}, ${at(answers, 0.99)}`.padStart(18),
      `${at(late, 0.5)}, ${at(late, 0.99)}`.padStart(21),
      megabytes(memory.liveBytes).padStart(7),
      megabytes(memory.residentBytes).padStart(11),
    ];
    console.log(columns.join('  '));
  }
}

/** How much later than due the newest Waits ended. */
async function lateness(): Promise<number[]> {
  const page = { stateMachineArn: arns.get('waits'), statusFilter: 'SUCCEEDED', maxResults: 500 };
  const { executions } = await server.call('ListExecutions', page);
  return (executions as { startDate: number; stopDate: number }[]).map(
    ({ startDate, stopDate }) => (stopDate - startDate - WAIT_SECONDS) * 1_000,
  );
}

async function ended(): Promise<void> {
  for (const [name, stateMachineArn] of arns) {
    if (name === 'express') continue;
    for (;;) {
      const page = { stateMachineArn, statusFilter: 'RUNNING', maxResults: 1 };
      if (((await server.call('ListExecutions', page)).executions as unknown[]).length === 0) break;
      await pause(500);
    }
  }
}

/** Counts everything, and says what is wrong. */
async function judge(): Promise<string[]> {
  const problems: string[] = [];
  for (const { name, ends, type } of SHAPES) {
    if (type === 'EXPRESS') continue;
    const expected = tally.accepted.get(name === 'children' ? 'parents' : name) ?? 0;
    const good = await count(arns.get(name)!, ends);
    if (good === expected) continue;
    const there = await count(arns.get(name)!);
    problems.push(`${name}: ${expected} accepted, ${there} are there, ${good} are ${ends}`);
  }
  for (const [text, times] of tally.troubles) problems.push(`${times} times: ${text}`);
  const { findings } = await server.call('Stepwell.Diagnose', {});
  for (const finding of findings as object[]) problems.push(JSON.stringify(finding));
  const growth = memoryGrowth();
  if (growth !== undefined && growth > GROWTH_MAX) problems.push(`memory grew ${growth.toFixed(2)} times`);
  console.log(`${accepted()} executions accepted, ${tally.throttled} requests throttled, ${problems.length} problems`);
  if (growth !== undefined)
    console.log(
      `memory at the end is ${growth.toFixed(2)} times that after ${SETTLED_MINUTE} minutes (at most ${GROWTH_MAX})`,
    );
  for (const problem of problems) console.log(`PROBLEM ${problem}`);
  return problems;
}

function memoryGrowth(): number | undefined {
  const settled = memories[Math.ceil(SETTLED_MINUTE) - 1];
  const last = memories.at(-1);
  if (settled === undefined || last === undefined || memories.length < 2) return undefined;
  return Math.max(last.liveBytes / settled.liveBytes, last.residentBytes / settled.residentBytes);
}

async function count(stateMachineArn: string, statusFilter?: string): Promise<number> {
  let found = 0;
  for (let nextToken: unknown; ; ) {
    const page = await server.call('ListExecutions', { stateMachineArn, statusFilter, maxResults: 1_000, nextToken });
    found += (page.executions as unknown[]).length;
    nextToken = page.nextToken;
    if (nextToken === undefined) return found;
  }
}

function workActivities({ call }: BenchServer, { troubles }: Tally): { stop(): void } {
  let isStopped = false;
  const activityArn = `arn:aws:states:us-east-1:123456789012:activity:${ACTIVITY}`;
  const work = async () => {
    while (!isStopped) {
      const { taskToken, input } = await call('GetActivityTask', { activityArn });
      if (taskToken !== undefined) await call('SendTaskSuccess', { taskToken, output: input });
    }
  };
  for (let worker = 0; worker < WORKERS; worker++)
    void work().catch((error: Error) => isStopped || troubles.set(error.message, 1));
  return {
    stop() {
      isStopped = true;
    },
  };
}

function accepted(): number {
  return [...tally.accepted.values()].reduce((sum, each) => sum + each, 0);
}

function at(values: number[], quantile: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] ?? 0).toFixed(1);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
