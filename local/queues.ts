// What Lambda's event source mapping is for users' queues: takes messages of a queue of SQS and hands them to the
// handler that starts executions. What it could not start stays in the queue, which shows it again.
import type { MessageAttributeValue, SQS, Message as SqsMessage } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import type { StartFromSqsHandler } from '../handlers/start-from-sqs.ts';

export interface QueueOptions {
  sqs: SQS;
  /** The queue's ARN. */
  queue: string;
  batchSize: number;
  handler: StartFromSqsHandler;
  signal: AbortSignal;
  report(trouble: unknown, where: string): void;
}

/** What one request gives at most, whatever the batch size: batches are smaller here than they may be on AWS. */
const RECEIVE_MAX = 10;
/** SQS holds a request for a message so long. */
const WAIT_SECONDS = 20;
const TROUBLE_PAUSE_MS = 5_000;

/** Until `signal` aborts. */
export async function pollQueue(options: QueueOptions): Promise<void> {
  const { queue, signal, report } = options;
  let lastTrouble: string | undefined;
  for (let url: string | undefined; !signal.aborted; ) {
    try {
      url ??= await urlOf(options);
      await takeBatch(options, url);
      lastTrouble = undefined;
    } catch (trouble) {
      if (signal.aborted) return;
      // A queue that is not there is told once, not every five seconds.
      const { message } = trouble as Error;
      if (message !== lastTrouble) report(`cannot be read: ${message}`, `Queue ${queue}`);
      lastTrouble = message;
      url = undefined;
      await pause(signal);
    }
  }
}

async function urlOf({ sqs, queue }: QueueOptions): Promise<string> {
  const [account, name] = queue.split(':').slice(-2);
  const { QueueUrl } = await sqs.getQueueUrl({ QueueName: name!, QueueOwnerAWSAccountId: account! });
  return QueueUrl!;
}

async function takeBatch({ sqs, queue, batchSize, handler, signal }: QueueOptions, QueueUrl: string): Promise<void> {
  const request = {
    QueueUrl,
    MaxNumberOfMessages: Math.min(batchSize, RECEIVE_MAX),
    WaitTimeSeconds: WAIT_SECONDS,
    MessageAttributeNames: ['All'],
    MessageSystemAttributeNames: ['All' as const],
  };
  const { Messages = [] } = await sqs.receiveMessage(request, { abortSignal: signal });
  if (Messages.length === 0) return;
  const { batchItemFailures } = await handler({ Records: Messages.map((message) => recordOf(queue, message)) }, {});
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  const done = Messages.filter(({ MessageId }) => !failed.has(MessageId!));
  if (done.length === 0) return;
  const Entries = done.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle: ReceiptHandle! }));
  await sqs.deleteMessageBatch({ QueueUrl, Entries });
}

/** A message as Lambda's event has it. */
function recordOf(eventSourceARN: string, message: SqsMessage): SQSRecord {
  return {
    messageId: message.MessageId!,
    receiptHandle: message.ReceiptHandle!,
    body: message.Body ?? '',
    attributes: (message.Attributes ?? {}) as object as SQSRecord['attributes'],
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [name, attributeOf(value)]),
    ),
    md5OfBody: message.MD5OfBody ?? '',
    eventSource: 'aws:sqs',
    eventSourceARN,
    awsRegion: eventSourceARN.split(':')[3]!,
  };
}

function attributeOf({ StringValue, BinaryValue, DataType }: MessageAttributeValue) {
  return {
    ...(StringValue !== undefined && { stringValue: StringValue }),
    ...(BinaryValue !== undefined && { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
    stringListValues: [],
    binaryListValues: [],
    dataType: DataType as SQSRecord['messageAttributes'][string]['dataType'],
  };
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, TROUBLE_PAUSE_MS);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
