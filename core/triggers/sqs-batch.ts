// One execution for a batch of messages, and each message in one execution only, though messages that come again may
// come in other batches. Each message has a mark that names its batch; a batch begins with an item, written once after the
// marks, that holds its messages and its input. A message that stands in the item of its batch was, or now is, started
// with it. Where there is no such item, its worker may be lost: the batch is closed, by an item without anything. A
// message of a closed batch, or of one that began without it, goes into another.

import { printJson } from '../expr/json.ts';
import type { Key } from '../ports.ts';
import { loadBody, storeBody } from '../store/body.ts';
import { expiry } from '../store/log.ts';
import type { World } from '../world.ts';
import { type Failure, inputOfMessages, type SqsMessage } from './sqs.ts';
import { digest, type Started, startFor } from './start.ts';
import { labelOf, type Trigger } from './trigger.ts';

const BATCH = 'batch';
const MARK = 'message';
/** A worker that loses a batch this often has competitors that lose theirs; the messages come again. */
const ATTEMPTS_MAX = 3;

export async function startForBatch(world: World, trigger: Trigger, messages: SqsMessage[]) {
  const started: Started[] = [];
  const failures: Failure[] = [];
  const own = newBatch(world, messages);
  // Messages of one batch often come again together: what it began with is read once, and never changes.
  const beginnings = new Map<string, Promise<Begun | undefined>>();
  const beginning = (batch: string) => {
    const read = beginnings.get(batch) ?? beginningOf(world, trigger, batch);
    beginnings.set(batch, read);
    return read;
  };
  const marked = await Promise.all(
    messages.map(async (message) => {
      try {
        return { message, batch: await batchOf(world, trigger, { message, own, beginning }) };
      } catch (trouble) {
        failures.push({ messageId: message.messageId, trouble });
        return { message, batch: undefined };
      }
    }),
  );
  for (const [batch, members] of Map.groupBy(marked, ({ batch }) => batch)) {
    if (batch === undefined) continue;
    const ofBatch = members.map(({ message }) => message);
    try {
      const occasion = {
        name: batch,
        text: `a batch of ${ofBatch.length} messages of ${ofBatch[0]!.eventSourceARN}`,
        input: () => inputOfBatch(world, trigger, batch, batch === own ? ofBatch : undefined),
      };
      started.push(await startFor(world, trigger, occasion));
    } catch (trouble) {
      failures.push(...ofBatch.map(({ messageId }) => ({ messageId, trouble })));
    }
  }
  return { started, failures };
}

/** Named after its messages and this attempt at them. */
function newBatch(world: World, messages: SqsMessage[]): string {
  const ids = messages.map(({ messageId }) => messageId).sort();
  return `batch-${digest(...ids, world.newId())}`;
}

function keyOf(trigger: Trigger, what: typeof BATCH | typeof MARK, id: string): Key {
  return { pk: `trigger#${labelOf(trigger)}#${id}`, sk: what };
}

/** What a batch began with. */
interface Begun {
  messages: string[];
  input: string;
}

interface Looked {
  message: SqsMessage;
  own: string;
  beginning(batch: string): Promise<Begun | undefined>;
}

/** The batch that the message belongs to: `own`, or an earlier one that began with it. */
async function batchOf(
  world: World,
  trigger: Trigger,
  { message: { messageId }, own, beginning }: Looked,
): Promise<string> {
  const key = keyOf(trigger, MARK, messageId);
  const mark = { batch: own, expires: expiry(world) };
  const nowSeconds = Math.floor(world.clock.now() / 1000);
  if (await world.table.put({ ...key, ...mark }, { if: 'absent-or-expired', nowSeconds })) return own;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const earlier = String((await world.table.get(key))?.batch);
    if (earlier === own) return own;
    const begun = await beginning(earlier);
    if (begun?.messages.includes(messageId)) return earlier;
    if (await world.table.update(key, mark, { if: 'equals', attribute: 'batch', value: earlier })) return own;
  }
  throw new Error(`Message ${messageId} is in the hands of other workers.`);
}

/** What the batch began with; one that has not begun is closed, and never will. */
async function beginningOf(world: World, trigger: Trigger, batch: string): Promise<Begun | undefined> {
  const key = keyOf(trigger, BATCH, batch);
  const item = await world.table.get(key);
  if (item === undefined && (await world.table.put({ ...key, closed: 1, expires: expiry(world) }, { if: 'absent' })))
    return undefined;
  const written = item ?? (await world.table.get(key));
  return written === undefined || written.closed === 1
    ? undefined
    : ((await loadBody(world.payloads, written)) as Begun);
}

/** The input of the batch, which begins with these messages if it has not begun. */
async function inputOfBatch(
  world: World,
  trigger: Trigger,
  batch: string,
  messages: SqsMessage[] | undefined,
): Promise<string> {
  if (messages !== undefined) {
    const key = keyOf(trigger, BATCH, batch);
    const input = printJson(await inputOfMessages(world, trigger, messages));
    const begun: Begun = { messages: messages.map(({ messageId }) => messageId), input };
    const body = await storeBody(world.payloads, key.pk, begun);
    if (await world.table.put({ ...key, ...body, expires: expiry(world) }, { if: 'absent' })) return input;
  }
  const begun = await beginningOf(world, trigger, batch);
  if (begun === undefined) throw new Error('another worker took its messages over');
  return begun.input;
}
