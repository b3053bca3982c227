// One execution for a batch of messages, and each message in one execution only, though messages that come again may
// come in other batches. Each message has a mark that names its batch; a batch has an item that holds its input. Both are
// written once, marks first. A message whose batch has an input was, or now is, started with it. A batch whose worker
// was lost before it wrote the input is closed, by an item without one, and its messages go into another.
import { loadBody, storeBody } from '../body.ts';
import { printJson } from '../expr/json.ts';
import { expiry } from '../log.ts';
import type { Key } from '../ports.ts';
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
  const marked = await Promise.all(
    messages.map(async (message) => {
      try {
        return { message, batch: await batchOf(world, trigger, message, own) };
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

/** The batch that the message belongs to: `own`, or an earlier one that has begun. */
async function batchOf(world: World, trigger: Trigger, message: SqsMessage, own: string): Promise<string> {
  const key = keyOf(trigger, MARK, message.messageId);
  const nowSeconds = Math.floor(world.clock.now() / 1000);
  const isFirst = await world.table.put(
    { ...key, batch: own, expires: expiry(world) },
    { if: 'absent-or-expired', nowSeconds },
  );
  if (isFirst) return own;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const earlier = String((await world.table.get(key))?.batch);
    if (earlier === own || !(await close(world, trigger, earlier))) return earlier;
    const set = { batch: own, expires: expiry(world) };
    if (await world.table.update(key, set, { if: 'equals', attribute: 'batch', value: earlier })) return own;
  }
  throw new Error(`Message ${message.messageId} is in the hands of other workers.`);
}

/** Sees to it that the batch will not begin any more; false when it has begun. */
async function close(world: World, trigger: Trigger, batch: string): Promise<boolean> {
  const key = keyOf(trigger, BATCH, batch);
  if (await world.table.put({ ...key, closed: 1, expires: expiry(world) }, { if: 'absent' })) return true;
  return (await world.table.get(key))?.closed === 1;
}

/** The input as it was when the batch began; with the messages of a new batch, it begins. */
async function inputOfBatch(
  world: World,
  trigger: Trigger,
  batch: string,
  messages: SqsMessage[] | undefined,
): Promise<string> {
  const key = keyOf(trigger, BATCH, batch);
  if (messages !== undefined) {
    const input = printJson(await inputOfMessages(world, trigger, messages));
    const body = await storeBody(world.payloads, key.pk, input);
    if (await world.table.put({ ...key, ...body, expires: expiry(world) }, { if: 'absent' })) return input;
  }
  const item = await world.table.get(key);
  if (item === undefined || item.closed === 1) throw new Error('another worker took its messages over');
  return (await loadBody(world.payloads, item)) as string;
}
