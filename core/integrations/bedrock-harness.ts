// `bedrockagentcore:invokeHarness`: an agent answers with a stream of events, message by message. The task's result is the
// last message of the assistant in the shape of Bedrock's Converse: its texts alone, and what all messages used together.
// https://docs.aws.amazon.com/step-functions/latest/dg/connect-bedrockagentcore.html
import { isNumber, isObject, type Json, type JsonObject, toNumber } from '../expr/json.ts';

interface Spoken {
  role: Json;
  /** By the index of their block. */
  texts: Map<string, string>;
  stopReason: Json;
}

/** `{ Output: { Message: { Role, Content } }, StopReason, Usage, Metrics }` of the events of the answer. */
export function converseShaped({ Stream }: JsonObject): JsonObject {
  const messages: Spoken[] = [];
  const usage = { InputTokens: 0, OutputTokens: 0, TotalTokens: 0 };
  const metrics = { LatencyMs: 0 };
  for (const event of Array.isArray(Stream) ? Stream : []) {
    const { MessageStart, ContentBlockDelta, MessageStop, Metadata } = isObject(event) ? event : {};
    if (isObject(MessageStart)) messages.push(spokenBy(MessageStart.Role));
    if (isObject(ContentBlockDelta)) addText(messages.at(-1), ContentBlockDelta);
    if (isObject(MessageStop)) setStop(messages.at(-1), MessageStop);
    if (isObject(Metadata)) {
      addUp(usage, Metadata.Usage);
      addUp(metrics, Metadata.Metrics);
    }
  }
  const last = messages.findLast(({ role }) => role === 'assistant');
  const Content = [...(last?.texts.values() ?? [])].map((Text) => ({ Text }));
  return {
    Output: { Message: { Role: 'assistant', Content } },
    StopReason: last?.stopReason ?? null,
    Usage: usage,
    Metrics: metrics,
  };
}

function spokenBy(role: Json = null): Spoken {
  return { role, texts: new Map(), stopReason: null };
}

function setStop(message: Spoken | undefined, { StopReason = null }: JsonObject): void {
  if (message !== undefined) message.stopReason = StopReason;
}

/** Uses of tools and reasoning come as other kinds of deltas. */
function addText(message: Spoken | undefined, { ContentBlockIndex, Delta }: JsonObject): void {
  const { Text } = isObject(Delta) ? Delta : {};
  if (message === undefined || typeof Text !== 'string') return;
  const index = String(ContentBlockIndex);
  message.texts.set(index, `${message.texts.get(index) ?? ''}${Text}`);
}

function addUp(sums: Record<string, number>, given: Json | undefined): void {
  for (const name of Object.keys(sums)) {
    const value = isObject(given) ? given[name] : undefined;
    if (isNumber(value)) sums[name] = (sums[name] ?? 0) + toNumber(value);
  }
}
