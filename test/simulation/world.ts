// The world of one simulation: the production handlers and API over simulated ports. Every cold start has a world
// of its own, whose every port asks the scheduler (hosts.ts).
import type { SQSEvent } from 'aws-lambda';
import { ownApi } from '../../core/api/own-api.ts';
import { type ApiResponse, handleRequest } from '../../core/api/wire.ts';
import type { Message } from '../../core/driver/message.ts';
import { Unreadable } from '../../core/errors.ts';
import { LIMITS } from '../../core/limits.ts';
import type { Key, Outgoing, Queue, QueueName, Received } from '../../core/ports.ts';
import { loadBody } from '../../core/store/body.ts';
import type { LogRecord } from '../../core/store/log.ts';
import type { Settings, World } from '../../core/world.ts';
import { createAdvanceHandler } from '../../handlers/advance.ts';
import { laterMessages } from '../../infra/aws/later.ts';
import { memoryPayloads } from '../../infra/memory/payloads.ts';
import type { Chance } from './chance.ts';
import { SimulatedTrouble } from './faults.ts';
import { simulatedHosts } from './hosts.ts';
import type { LogWatch } from './log-watch.ts';
import { type SimulatedQueue, simulatedQueue } from './queue.ts';
import type { Scheduler } from './scheduler.ts';
import { type SimulatedTable, simulatedTable } from './table.ts';
import type { Targets } from './targets.ts';

const LIFETIME_MS = { advance: 60_000, call: 900_000 } satisfies Record<QueueName, number>;
const API_LIFETIME_MS = 29_000;
/** Who shares a process lives as long as it does; a year is for ever here. */
const PROCESS_LIFETIME_MS = 365 * 86_400_000;
/** What SQS can wait by itself; the rest is kept in the table. */
const DELAY_MAX_MS = 900_000;

export interface SimulatedWorld {
  queue: SimulatedQueue;
  table: SimulatedTable;
  workers: Workers;
  /** Troubles that no fault explains. */
  defects: string[];
  newWorld(): World;
  /** All messages, wherever they wait, and the tasks on offer. */
  pending(): [messages: Message[], offers: { run: string; wait: string }[]];
  /** One request to the API; undefined when nobody answers. */
  request(action: string, body: object): Promise<ApiResponse | undefined>;
  restart(): void;
  /** From now on workers have these settings. */
  deploy(settings: Mode['settings']): void;
}

export interface Workers {
  /** `host` is the function that is invoked. */
  spawn<T>(name: string, host: string, lifetimeMs: number, work: (world: World) => Promise<T>): Promise<T | undefined>;
  report(trouble: unknown): void;
}

export interface Mode {
  /** One process with a boot id, as the local server is; else Lambda invocations. */
  isEmbedded: boolean;
  settings: Pick<Settings, 'transitionsPerMessage' | 'callsPerWorker'>;
  /** Bodies above it go to the payload store. */
  thresholdBytes: number;
  /** Compressing takes more time than everything else together, so only some seeds do. */
  isCompressed: boolean;
  /** How often every message is delivered. */
  deliveries: number;
}

