// The handler that advances executions: a batch of messages in, partial batch failures out. Deployed twice, behind the
// `advance` queue and behind the `call` queue; the local server feeds it the same events.
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { ownApi } from '../core/api/own-api.ts';
import { type Disposition, drive, type Shift } from '../core/drive.ts';
import { receiveExpress } from '../core/driver/express.ts';
import { type Message, readMessage } from '../core/driver/message.ts';
import type { QueueName } from '../core/ports.ts';
import { noteTrouble } from '../core/store/stalled.ts';
import type { World } from '../core/world.ts';
import { logTrouble, onAws, type Report } from './on-aws.ts';

export type AdvanceHandler = (
  event: SQSEvent,
  context: { getRemainingTimeInMillis(): number },
) => Promise<SQSBatchResponse>;

interface Delivery {
  record: SQSRecord;
  message: Message;
}

/** `report` hears of trouble that is not the execution's own; its message goes back to the queue (D8). */
export function createAdvanceHandler(world: World, report: Report = logTrouble): AdvanceHandler {
  world.ownApi ??= ownApi(world);
  return async ({ Records }, context) => {
    const queue: QueueName = Records[0]?.eventSourceARN.endsWith('-call') ? 'call' : 'advance';
    const deadline = world.clock.now() + context.getRemainingTimeInMillis();
    const returned: string[] = [];
    const deliveries = await readAll(world, Records, (trouble, { messageId }) => {
      report(trouble, `Message ${messageId}`);
      returned.push(messageId);
    });
    const runs = Map.groupBy(deliveries, ({ message }) => message.run);
    // The runs of a batch are worked on side by side, each by one worker.
    await Promise.all(
      [...runs].map(async ([run, deliveries]) => {
        try {
          const messages = deliveries.map(({ message }) => message);
          const dispositions = await work(world, messages, { queue, deadline });
          returned.push(...(await settle(world, queue, deliveries, dispositions)));
        } catch (trouble) {
          report(trouble, `Run ${run}`);
          await remember(world, run, trouble, deliveries);
          await backOff(world, queue, deliveries);
          returned.push(...deliveries.map(({ record }) => record.messageId));
        }
      }),
    );
    return { batchItemFailures: returned.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

/** An Express execution is all in its message, and over with it. */
async function work(world: World, messages: Message[], shift: Shift): Promise<Map<string, Disposition>> {
  const [first] = messages;
  if (first?.kind !== 'express') return await drive(world, messages, shift);
  await receiveExpress(world, first.creation);
  return new Map();
}

/** One message that cannot be read must not keep the others of its batch from being worked on. */
async function readAll(
  world: World,
  records: SQSRecord[],
  onTrouble: (trouble: unknown, record: SQSRecord) => void,
): Promise<Delivery[]> {
  const deliveries: Delivery[] = [];
  for (const record of records) {
    try {
      deliveries.push({ record, message: await readMessage(world, record.body) });
    } catch (trouble) {
      onTrouble(trouble, record);
    }
  }
  return deliveries;
}

/** Trouble that lasts is noted for whoever asks what became of the run; where even that fails, the logs have it. */
async function remember(world: World, run: string, trouble: unknown, deliveries: Delivery[]): Promise<void> {
  const times = Math.max(...deliveries.map(timesOf));
  if (times >= LASTING) await noteTrouble(world, run, trouble, times).catch(() => {});
}

function timesOf({ record }: Delivery): number {
  return Number(record.attributes?.ApproximateReceiveCount ?? 1);
}

/** Receives after which trouble is not a passing one. */
const LASTING = 3;
const BACKOFF_SECONDS_MAX = 900;

/** Trouble is tried again soon at first, then ever later, instead of after the whole visibility timeout (D8). */
async function backOff(world: World, queue: QueueName, deliveries: Delivery[]): Promise<void> {
  for (const delivery of deliveries) {
    const seconds = Math.min(2 ** timesOf(delivery), BACKOFF_SECONDS_MAX);
    // Where even this fails, the message comes back when its visibility timeout is over.
    await world.queue.postpone(queue, delivery.record.receiptHandle, seconds).catch(() => {});
  }
}

/** Postpones what is to come back later; gives the ids of the messages that must not be deleted. */
async function settle(
  world: World,
  queue: QueueName,
  deliveries: Delivery[],
  dispositions: Map<string, Disposition>,
): Promise<string[]> {
  const kept: string[] = [];
  for (const { record, message } of deliveries) {
    const disposition = dispositions.get(message.id);
    if (disposition?.kind !== 'postpone') continue;
    const seconds = Math.ceil((disposition.until - world.clock.now()) / 1000);
    await world.queue.postpone(queue, record.receiptHandle, Math.max(1, seconds));
    kept.push(record.messageId);
  }
  return kept;
}

export const handler: AdvanceHandler = onAws((world) => createAdvanceHandler(world));
