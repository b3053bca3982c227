// Hours in minutes: executions of every kind at a steady rate and in bursts on the embedded default, a server process of
// its own. Prints latency and memory as it goes, counts everything at the end: nothing accepted may be missing or have
// another end than it must, and memory must not grow. Exits with 1 if it does. `npm run soak -- --minutes 10`
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type BenchServer, type Memory, startServer } from './server.ts';
import { growthOf } from './soak-memory.ts';
import { ACTIVITY, FUNCTIONS, INPUT, machineOf, SHAPES, type SoakShape, WAIT_SECONDS } from './soak-shapes.ts';
import { problemsOf } from './soak-verdict.ts';

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
const SETTLED_MINUTE = Math.min(2, MINUTES - 1);
const MINUTE_MS = 60_000;
/** After the last start everything ends within this time: the longest waits for two seconds. */
const LAST_MINUTES = 5;
const AT_ONCE = 64;
/** Requests of the steady stream under way at once: as many as a few SDK clients have sockets. */
const STEADY_AT_ONCE = 256;
const WORKERS = 3;

interface Tally {
  /** ARNs by shape. */
  accepted: Map<string, Set<string>>;
  /** Answers of Express executions. */
  answered: number;
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

const tally: Tally = {
  accepted: new Map(SHAPES.map(({ name }) => [name, new Set()])),
  answered: 0,
  throttled: 0,
  answers: [],
  troubles: new Map(),
};
const began = Date.now();
const isOver = () => Date.now() - began >= MINUTES * MINUTE_MS;
const workers = workActivities(server);
const memories: Memory[] = [];

const problems: string[] = [];
try {
  await Promise.all([steadily(), inBursts(), watched()]);
  await ended();
  workers.stop();
  await judge();
} catch (trouble) {
  // The server is gone, or says nothing that makes sense.
  problems.push(String(trouble));
}
for (const problem of problems) console.log(`PROBLEM ${problem}`);
const isGood = problems.length === 0;
console.log(
  isGood ? 'PASSED: nothing lost, nothing called twice, memory level' : `FAILED: look into ${server.directory}`,
);
await server.close(!isGood);
rmSync(functions, { recursive: true });
process.exit(isGood ? 0 : 1);

/** Starts one; a refusal by throttling is waited out, as an SDK does. */
async function start(shape: SoakShape): Promise<void> {
  const action = shape.type === 'EXPRESS' ? 'StartSyncExecution' : 'StartExecution';
  for (;;) {
    const before = performance.now();
    try {
      const { executionArn, status } = await server.call(action, {
        stateMachineArn: arns.get(shape.name),
        input: INPUT,
      });
      tally.answers.push(performance.now() - before);
      if (shape.type === undefined) tally.accepted.get(shape.name)?.add(String(executionArn));
      else if (status === shape.ends) tally.answered++;
      else note(`an Express execution was ${status}`);
      return;
    } catch (error) {
      const { message } = error as Error;
      if (!message.includes('ThrottlingException')) {
        note(message);
        return;
      }
      tally.throttled++;
      await pause(1_000);
    }
  }
}

function note(trouble: string): void {
  tally.troubles.set(trouble, (tally.troubles.get(trouble) ?? 0) + 1);
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
  const titles = ['minute', 'accepted', 'throttled', 'answers p50, p99', 'Waits late p50, p99', 'live', 'resident'];
  console.log([...titles, 'of it functions', 'WAL'].join('  '));
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
      `${at(answers, 0.5)}, ${at(answers, 0.99)} ms`.padStart(16),
      `${at(late, 0.5)}, ${at(late, 0.99)} ms`.padStart(19),
      megabytes(memory.liveBytes),
      megabytes(memory.residentBytes),
      `${memory.functions}: ${megabytes(memory.functionBytes)}`.padStart(15),
      megabytes(memory.walBytes),
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

/** Waits for the last to end; what then still runs is stuck. */
async function ended(): Promise<void> {
  const until = Date.now() + LAST_MINUTES * MINUTE_MS;
  for (const [name, stateMachineArn] of arns) {
    if (name === 'express') continue;
    const page = { stateMachineArn, statusFilter: 'RUNNING', maxResults: 1 };
    const isRunning = async () => ((await server.call('ListExecutions', page)).executions as unknown[]).length > 0;
    while (Date.now() < until && (await isRunning())) await pause(500);
  }
}

/** Prints what was found. */
async function judge(): Promise<void> {
  for (const [text, times] of tally.troubles) problems.push(`${times} times: ${text}`);
  problems.push(...(await problemsOf(server, arns, tally.accepted)));
  const growths = growthOf(memories, SETTLED_MINUTE);
  problems.push(...growths.filter(({ isTooMuch }) => isTooMuch).map(({ text }) => `memory, ${text}`));
  console.log(`${accepted()} executions accepted, ${tally.throttled} requests throttled`);
  for (const { text } of growths) console.log(`memory, ${text}`);
  if (growths.length === 0) console.log('memory: not compared in so short a time');
}

function workActivities({ call }: BenchServer): { stop(): void } {
  let isStopped = false;
  const activityArn = `arn:aws:states:us-east-1:123456789012:activity:${ACTIVITY}`;
  const work = async () => {
    while (!isStopped) {
      const { taskToken, input } = await call('GetActivityTask', { activityArn });
      if (taskToken !== undefined) await call('SendTaskSuccess', { taskToken, output: input });
    }
  };
  for (let worker = 0; worker < WORKERS; worker++)
    void work().catch((error: Error) => isStopped || note(`a worker of the activity: ${error.message}`));
  return {
    stop() {
      isStopped = true;
    },
  };
}

function accepted(): number {
  return [...tally.accepted.values()].reduce((sum, { size }) => sum + size, tally.answered);
}

function at(values: number[], quantile: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] ?? 0).toFixed(0);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`.padStart(8);
}
