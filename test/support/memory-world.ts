// A world in memory on a virtual clock, pumped by the real handler: the whole durable engine, with functions that are
// plain TypeScript. Waiting costs nothing here: when nothing can move, the clock jumps to the next moment that matters.
import { handleRequest } from '../../core/api/wire.ts';
import { readCreation, readHistory } from '../../core/driver/executions.ts';
import type { Creation } from '../../core/execution.ts';
import { LIMITS } from '../../core/limits.ts';
import type { AwsServices, Queue, QueueName, Received, Table } from '../../core/ports.ts';
import { readStanding } from '../../core/store/standing.ts';
import type { Settings, World } from '../../core/world.ts';
import { type VirtualClock, virtualClock } from '../../infra/memory/clock.ts';
import { memoryPayloads } from '../../infra/memory/payloads.ts';
import { memoryQueue } from '../../infra/memory/queue.ts';
import { type MemoryTable, memoryTable } from '../../infra/memory/table.ts';
import { type Metered, meterQueue, meterTable, type QueueReading, type TableReading } from '../../infra/meter.ts';
import { type Boot, boot, VISIBILITY_SECONDS } from './boot.ts';
import { type TestFunction, testFunctions } from './test-functions.ts';

export interface MemoryWorld extends World {
  clock: VirtualClock;
  table: MemoryTable & Metered<TableReading>;
  queue: Queue & Metered<QueueReading>;
  /** Starts of functions, by name. */
  invocations: Map<string, number>;
  /** The configured timeout of functions, by name; 30 seconds where none is given. */
  timeouts: Map<string, number>;
  /** Troubles the handler reported. */
  troubles: unknown[];
  /** Every message a handler was given, in order. */
  delivered: { queue: QueueName; body: string }[];
  /** Every invocation of a worker that came to its end, and how long it ran. */
  shifts: { queue: QueueName; ms: number }[];
  /** Runs until nothing moves any more; jumps over all waiting, at most until `until`. */
  settle(until?: number): Promise<void>;
  /** Lets this time pass, and everything happen that happens in it. */
  pass(ms: number): Promise<void>;
  /** Resolves after this time of the virtual clock: how functions take time. */
  sleep(ms: number): Promise<void>;
  /** The process at work dies; another takes over. A new boot id says so where the engine is embedded. */
  crash(bootId?: string): void;
  /** Loses all messages, as PurgeQueue does. */
  purge(): void;
  /** What was received so often that the queue gave up on it, and is now taken out of the dead-letter queue. */
  takeDeadLetters(): Promise<{ id: string; queue: QueueName; body: string }[]>;
  /** Any action of AWS's API, or `Stepwell.<Action>`; an error answer throws an Error named after its code. */
  api(action: string, body: object): Promise<Record<string, unknown>>;
  /** Starts an execution of a definition of its own and gives it. */
  start(definition: object, input?: unknown, name?: string): Promise<Creation>;
  /** Starts, settles, and tells how it went. */
  run(definition: object, input?: unknown): Promise<Outcome>;
  outcomeOf(creation: Creation): Promise<Outcome>;
}

export interface Outcome {
  status: string;
  output?: unknown;
  error?: string;
  cause?: string;
  startDate: number;
  stopDate?: number;
  /** `id<previousEventId type` of every event. */
  chain: string[];
  events: Awaited<ReturnType<typeof readHistory>>['events'];
}

/** What a test may put between the engine and its world. */
export interface Twist {
  table?(inside: Table): Table;
  queue?(inside: Queue): Queue;
  /** How the visible messages of a queue come to handlers: each batch is one invocation. By tens if absent. */
  batches?(visible: Received[]): Received[][];
  random?(): number;
  newId?(): string;
  services?: AwsServices;
}

