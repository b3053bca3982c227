// Triggers on a laptop: the server itself keeps their schedules and, where it was told of an endpoint for SQS, reads their
// queues and hears of their buckets and events through one of its own. It does so in no account of AWS unless that is
// the endpoint: whoever holds a profile does not mean their production's messages.
import { listTriggers } from '../core/triggers/store.ts';
import { labelOf, type Trigger } from '../core/triggers/trigger.ts';
import type { World } from '../core/world.ts';
import { createStartFromSqsHandler, type StartFromSqsHandler } from '../handlers/start-from-sqs.ts';
import {
  announcementHandler,
  announcementsArn,
  createAnnouncements,
  GONE,
  hearBucket,
  hearEvents,
} from './announcements.ts';
import { clientAt } from './aws.ts';
import { pollQueue } from './queues.ts';
import { keepSchedule } from './schedules.ts';

export interface TriggerOptions {
  world: World;
  environment: Record<string, string | undefined>;
  report(trouble: unknown, where: string): void;
}

export interface WatchedTriggers {
  stop(): void;
}

/** Resolves when `signal` has aborted and all is put away. */
type Watch = (signal: AbortSignal) => Promise<void>;

/** Watches what there is, and what comes and goes. */
export function watchTriggers(options: TriggerOptions): WatchedTriggers {
  const { world } = options;
  // Who watches the server needs the sentence, not where in the code it was made.
  const report: TriggerOptions['report'] = (trouble, where) =>
    options.report(trouble instanceof Error ? trouble.message : trouble, where);
  const watched = new Map<string, { controller: AbortController; ended: Promise<void> }>();
  let isStopped = false;
  let reading = Promise.resolve();

  async function read(): Promise<void> {
    const sources = sourcesOf(await listTriggers(world), { ...options, report });
    if (isStopped) return;
    const gone = [...watched].filter(([key]) => !sources.has(key));
    for (const [key, { controller }] of gone) {
      controller.abort(GONE);
      watched.delete(key);
    }
    // What takes the place of something else begins when that is put away.
    await Promise.all(gone.map(([, { ended }]) => ended));
    for (const [key, watch] of sources) {
      if (watched.has(key) || isStopped) continue;
      const controller = new AbortController();
      const ended = watch(controller.signal).catch((trouble) => report(trouble, `Trigger source ${key}`));
      watched.set(key, { controller, ended });
    }
  }

  // One reading after the other: the last one sees all changes.
  world.onTriggersChanged = () => {
    reading = reading.then(read).catch((trouble) => {
      if (!isStopped) report(trouble, 'Triggers');
    });
  };
  world.onTriggersChanged();
  return {
    stop() {
      isStopped = true;
      for (const { controller } of watched.values()) controller.abort();
    },
  };
}

/** By a key that is another as soon as anything is. Triggers of one queue, or one bucket, share what comes from it. */
function sourcesOf(triggers: Trigger[], options: TriggerOptions): Map<string, Watch> {
  const { world, environment, report } = options;
  const sources = new Map<string, Watch>();
  let isAnnounced = false;
  for (const trigger of triggers) {
    const { definition } = trigger;
    if ('schedule' in definition)
      sources.set(JSON.stringify(trigger), (signal) => keepSchedule(world, trigger, { signal, report }));
    else if ('sqs' in definition) {
      const { queue, batchSize = 10 } = definition.sqs;
      const handler = createStartFromSqsHandler(world, report);
      sources.set(`${queue} by ${batchSize}`, (signal) => readQueue(options, queue, { batchSize, handler, signal }));
    } else {
      isAnnounced = true;
      const [key, hear]: [string, Watch] =
        's3' in definition
          ? [`bucket ${definition.s3.bucket}`, (signal) => hearBucket(world, definition.s3.bucket, environment, signal)]
          : [
              `${labelOf(trigger)} ${JSON.stringify(definition)}`,
              (signal) => hearEvents(world, trigger, environment, signal),
            ];
      sources.set(key, (signal) => announced(options, () => hear(signal)));
    }
  }
  if (isAnnounced) {
    const handler = announcementHandler(world, report);
    const read: Watch = (signal) => readQueue(options, announcementsArn(world), { batchSize: 10, handler, signal });
    sources.set('announcements', (signal) => announced(options, () => read(signal)));
  }
  return sources;
}

async function readQueue(
  options: TriggerOptions,
  queue: string,
  reading: { batchSize: number; handler: StartFromSqsHandler; signal: AbortSignal },
): Promise<void> {
  const [, , , region = '', account = ''] = queue.split(':');
  const sqs = await sqsAt(options, { region, account });
  if (sqs === undefined) return options.report('nobody reads it: set AWS_ENDPOINT_URL_SQS', `Queue ${queue}`);
  await pollQueue({ sqs, queue, ...reading, report: options.report });
  sqs.destroy();
}

/** Does it once there is the queue to be told to; not at all where there can be none. */
async function announced(options: TriggerOptions, hear: () => Promise<void>): Promise<void> {
  const sqs = await sqsAt(options, options.world.settings);
  if (sqs === undefined) return;
  await createAnnouncements(sqs, options.world);
  sqs.destroy();
  await hear();
}

async function sqsAt({ environment }: TriggerOptions, home: { region: string; account: string }) {
  const config = clientAt('sqs', environment, home);
  if (config === undefined) return undefined;
  const { SQS } = await import('@aws-sdk/client-sqs');
  // Queue URLs name the host that the emulator believes to have.
  return new SQS({ ...config, useQueueUrlAsEndpoint: false });
}
