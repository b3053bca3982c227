// The Queue port on SQS standard queues. In Lambda the event source receives and deletes; `receive` and `delete` are
// for everybody else. SQS waits up to 15 minutes by itself; messages for later are kept in the table, and the sweep
// hands them to SQS as soon as SQS can wait for them, so a sweep that comes late delays nothing.

import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Clock, Outgoing, Queue, QueueName, Received, Table } from '../../core/ports.ts';
import { inBatches } from './batches.ts';
import { laterMessages } from './later.ts';

export interface SqsQueueOptions {
  client: SQSClient;
  urls: Record<QueueName, string>;
  /** Where messages wait that are due in more than 15 minutes. */
  table: Table;
  clock: Pick<Clock, 'now'>;
  /** How long a `receive` waits for a message; SQS then also asks all of its servers. */
  waitSeconds?: number;
  /** How long SQS keeps a message back, at most and by default 15 minutes; what is due later waits in the table. */
  delaySeconds?: number;
}

const DELAY_SECONDS_MAX = 900;
const RECEIVE_MAX = 10;

export function sqsQueue(options: SqsQueueOptions): Queue {
  const { client, urls, table, clock, waitSeconds = 0, delaySeconds = DELAY_SECONDS_MAX } = options;
  const later = laterMessages(table);

  async function sendNow(messages: Outgoing[]): Promise<void> {
    const requests = Object.entries(Object.groupBy(messages, ({ queue }) => queue)).flatMap(([queue, group]) =>
      inBatches(group).map((batch) => sendBatch(client, urls[queue as QueueName], batch, clock.now())),
    );
    await Promise.all(requests);
  }

  return {
    async send(messages) {
      const horizon = clock.now() + delaySeconds * 1000;
      const far = messages.filter(isLaterThan(horizon));
      const near = messages.filter(({ at }) => at === undefined || at <= horizon);
      await Promise.all([sendNow(near), ...far.map(later.keep)]);
    },
    async receive(queue, max, visibilitySeconds) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: urls[queue],
          MaxNumberOfMessages: Math.min(max, RECEIVE_MAX),
          VisibilityTimeout: visibilitySeconds,
          WaitTimeSeconds: waitSeconds,
          MessageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp'],
        }),
      );
      return Messages.map(received);
    },
    async delete(queue, receipt) {
      await client.send(new DeleteMessageCommand({ QueueUrl: urls[queue], ReceiptHandle: receipt }));
    },
    async postpone(queue, receipt, seconds) {
      try {
        await client.send(
          new ChangeMessageVisibilityCommand({
            QueueUrl: urls[queue],
            ReceiptHandle: receipt,
            VisibilityTimeout: seconds,
          }),
        );
      } catch (error) {
        // Its visibility timeout has passed: it is back in the queue already, or somebody else has it.
        if (!(error instanceof Error && error.name === 'MessageNotInflight')) throw error;
      }
    },
    sweep: (now) => later.release(now + delaySeconds * 1000, sendNow),
  };
}

async function sendBatch(client: SQSClient, QueueUrl: string, batch: Outgoing[], now: number): Promise<void> {
  const Entries = batch.map(({ body, at = now }, index) => {
    // Rounded up: a message that comes too early would have to be sent again.
    const seconds = Math.min(Math.ceil(Math.max(at - now, 0) / 1000), DELAY_SECONDS_MAX);
    return { Id: String(index), MessageBody: sendable(body), DelaySeconds: seconds };
  });
  const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  const [first] = Failed;
  if (first !== undefined) {
    throw new Error(`SQS refused ${Failed.length} of ${batch.length} messages: ${first.Code}: ${first.Message}`);
  }
}

function isLaterThan(horizon: number) {
  return (message: Outgoing): message is Outgoing & { at: number } => message.at !== undefined && message.at > horizon;
}

/**
 * SQS refuses U+FFFE and U+FFFF, and some of its stand-ins all that is beyond the basic plane. Bodies are JSON, so these
 * characters stand inside strings, where an escape means the same.
 */
function sendable(body: string): string {
  return body.replace(/[\uFFFE\uFFFF\uD800-\uDFFF]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`);
}

function received(message: Message): Received {
  return {
    id: message.MessageId ?? '',
    receipt: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    receiveCount: Number(message.Attributes?.ApproximateReceiveCount ?? 1),
    sentAt: Number(message.Attributes?.SentTimestamp ?? 0),
  };
}
