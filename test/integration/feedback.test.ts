// Comments come through a queue: one execution per message, or fetched by a machine itself (P7). Sentiments are found by a
// function of a few words: LocalStack's free edition has no Comprehend.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dynamodb, sqs } from './clients.ts';
import { deployExample, endedExecutions, type Listener, listenTo, removeExample } from './projects.ts';

let resources: Record<string, string>;
let topic: Listener;

beforeAll(async () => {
  resources = await deployExample('feedback');
  topic = await listenTo(resources.Topic!);
  // Fetched a minute later, by the machine that a schedule starts.
  for (const MessageBody of ['{"comment":"Never again."}', 'no JSON', '{"comment":"Lovely shop."}'])
    await sqs.sendMessage({ QueueUrl: resources.PolledQueueUrl!, MessageBody });
});

afterAll(async () => {
  await topic.close();
  await removeExample('feedback', resources);
});

const commentOf = (input: string) => JSON.parse(readFileSync(`examples/feedback/inputs/${input}.json`, 'utf8')).comment;

async function stored(): Promise<Record<string, string>> {
  const { Items } = await dynamodb.scan({ TableName: resources.Table!, ConsistentRead: true });
  return Object.fromEntries(Items!.map(({ comment, sentiment }) => [comment!.S!, sentiment!.S!]));
}

test('every message of the queue starts an execution; negative comments are announced', async () => {
  const inputs = ['positive', 'negative', 'mixed', 'neutral', 'empty'];
  const Entries = inputs.map((Id) => ({ Id, MessageBody: JSON.stringify({ comment: commentOf(Id) }) }));
  await sqs.sendMessageBatch({ QueueUrl: resources.QueueUrl!, Entries });

  const ended = async () => (await endedExecutions('feedback')).filter(({ input }) => isOneOf(inputs, input!));
  await expect.poll(ended).toHaveLength(5);
  const [failed, ...more] = (await ended()).filter(({ status }) => status === 'FAILED');
  expect(more).toEqual([]);
  expect(failed).toMatchObject({ error: 'InvalidComment' });
  // Named after the message, which the input tells, too.
  expect(failed!.name).toContain(JSON.parse(failed!.input!).id);
  expect(await stored()).toMatchObject({
    [commentOf('positive')]: 'POSITIVE',
    [commentOf('negative')]: 'NEGATIVE',
    [commentOf('mixed')]: 'MIXED',
    [commentOf('neutral')]: 'NEUTRAL',
  });
  await expect
    .poll(topic.listen)
    .toContainEqual(expect.objectContaining({ subject: 'Somebody is not happy', message: commentOf('negative') }));
});

function isOneOf(inputs: string[], input: string): boolean {
  return inputs.some((each) => commentOf(each) === JSON.parse(input).comment);
}

test('a machine that a schedule starts empties a queue by itself, and leaves what it cannot read', async () => {
  await expect.poll(() => endedExecutions('feedback-poll')).not.toHaveLength(0);
  const [poll] = (await endedExecutions('feedback-poll')).toReversed();
  expect(poll).toMatchObject({ status: 'SUCCEEDED' });
  expect(await stored()).toMatchObject({ 'Never again.': 'NEGATIVE', 'Lovely shop.': 'POSITIVE' });
  await expect
    .poll(topic.listen)
    .toContainEqual(expect.objectContaining({ subject: 'Somebody is not happy', message: 'Never again.' }));
  const { Attributes } = await sqs.getQueueAttributes({
    QueueUrl: resources.PolledQueueUrl!,
    AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
  });
  expect(Attributes).toEqual({ ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '1' });
});
