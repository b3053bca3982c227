// New objects in users' buckets, told by the bucket itself or through EventBridge. Both forms become one, EventBridge's
// "Object Created" event, so a definition gets the same input whichever way the news came; in it keys are as they are.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
import { type Json, type JsonObject, printJson } from '../expr/json.ts';
import type { World } from '../world.ts';
import { allStarted, digest, executionName, inputFor, type Started, startFor } from './start.ts';
import { triggersOf } from './store.ts';
import type { S3Source, Trigger } from './trigger.ts';

/** A record of a bucket's own notification. */
export interface S3Record {
  eventName: string;
  eventTime: string;
  awsRegion: string;
  userIdentity?: { principalId?: string };
  requestParameters?: { sourceIPAddress?: string };
  responseElements?: { 'x-amz-request-id'?: string };
  s3: {
    bucket: { name: string };
    object: { key: string; size?: number; eTag?: string; versionId?: string; sequencer?: string };
  };
}

export interface ObjectCreated {
  source: 'aws.s3';
  'detail-type': 'Object Created';
  detail: {
    bucket: { name: string };
    object: { key: string; size?: number; etag?: string; 'version-id'?: string; sequencer?: string };
    [more: string]: unknown;
  };
}

/** A notification of a bucket, the test of one, or an event of EventBridge. */
export type S3Event = { Records: S3Record[] } | { Event: 's3:TestEvent' } | ObjectCreated;

/** Starts what these objects start. Throws if any of it cannot be started; what was is not started twice. */
export async function startFromS3(world: World, event: S3Event): Promise<Started[]> {
  return await allStarted(objectsIn(world, event).map((created) => startForObject(world, created)));
}

/** The objects that are new; removals, restores and the test of a notification are none. */
function objectsIn(world: World, event: S3Event): ObjectCreated[] {
  if ('Records' in event)
    return event.Records.filter(({ eventName }) => /^(s3:)?ObjectCreated:/.test(eventName)).map((record) =>
      asEventBridgeHasIt(world, record),
    );
  return 'detail' in event && event['detail-type'] === 'Object Created' ? [event] : [];
}

async function startForObject(world: World, created: ObjectCreated): Promise<Started[]> {
  const { bucket, object } = created.detail;
  const triggers = await triggersOf(world, 's3', bucket.name);
  if (triggers.length === 0) throw new Error(`No trigger of any state machine listens to the bucket ${bucket.name}.`);
  const meant = triggers.filter(({ definition }) => fits((definition as { s3: S3Source }).s3, object.key));
  return await allStarted(
    meant.map((trigger) =>
      startFor(world, trigger, {
        name: nameFor(trigger, created),
        text: `s3://${bucket.name}/${object.key}`,
        input: async () => printJson(await inputFor(world, trigger, created as unknown as Json)),
      }),
    ),
  );
}

function fits({ prefix = '', suffix = '' }: S3Source, key: string): boolean {
  return key.startsWith(prefix) && key.endsWith(suffix);
}

const READABLE_LENGTH_MAX = 40;

/**
 * What was written tells one occasion from another: a sequencer is new for every write of a key. The entity tag is for
 * stores whose sequencers are not.
 */
function nameFor({ name }: Trigger, { detail: { bucket, object } }: ObjectCreated): string {
  const { key, etag = '', sequencer = '', 'version-id': version = '' } = object;
  const readable = key.slice(-READABLE_LENGTH_MAX).replaceAll(/[^\w.-]+/g, '_');
  return executionName(digest(name, bucket.name, key, version, sequencer, etag.replaceAll('"', '')), readable);
}

const REASONS: Record<string, string> = {
  Put: 'PutObject',
  Post: 'POST Object',
  Copy: 'CopyObject',
  CompleteMultipartUpload: 'CompleteMultipartUpload',
};

function asEventBridgeHasIt(world: World, record: S3Record): ObjectCreated {
  const { s3, userIdentity, requestParameters, responseElements } = record;
  const { partition, account } = world.settings;
  const key = decodeKey(s3.object.key);
  const { size, eTag, versionId, sequencer } = s3.object;
  const id = digest(s3.bucket.name, key, versionId ?? '', sequencer ?? '', record.eventTime);
  const detail = {
    version: '0',
    bucket: { name: s3.bucket.name },
    object: { key, size, etag: eTag, 'version-id': versionId, sequencer },
    'request-id': responseElements?.['x-amz-request-id'],
    requester: userIdentity?.principalId,
    'source-ip-address': requestParameters?.sourceIPAddress,
    reason: REASONS[record.eventName.slice(record.eventName.lastIndexOf(':') + 1)],
  };
  return withoutUndefined({
    version: '0',
    id: id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5'),
    'detail-type': 'Object Created',
    source: 'aws.s3',
    account,
    time: record.eventTime.replace(/\.\d+Z$/, 'Z'),
    region: record.awsRegion,
    resources: [`arn:${partition}:s3:::${s3.bucket.name}`],
    detail,
  }) as unknown as ObjectCreated;
}

function withoutUndefined(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value));
}

/** A bucket's own notification has keys as URLs have them, with `+` for a blank. */
function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return key;
  }
}
