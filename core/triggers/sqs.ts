// Messages of users' queues. One message starts one execution, named after the message's id, so a message that comes
// again starts nothing new; or a batch starts one (sqs-batch.ts). The input is what EventBridge Pipes gives: an array of
// records, also of one; with an `input` of the trigger's own, what that makes of each record, whose body it sees parsed.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-sqs.html
//
// A message that starts nothing is never deleted: it comes again, and the queue's own redrive policy ends that.
import { type Json, type JsonObject, parseJson, printJson } from '../expr/json.ts';
import type { World } from '../world.ts';
import { startForBatch } from './sqs-batch.ts';
import { executionName, inputFor, type Started, startFor } from './start.ts';
import { triggersOf } from './store.ts';
import type { Trigger } from './trigger.ts';

/** A record of Lambda's SQSEvent; Pipes has the same. */
export interface SqsMessage {
  messageId: string;
  body: string;
  eventSourceARN: string;
  attributes?: { MessageGroupId?: string | undefined };
}

export interface Failure {
  messageId: string;
  trouble: unknown;
}

/** Starts what these messages start. A message of `failures` must come again; what it did start is not started twice. */
export async function startFromSqs(
  world: World,
  messages: SqsMessage[],
): Promise<{ started: Started[]; failures: Failure[] }> {
  const started: Started[] = [];
  const failures: Failure[] = [];
  for (const [queue, ofQueue] of Map.groupBy(messages, ({ eventSourceARN }) => eventSourceARN)) {
    const triggers = await triggersOf(world, 'sqs', queue);
    const failed = new Map<string, unknown>();
    if (triggers.length === 0) {
      const trouble = new Error(`No trigger of any state machine listens to ${queue}.`);
      for (const { messageId } of ofQueue) failed.set(messageId, trouble);
    }
    for (const trigger of triggers) {
      const isBatch = 'sqs' in trigger.definition && trigger.definition.sqs.executionPer === 'batch';
      const start = isBatch ? startForBatch : startForEach;
      const outcome = await start(world, trigger, ofQueue);
      started.push(...outcome.started);
      for (const { messageId, trouble } of outcome.failures) failed.set(messageId, trouble);
    }
    failures.push(...[...failed].map(([messageId, trouble]) => ({ messageId, trouble })));
  }
  return { started, failures };
}

/** Side by side; in a FIFO queue those of one message group one after the other, and none after one that failed. */
async function startForEach(world: World, trigger: Trigger, messages: SqsMessage[]) {
  const started: Started[] = [];
  const failures: Failure[] = [];
  const lines = Map.groupBy(messages, lineOf);
  await Promise.all(
    [...lines.values()].map(async (line) => {
      for (const [index, message] of line.entries()) {
        try {
          started.push(await startForOne(world, trigger, message));
        } catch (trouble) {
          failures.push(...line.slice(index).map(({ messageId }) => ({ messageId, trouble })));
          return;
        }
      }
    }),
  );
  return { started, failures };
}

/** Groups of other queues are a matter of fairness, not of order. */
function lineOf({ messageId, attributes, eventSourceARN }: SqsMessage): string {
  return (eventSourceARN.endsWith('.fifo') && attributes?.MessageGroupId) || messageId;
}

async function startForOne(world: World, trigger: Trigger, message: SqsMessage): Promise<Started> {
  return await startFor(world, trigger, {
    name: executionName(message.messageId),
    text: `message ${message.messageId} of ${message.eventSourceARN}`,
    input: async () => printJson(await inputOfMessages(world, trigger, [message])),
  });
}

/** An array as Pipes makes it; but one message's own input stands alone where each message starts an execution. */
export async function inputOfMessages(world: World, trigger: Trigger, messages: SqsMessage[]): Promise<Json> {
  const { sqs } = trigger.definition as { sqs: { input?: Json; executionPer?: string } };
  const records = messages.map((message) => parseJson(JSON.stringify(message)) as JsonObject);
  if (sqs.input === undefined) return records;
  const inputs: Json[] = [];
  for (const record of records) inputs.push(await inputFor(world, trigger, withParsedBody(record)));
  return sqs.executionPer === 'batch' ? inputs : inputs[0]!;
}

function withParsedBody(record: JsonObject): JsonObject {
  try {
    return { ...record, body: parseJson(String(record.body)) };
  } catch {
    return record;
  }
}