export function simulatedWorld(
  scheduler: Scheduler,
  chance: Chance,
  { isEmbedded, settings: first, thresholdBytes, isCompressed, deliveries }: Mode,
  watch: LogWatch,
  targets: Targets,
): SimulatedWorld {
  const payloads = {
    ...memoryPayloads({ thresholdBytes }),
    ...(isCompressed ? {} : { deflateAboveBytes: Number.POSITIVE_INFINITY }),
  };
  const table = simulatedTable(scheduler, chance, async (item) => {
    if (item.pk.startsWith('run#'))
      watch.stored(item.pk.slice(4), (await loadBody(payloads, item)) as LogRecord, working);
  });
  const defects: string[] = [];
  let settings = first;
  let ids = 0;
  let names = 0;
  let boots = 1;
  let working = new Set<string>();
  const newId = () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`;

  function report(trouble: unknown): void {
    const isSimulated = [trouble, (trouble as Error).cause].some(
      (each) => each instanceof SimulatedTrouble || (each instanceof Unreadable && scheduler.hasSpoiled),
    );
    if (!isSimulated) defects.push((trouble as Error).stack ?? String(trouble));
  }

  function newWorld(): World {
    const own = scheduler.port('table', {
      ...table,
      async get(key: Key) {
        const item = await table.get(key);
        const isSpoiled = scheduler.spoiled === 'definitions' && key.sk.startsWith('revision#');
        return isSpoiled && item !== undefined ? { pk: item.pk, sk: item.sk, body: Buffer.of(255) } : item;
      },
    });
    const world: World = {
      table: own,
      queue: isEmbedded ? scheduler.port('queue', queue as Queue) : queueOf(own),
      payloads: scheduler.port('payloads', {
        ...payloads,
        get: async (ref: string) => (scheduler.spoiled === 'payloads' ? undefined : await payloads.get(ref)),
      }),
      clock: scheduler.clock(),
      lambda: targets.lambda,
      services: targets.jobs.services,
      random: () => chance.next(),
      newId,
      ...(isEmbedded ? { working } : {}),
      settings: {
        account: '123456789012',
        region: 'us-east-1',
        partition: 'aws',
        limits: LIMITS.aws,
        activityPollMs: 1_000,
        // Whoever looks at the end may come late: a message on the shelf waits for days.
        retentionDays: 3_650,
        ...settings,
        ...(isEmbedded ? { bootId: `boot${boots}` } : {}),
      },
    };
    world.ownApi = ownApi(world);
    return world;
  }

  /** SQS, which counts from when it receives a message, and what is kept for later. */
  function queueOf(own: World['table']): Queue {
    const near = scheduler.port('queue', queue as Queue);
    const later = laterMessages(own, { random: () => chance.next(), newId });
    const clock = scheduler.clock();
    const sendNow = async (messages: Outgoing[]) => {
      if (messages.length === 0) return;
      await near.send(
        messages.map(({ at, ...rest }) => (at === undefined ? rest : { ...rest, at: at - scheduler.actor.skew })),
      );
    };
    return {
      ...near,
      async send(messages) {
        const horizon = clock.now() + DELAY_MAX_MS;
        const isFar = ({ at = 0 }: Outgoing) => at > horizon;
        const far = messages.filter(isFar).map(({ at = 0, ...rest }) => later.keep({ ...rest, at }));
        await Promise.all([sendNow(messages.filter((each) => !isFar(each))), ...far]);
      },
      sweep: (now) => later.release(now + DELAY_MAX_MS, sendNow),
    };
  }

  const hosts = simulatedHosts(scheduler, isEmbedded, newWorld);
  const workers: Workers = {
    report,
    spawn: (name, host, lifetimeMs, work) =>
      scheduler.spawn(name, lifetimeMs, (actor) => hosts.within(host, actor, work)),
  };

  /** One invocation of the handler; what it has done is deleted. */
  function deliver(name: QueueName, batch: Received[]): void {
    const named = `worker${++names}`;
    scheduler.note(`${named} receives ${batch.map(({ id }) => id)}`);
    const begun = scheduler.now;
    void workers.spawn(named, name, isEmbedded ? PROCESS_LIFETIME_MS : LIFETIME_MS[name], async (own) => {
      const handler = createAdvanceHandler(own, report);
      const Records = batch.map(({ id, receipt, body, receiveCount }) => ({
        messageId: id,
        receiptHandle: receipt,
        body,
        attributes: { ApproximateReceiveCount: String(receiveCount) },
        eventSourceARN: `arn:aws:sqs:us-east-1:123456789012:stepwell-${name}`,
      }));
      const context = { getRemainingTimeInMillis: () => begun + LIFETIME_MS[name] - scheduler.now };
      const { batchItemFailures } = await handler({ Records } as unknown as SQSEvent, context);
      const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      for (const { id, receipt } of batch) if (!failed.has(id)) await own.queue.delete(name, receipt).catch(report);
    });
  }

  function pending(): [messages: Message[], offers: { run: string; wait: string }[]] {
    const shelved = [...table.kept('stalled')].map(({ body }) => Buffer.from(body as Uint8Array).toString());
    const later = [...table.kept('later#')].map(({ body }) => String(body));
    const messages = [...queue.bodies(), ...later, ...shelved].map((body) => JSON.parse(body) as Message);
    const offers = [...table.kept('tasks#')].map(({ run, wait }) => ({ run: String(run), wait: String(wait) }));
    return [messages, offers];
  }

  const queue = simulatedQueue(
    scheduler,
    chance,
    deliveries,
    deliver,
    (body) => watch.sent(body),
    () => watch.checkWaking(...pending()),
  );
  scheduler.sources.push(queue);

  return {
    queue,
    table,
    workers,
    defects,
    newWorld,
    pending,
    request: (action, body) =>
      workers.spawn(`api ${action}`, 'api', API_LIFETIME_MS, async (world) => {
        const headers = { 'x-amz-target': `AWSStepFunctions.${action}` };
        return await handleRequest(world, { method: 'POST', headers, body: JSON.stringify(body) }, report);
      }),
    restart() {
      boots++;
      working = new Set();
      hosts.retire();
    },
    deploy(next) {
      settings = next;
      hosts.retire();
    },
  };
}
