// What Lambda's event source mapping is on AWS: takes messages from a queue and hands them to a handler as SQSEvents.
// Batches of up to 10, a visibility timeout, partial failures: the handlers cannot tell it from SQS. It sleeps until
// the queue has something to give, and polls nothing in vain.
import { hash } from 'node:crypto';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Clock, Queue, QueueName, Received } from '../core/ports.ts';

export type SqsHandler = (
  event: SQSEvent,
  context: { getRemainingTimeInMillis(): number },
) => Promise<SQSBatchResponse>;

export interface PolledQueue extends Pick<Queue, 'receive' | 'delete' | 'postpone'> {
  whenVisible(queue: QueueName, signal: AbortSignal): Promise<void>;
}

export interface PollerOptions {
  queue: PolledQueue;
  name: QueueName;
  handler: SqsHandler;
  clock: Pick<Clock, 'now'>;
  /** Of the queue, as the handler sees it. */
  arn: string;
  region: string;
  report(trouble: unknown, where: string): void;
}

export interface Poller {
  /** Takes no more messages; resolves when the batches in flight are done. */
  stop(): Promise<void>;
}

/** The timings of the two queues as we deploy them: the handler's timeout, and how long a message stays invisible. */
const TIMINGS = {
  advance: { timeoutSeconds: 60, visibilitySeconds: 90 },
  call: { timeoutSeconds: 900, visibilitySeconds: 960 },
} satisfies Record<QueueName, object>;

const BATCH_MESSAGES_MAX = 10;
/** Batches in flight per queue. They mostly wait for calls, which costs next to nothing here. */
const BATCHES_MAX = 256;
/** Batches taken with one look: one transaction of the queue takes them all. */
const BATCHES_PER_LOOK = 16;
const BACKOFF_SECONDS_MAX = 60;
const QUEUE_TROUBLE_PAUSE_MS = 1000;

export function startPoller(options: PollerOptions): Poller {
  const { queue, name, report } = options;
  const { visibilitySeconds } = TIMINGS[name];
  const stopping = new AbortController();
  const { signal } = stopping;
  const inFlight = new Set<Promise<void>>();

  async function look(): Promise<void> {
    await queue.whenVisible(name, signal);
    if (inFlight.size >= BATCHES_MAX) await Promise.race(inFlight);
    if (signal.aborted) return;
    const room = Math.min(BATCHES_MAX - inFlight.size, BATCHES_PER_LOOK);
    const received = await queue.receive(name, room * BATCH_MESSAGES_MAX, visibilitySeconds);
    for (let start = 0; start < received.length; start += BATCH_MESSAGES_MAX) {
      const batch: Promise<void> = handleBatch(options, received.slice(start, start + BATCH_MESSAGES_MAX))
        .catch((trouble) => {
          // What fails while the process ends is taken up by the next one.
          if (!signal.aborted) report(trouble, `Handler of ${name}`);
        })
        .finally(() => inFlight.delete(batch));
      inFlight.add(batch);
    }
  }

  async function poll(): Promise<void> {
    while (!signal.aborted) {
      try {
        await look();
      } catch (trouble) {
        if (signal.aborted) return;
        report(trouble, `Queue ${name}`);
        await pause(QUEUE_TROUBLE_PAUSE_MS, signal);
      }
    }
  }

  const polling = poll();
  return {
    async stop() {
      stopping.abort();
      await polling;
      await Promise.all(inFlight);
    },
  };
}

/** One invocation of the handler, and what becomes of its messages. */
async function handleBatch(options: PollerOptions, batch: Received[]): Promise<void> {
  const { queue, name, handler, clock } = options;
  const deadline = clock.now() + TIMINGS[name].timeoutSeconds * 1000;
  const context = { getRemainingTimeInMillis: () => Math.max(deadline - clock.now(), 0) };
  let failed: Set<string>;
  try {
    const { batchItemFailures } = await handler(sqsEvent(batch, options), context);
    failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  } catch (trouble) {
    // The handler died with all its messages: they come again, later each time.
    await Promise.all(batch.map(({ receipt, receiveCount }) => queue.postpone(name, receipt, backoff(receiveCount))));
    throw trouble;
  }
  // A message reported as failed keeps the visibility that the queue or the handler gave it.
  await Promise.all(batch.filter(({ id }) => !failed.has(id)).map(({ receipt }) => queue.delete(name, receipt)));
}

export function sqsEvent(batch: readonly Received[], { arn, region }: { arn: string; region: string }): SQSEvent {
  return {
    Records: batch.map(
      ({ id, receipt, body, receiveCount, sentAt }): SQSRecord => ({
        messageId: id,
        receiptHandle: receipt,
        body,
        attributes: {
          ApproximateReceiveCount: String(receiveCount),
          SentTimestamp: String(sentAt),
          SenderId: 'local',
          ApproximateFirstReceiveTimestamp: String(sentAt),
        },
        messageAttributes: {},
        md5OfBody: hash('md5', body),
        eventSource: 'aws:sqs',
        eventSourceARN: arn,
        awsRegion: region,
      }),
    ),
  };
}

const backoff = (receiveCount: number) => Math.min(2 ** (receiveCount - 1), BACKOFF_SECONDS_MAX);

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
