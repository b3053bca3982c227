// How a value becomes the body of an item: JSON, deflated with a preset dictionary of the words that every record
// repeats, and kept in the payload store when it is too large for the table (D12). The first byte names the form, so
// later releases can still read what earlier ones wrote.
import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { Unreadable } from '../errors.ts';
import type { Item, Payloads } from '../ports.ts';

const PLAIN = 0;
const DEFLATED = 1;

// Ordered from rare to frequent: deflate finds later words with shorter distances. Never change it: add a new form.
const DICTIONARY = Buffer.from(
  '"activityScheduledEventDetails":"executionFailedEventDetails":{"mapIterationStartedEventDetails":{"index":' +
    '"lambdaFunctionFailedEventDetails":{"error":"taskFailedEventDetails":{"cause":"taskCredentials":{"roleArn":"arn:aws:iam::' +
    '"WaitStateEntered""WaitStateExited""ChoiceStateEntered""ChoiceStateExited""PassStateEntered""PassStateExited"' +
    '"TaskScheduled","taskScheduledEventDetails":{"parameters":"{\\"FunctionName\\":\\"","region":"us-east-1","resource":"invoke","resourceType":"lambda"' +
    '"TaskStarted","taskStartedEventDetails":{"resource":"TaskSucceeded","taskSucceededEventDetails":{"output":"' +
    '"ExecutionStarted","executionStartedEventDetails":{"input":"{}","inputDetails":{"truncated":false},"roleArn":"arn:aws:iam::' +
    '"ExecutionSucceeded","executionSucceededEventDetails":{"output":"{\\"' +
    '{"seq":1,"nonce":"","causes":[""],"events":[{"id":1,"previousEventId":0,"timestamp":17"type":"' +
    '"LambdaFunctionScheduled","lambdaFunctionScheduledEventDetails":{"input":"{\\"","inputDetails":{"truncated":false},"resource":"arn:aws:lambda:us-east-1:' +
    '"LambdaFunctionStarted"},"LambdaFunctionSucceeded","lambdaFunctionSucceededEventDetails":{"output":"{\\"","outputDetails":{"truncated":false}}' +
    '"TaskStateExited","stateExitedEventDetails":{"name":"","output":"{\\"","outputDetails":{"truncated":false}},' +
    '"TaskStateEntered","stateEnteredEventDetails":{"input":"{\\"","inputDetails":{"truncated":false},"name":"',
);

/** Up to so many bytes compressing never saves a write unit. */
const DEFLATE_ABOVE_BYTES = 512;

export function pack(value: unknown, deflateAboveBytes = DEFLATE_ABOVE_BYTES): Uint8Array {
  const text = Buffer.from(JSON.stringify(value));
  if (text.length <= deflateAboveBytes) return Buffer.concat([Buffer.of(PLAIN), text]);
  return Buffer.concat([Buffer.of(DEFLATED), deflateRawSync(text, { dictionary: DICTIONARY, level: 6 })]);
}

/** Throws on bytes that no release wrote. */
export function unpack(body: Uint8Array): unknown {
  const bytes = body.subarray(1);
  switch (body[0]) {
    case PLAIN:
      return JSON.parse(Buffer.from(bytes).toString());
    case DEFLATED:
      return JSON.parse(inflateRawSync(bytes, { dictionary: DICTIONARY }).toString());
    default:
      throw new Error(`its body begins with byte ${body[0]}, which no release of Stepwell wrote`);
  }
}

/** The attributes that hold `value`: its body, or a reference into the payload store under `owner` + hash. */
export async function storeBody(
  payloads: Payloads,
  owner: string,
  value: unknown,
): Promise<{ body: Uint8Array } | { ref: string }> {
  const body = pack(value, payloads.deflateAboveBytes);
  if (body.length <= payloads.thresholdBytes) return { body };
  const ref = `${owner}/${createHash('sha256').update(body).digest('hex')}`;
  await payloads.put(ref, body);
  return { ref };
}

/** The value that `storeBody` wrote into this item. Throws Unreadable where it is damaged or gone. */
export async function loadBody(payloads: Payloads, item: Item): Promise<unknown> {
  const { ref, body } = item;
  if (typeof ref !== 'string') return readable(`The item ${item.pk} / ${item.sk}`, body);
  return readable(`The object ${ref} of the payload store`, await payloads.get(ref));
}

function readable(what: string, body: Item[string] | undefined): unknown {
  if (!(body instanceof Uint8Array)) throw new Unreadable(`${what} is not there, or has no body`);
  try {
    return unpack(body);
  } catch (defect) {
    throw new Unreadable(`${what} cannot be read: ${(defect as Error).message}`);
  }
}
