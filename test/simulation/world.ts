// The world of one simulation: the production handlers and API over simulated ports. Every actor has a world of its own,
// as a cold start has, whose every port asks the scheduler.
import type { SQSEvent } from 'aws-lambda';
import { type ApiResponse, handleRequest } from '../../core/api/wire.ts';
import { loadBody } from '../../core/body.ts';
import { LIMITS } from '../../core/limits.ts';
import type { LogRecord } from '../../core/log.ts';
import type { Item, Queue, QueueName, Received, Table } from '../../core/ports.ts';
import type { Settings, World } from '../../core/world.ts';
import { createAdvanceHandler } from '../../handlers/advance.ts';
import { memoryPayloads } from '../../infra/memory/payloads.ts';
import { memoryTable } from '../../infra/memory/table.ts';
import type { Chance } from './chance.ts';
import { SimulatedTrouble } from './faults.ts';
import type { LogWatch } from './log-watch.ts';
import { type SimulatedQueue, simulatedQueue } from './queue.ts';
import type { Actor, Scheduler } from './scheduler.ts';
import type { Targets } from './targets.ts';

const LIFETIME_MS = { advance: 60_000, call: 900_000 } satisfies Record<QueueName, number>;
const API_LIFETIME_MS = 29_000;

export interface SimulatedWorld {
  queue: SimulatedQueue;
  /** Troubles that no fault explains. */
  defects: string[];
  worldOf(actor: Actor): World;
  /** One request to the API; undefined when nobody answers. */
  request(action: string, body: object): Promise<ApiResponse | undefined>;
  restart(): void;
}

export interface Mode {
  /** One process with a boot id, as the local server is; else Lambda invocations. */
  isEmbedded: boolean;
  settings: Pick<Settings, 'transitionsPerMessage' | 'callsPerWorker'>;
}

export function simulatedWorld(
  scheduler: Scheduler,
  chance: Chance,
  { isEmbedded, settings }: Mode,
  watch: LogWatch,
  targets: Targets,
): SimulatedWorld {
  const payloads = memoryPayloads();
  const table = watchedTable(scheduler, chance, watch, (item) => loadBody(payloads, item) as Promise<LogRecord>);
  const defects: string[] = [];
  let ids = 0;
  let workers = 0;
  let boots = 1;

  const report = (trouble: unknown) => {
    if (!(trouble instanceof SimulatedTrouble)) defects.push((trouble as Error).stack ?? String(trouble));
  };

  function worldOf(actor: Actor): World {
    return {
      table: scheduler.port(actor, 'table', table),
      queue: scheduler.port(actor, 'queue', queue as Queue),
      payloads: scheduler.port(actor, 'payloads', payloads),
      clock: scheduler.clock(actor),
      lambda: targets.lambdaFor(actor),
      random: () => chance.next(),
      newId: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
      settings: {
        account: '123456789012',
        region: 'us-east-1',
        partition: 'aws',
        limits: LIMITS.aws,
        activityPollMs: 60_000,
        retentionDays: 21,
        ...settings,
        ...(isEmbedded ? { bootId: `boot${boots}` } : {}),
      },
    };
  }

  /** One invocation of the handler; what it has done is deleted. */
  function deliver(name: QueueName, batch: Received[]): void {
    const named = `worker${++workers}`;
    scheduler.note(`${named} receives ${batch.map(({ id }) => id)}`);
    void scheduler.spawn(named, LIFETIME_MS[name], async (actor) => {
      const own = worldOf(actor);
      const handler = createAdvanceHandler(own, report);
      const Records = batch.map(({ id, receipt, body }) => ({
        messageId: id,
        receiptHandle: receipt,
        body,
        eventSourceARN: `arn:aws:sqs:us-east-1:123456789012:stepwell-${name}`,
      }));
      const context = { getRemainingTimeInMillis: () => actor.deadline - scheduler.now };
      const { batchItemFailures } = await handler({ Records } as SQSEvent, context);
      const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      for (const { id, receipt } of batch) if (!failed.has(id)) await own.queue.delete(name, receipt).catch(report);
    });
  }

  const queue = simulatedQueue(scheduler, chance, deliver, (body) => watch.sent(body));
  scheduler.sources.push(queue);

  return {
    queue,
    defects,
    worldOf,
    request: (action, body) =>
      scheduler.spawn(`api ${action}`, API_LIFETIME_MS, async (actor) => {
        const headers = { 'x-amz-target': `AWSStepFunctions.${action}` };
        const request = { method: 'POST', headers, body: JSON.stringify(body) };
        return await handleRequest(worldOf(actor), request, report);
      }),
    restart() {
      boots++;
    },
  };
}

/** Tells the watch of every record that is stored; lists are read late. */
function watchedTable(
  scheduler: Scheduler,
  chance: Chance,
  watch: LogWatch,
  load: (item: Item) => Promise<LogRecord>,
): Table {
  const table = memoryTable({ now: () => scheduler.now });
  const earlier = new Map<string, Item[]>();
  return {
    ...table,
    async put(item, condition) {
      const isStored = await table.put(item, condition);
      if (isStored && item.pk.startsWith('run#')) watch.stored(item.pk.slice(4), await load(item));
      return isStored;
    },
    async list(range) {
      const key = JSON.stringify(range);
      const before = earlier.get(key);
      const now = await table.list(range);
      earlier.set(key, now);
      return before !== undefined && scheduler.strikes('stale') && chance.hits(0.9) ? before : now;
    },
  };
}
