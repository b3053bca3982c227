// `stepwell trigger`: sends what a queue, a bucket, a rule or a schedule would send, and prints the executions that it
// started. For trying a trigger out, and for what ended up in a dead-letter queue: the same event starts nothing twice.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { parseCommandLine, UsageError } from '../arguments.ts';
import { CONNECTION_FLAGS, callStepwell, connect } from '../client.ts';
import { readTriggersThere } from '../deploy/current.ts';
import type { Deployment } from '../deploy/deployment.ts';
import { sourceText } from '../deploy/report.ts';
import { readText } from '../input.ts';
import type { Io } from '../io.ts';

const WAYS = 'sqs, s3, event, schedule, list';

export async function trigger(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseCommandLine(args, CONNECTION_FLAGS, [`one of ${WAYS}`], ['what', 'body']);
  const [way, what, body] = positionals as [string, string?, string?];
  const client = connect(values, process.env);
  if (way === 'list') return await list(client, io);
  const event = await eventOf(way, { what: required(way, what), body, client, io });
  const { started } = await callStepwell<{ started: { trigger: string; executionArn: string }[] }>(
    client,
    'ReceiveEvent',
    { event: JSON.stringify(event) },
  );
  for (const { executionArn } of started) io.out(executionArn);
  if (started.length === 0) io.err('No trigger is meant: nothing was started.');
  return started.length === 0 ? 1 : 0;
}

async function list(client: SFNClient, io: Io): Promise<number> {
  const triggers = await readTriggersThere(client);
  for (const { machineName, name, definition } of triggers) io.out(`${machineName}/${name}  ${sourceText(definition)}`);
  if (triggers.length === 0) io.err('There are no triggers.');
  return 0;
}

const WHAT: Record<string, string> = {
  sqs: 'a queue and a message, or the file of an event',
  s3: '<bucket>/<key>, or the file of an event',
  event: 'the file of an event',
  schedule: '<machine>/<trigger>',
};

function required(way: string, what: string | undefined): string {
  if (!Object.hasOwn(WHAT, way)) throw new UsageError(`stepwell trigger takes ${WAYS}, not '${way}'.`);
  if (what === undefined) throw new UsageError(`stepwell trigger ${way} takes ${WHAT[way]}.`);
  return what;
}

interface Asked {
  what: string;
  body: string | undefined;
  client: SFNClient;
  io: Io;
}

async function eventOf(way: string, { what, body, client, io }: Asked): Promise<object> {
  if (way === 'event' || (body === undefined && (what === '-' || existsSync(what))))
    return completed(way, what, await readEvent(what, io), client);
  switch (way) {
    case 'sqs':
      if (body === undefined)
        throw new UsageError(`There is no file ${what}; for the queue of that name, say the message, too.`);
      return await message(what, await readBody(body, io), client);
    case 's3':
      return newObject(what);
    default:
      return { trigger: what, event: await bridgeEvent(client, 'aws.events', 'Scheduled Event') };
  }
}

/** What a dead-letter queue holds has the event inside. */
async function readEvent(file: string, io: Io): Promise<Record<string, unknown>> {
  const event = parse(file === '-' ? await io.readInput() : readText(file), file);
  return (event.requestPayload as Record<string, unknown> | undefined) ?? event;
}

function parse(text: string, file: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch (error) {
    throw new UsageError(`${file} is not JSON: ${(error as Error).message}.`);
  }
  throw new UsageError(`${file} is no event: an event is a JSON object.`);
}

/** An event for EventBridge needs no more than `source`, `detail-type` and `detail`, as for PutEvents. */
async function completed(
  way: string,
  file: string,
  event: Record<string, unknown>,
  client: SFNClient,
): Promise<object> {
  if (way !== 'event' || 'Records' in event || 'trigger' in event) return event;
  const missing = ['source', 'detail-type', 'detail'].find((field) => event[field] === undefined);
  if (missing !== undefined)
    throw new UsageError(`${file} has no ${missing}: an event has source, detail-type and detail.`);
  return { ...(await bridgeEvent(client, '', '')), ...event };
}

async function bridgeEvent(client: SFNClient, source: string, detailType: string) {
  const { account, region } = await callStepwell<Deployment>(client, 'DescribeDeployment', {});
  const time = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const id = randomUUID();
  return { version: '0', id, 'detail-type': detailType, source, account, time, region, resources: [], detail: {} };
}

async function readBody(body: string, io: Io): Promise<string> {
  if (body === '-') return await io.readInput();
  return existsSync(body) ? readText(body) : body;
}

async function message(queue: string, body: string, client: SFNClient): Promise<object> {
  const { account, region, partition } = await callStepwell<Deployment>(client, 'DescribeDeployment', {});
  const now = String(Date.now());
  return {
    Records: [
      {
        messageId: randomUUID(),
        receiptHandle: 'none: stepwell trigger',
        body,
        attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: now,
          SenderId: 'stepwell',
          ApproximateFirstReceiveTimestamp: now,
        },
        messageAttributes: {},
        eventSource: 'aws:sqs',
        eventSourceARN: queue.startsWith('arn:') ? queue : `arn:${partition}:sqs:${region}:${account}:${queue}`,
        awsRegion: region,
      },
    ],
  };
}

/** A bucket's notification, in which keys are as URLs have them. */
function newObject(place: string): object {
  const [, bucket, key] = /^(?:s3:\/\/)?([^/]+)\/(.+)$/s.exec(place) ?? [];
  if (bucket === undefined || key === undefined) throw new UsageError(`'${place}' is not <bucket>/<key>.`);
  const encoded = key.split('/').map(encodeURIComponent).join('/').replaceAll('%20', '+');
  return {
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: 'us-east-1',
        eventTime: new Date().toISOString(),
        eventName: 'ObjectCreated:Put',
        userIdentity: { principalId: 'stepwell' },
        s3: {
          bucket: { name: bucket, arn: `arn:aws:s3:::${bucket}` },
          object: { key: encoded, sequencer: Date.now().toString(16).toUpperCase().padStart(18, '0') },
        },
      },
    ],
  };
}
