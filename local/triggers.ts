// Triggers on a laptop: the server itself keeps their schedules and reads their queues, where it was told of an endpoint
// for SQS. It reads no queue of an account of AWS unless that is the endpoint: whoever holds a profile does not mean
// their production's messages. What no source sends by itself here, `stepwell trigger` sends.
import { listTriggers } from '../core/triggers/store.ts';
import { kindOf, type SqsSource, type Trigger } from '../core/triggers/trigger.ts';
import type { World } from '../core/world.ts';
import { createStartFromSqsHandler } from '../handlers/start-from-sqs.ts';
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

/** Watches what there is, and what comes and goes. */
export function watchTriggers(options: TriggerOptions): WatchedTriggers {
  const { world } = options;
  // Who watches the server needs the sentence, not where in the code it was made.
  const report: TriggerOptions['report'] = (trouble, where) =>
    options.report(trouble instanceof Error ? trouble.message : trouble, where);
  const watched = new Map<string, AbortController>();
  let isStopped = false;
  let reading = Promise.resolve();

  async function read(): Promise<void> {
    const sources = sourcesOf(await listTriggers(world), { ...options, report });
    if (isStopped) return;
    for (const [key, watching] of watched) {
      if (sources.has(key)) continue;
      watching.abort();
      watched.delete(key);
    }
    for (const [key, watch] of sources) {
      if (watched.has(key)) continue;
      const watching = new AbortController();
      watched.set(key, watching);
      void watch(watching.signal).catch((trouble) => report(trouble, 'Triggers'));
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
      for (const watching of watched.values()) watching.abort();
    },
  };
}

type Watch = (signal: AbortSignal) => Promise<void>;

/** By a key that is another as soon as anything is. Triggers of one queue share its messages. */
function sourcesOf(triggers: Trigger[], { world, environment, report }: TriggerOptions): Map<string, Watch> {
  const sources = new Map<string, Watch>();
  for (const trigger of triggers) {
    if (kindOf(trigger.definition) === 'schedule')
      sources.set(JSON.stringify(trigger), (signal) => keepSchedule(world, trigger, { signal, report }));
    if ('sqs' in trigger.definition) {
      const { queue, batchSize = 10 } = trigger.definition.sqs;
      sources.set(JSON.stringify([queue, batchSize]), watchQueue(trigger.definition.sqs));
    }
  }
  function watchQueue({ queue, batchSize = 10 }: SqsSource): Watch {
    return async (signal) => {
      const [, , , region = '', account = ''] = queue.split(':');
      const config = clientAt('sqs', environment, { region, account });
      if (config === undefined) return report(`nobody reads it: set AWS_ENDPOINT_URL_SQS`, `Queue ${queue}`);
      const { SQS } = await import('@aws-sdk/client-sqs');
      // Queue URLs name the host that the emulator believes to have.
      const sqs = new SQS({ ...config, useQueueUrlAsEndpoint: false });
      const handler = createStartFromSqsHandler(world, report);
      await pollQueue({ sqs, queue, batchSize, handler, signal, report });
      sqs.destroy();
    };
  }
  return sources;
}