/** 2026-01-01T00:00:00Z */
export const EPOCH = 1_767_225_600_000;
const ACCOUNT = '123456789012';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/test`;
const RECEIVE_MAX = 10_000;

export function memoryWorld(
  functions: Record<string, TestFunction> = {},
  settings: Partial<Settings> = {},
  {
    table = (inside) => inside,
    queue: twistQueue = (inside) => inside,
    batches = byTens,
    random = () => 0.5,
    newId = counted(),
    services,
  }: Twist = {},
): MemoryWorld {
  const clock = virtualClock(EPOCH);
  let stored = memoryQueue(clock);
  // One queue to whoever uses it, before and after it is purged.
  const queue: Queue = {
    send: (messages) => stored.send(messages),
    receive: (name, max, visibilitySeconds) => stored.receive(name, max, visibilitySeconds),
    delete: (name, receipt) => stored.delete(name, receipt),
    postpone: (name, receipt, seconds) => stored.postpone(name, receipt, seconds),
    sweep: (now) => stored.sweep(now),
  };
  const { lambda, invocations, timeouts } = testFunctions(functions);
  let machines = 0;
  let process: Boot;
  const world: MemoryWorld = {
    table: meterTable(table(memoryTable(clock))) as MemoryWorld['table'],
    queue: meterQueue(twistQueue(queue)),
    payloads: memoryPayloads(),
    clock,
    lambda,
    ...(services === undefined ? {} : { services }),
    random,
    newId,
    // Whoever has a boot id is one process.
    ...(settings.bootId === undefined ? {} : { working: new Set<string>() }),
    settings: {
      account: ACCOUNT,
      region: 'us-east-1',
      partition: 'aws',
      limits: LIMITS.aws,
      transitionsPerMessage: 25,
      activityPollMs: 60_000,
      callsPerWorker: 50,
      retentionDays: 21,
      ...settings,
    },
    invocations,
    timeouts,
    troubles: [],
    delivered: [],
    shifts: [],
    settle,
    async pass(ms) {
      const until = clock.now() + ms;
      await settle(until);
      clock.advanceTo(Math.max(until, clock.now()));
      await settle(until);
    },
    sleep: (ms) => clock.until(clock.now() + ms, new AbortController().signal),
    crash(bootId) {
      process.crash();
      if (bootId !== undefined) world.settings.bootId = bootId;
      process = startProcess();
    },
    purge() {
      stored = memoryQueue(clock);
    },
    async takeDeadLetters() {
      const letters = await stored.deadLetters();
      for (const { id } of letters) await stored.deleteDeadLetter(id);
      return letters;
    },
    async api(action, body) {
      const headers = { 'x-amz-target': action.includes('.') ? action : `AWSStepFunctions.${action}` };
      const answer = await handleRequest(world, { method: 'POST', headers, body: JSON.stringify(body) });
      const value = JSON.parse(answer.body || '{}');
      if (answer.status === 200) return value;
      throw Object.assign(new Error(value.message), { name: value.__type });
    },
    async start(definition, input = {}, name = `e${++machines}`) {
      const machine = { name: `m${++machines}`, definition: JSON.stringify(definition), roleArn: ROLE };
      const { stateMachineArn } = await world.api('CreateStateMachine', machine);
      const text = typeof input === 'string' ? input : JSON.stringify(input);
      const { executionArn } = await world.api('StartExecution', { stateMachineArn, name, input: text });
      const creation = await readCreation(world, String(executionArn));
      if (creation === undefined) throw new Error(`${executionArn} holds no name`);
      return creation;
    },
    async run(definition, input) {
      const creation = await world.start(definition, input);
      await settle();
      return await world.outcomeOf(creation);
    },
    outcomeOf: (creation) => outcomeOf(world, creation),
  };
  const startProcess = () =>
    boot(
      world,
      (trouble) => world.troubles.push(trouble),
      (queue, ms) => world.shifts.push({ queue, ms }),
    );
  process = startProcess();

  async function deliver(name: QueueName): Promise<boolean> {
    const received = await world.queue.receive(name, RECEIVE_MAX, VISIBILITY_SECONDS[name]);
    world.delivered.push(...received.map(({ body }) => ({ queue: name, body })));
    for (const batch of batches(received)) process.invoke(name, batch);
    return received.length > 0;
  }

  async function settle(until = Number.POSITIVE_INFINITY): Promise<void> {
    for (;;) {
      while ((await deliver('advance')) || (await deliver('call')));
      for (let turn = 0; turn < 20 && process.inFlight > 0; turn++) await new Promise((go) => setImmediate(go));
      const nextVisible = stored.nextVisibleAt();
      if (nextVisible !== undefined && nextVisible <= clock.now()) continue;
      const awaited = process.inFlight > 0 ? clock.nextAwaited() : undefined;
      const next = Math.min(nextVisible ?? Number.POSITIVE_INFINITY, awaited ?? Number.POSITIVE_INFINITY);
      if (next > until || next === Number.POSITIVE_INFINITY) return;
      clock.advanceTo(Math.max(next, clock.now()));
    }
  }

  return world;
}

/** Ids of one world, in order; whoever goes on with what another world wrote needs others. */
function counted(): () => string {
  let ids = 0;
  return () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`;
}

function byTens(visible: Received[]): Received[][] {
  return Array.from({ length: Math.ceil(visible.length / 10) }, (_, i) => visible.slice(i * 10, i * 10 + 10));
}

async function outcomeOf(world: World, creation: Creation): Promise<Outcome> {
  const { status, output, error, cause, stopDate } = await readStanding(world, creation);
  const { events } = await readHistory(world, creation, { limit: 100_000, reverse: false });
  return {
    status,
    ...(output === undefined ? {} : { output: JSON.parse(output) }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
    startDate: creation.startDate,
    ...(stopDate === undefined ? {} : { stopDate }),
    chain: events.map(({ id, previousEventId, type }) => `${id}<${previousEventId} ${type}`),
    events,
  };
}
