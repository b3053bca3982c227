// An event as its source would send it, whatever the source: told by its shape. For trying a trigger out, and for
// starting again what ended up in a dead-letter queue.

import type { World } from '../world.ts';
import { type BridgeEvent, type NamedEvent, startFromEvent, triggersFor } from './events.ts';
import { type ObjectCreated, type S3Event, startFromS3 } from './s3.ts';
import { type SqsMessage, startFromSqs } from './sqs.ts';
import type { Started } from './start.ts';
import { triggersOf } from './store.ts';

interface Records {
  Records: { eventSource?: string }[];
}

/** Starts what the event starts. Throws an error that says what cannot be started and why. */
export async function receiveEvent(world: World, event: object): Promise<Started[]> {
  const source = 'Records' in event ? (event as Records).Records?.[0]?.eventSource : undefined;
  if (source === 'aws:sqs') return await receiveMessages(world, event as { Records: SqsMessage[] });
  if (source === 'aws:s3' || 'Event' in event) return await startFromS3(world, event as S3Event);
  if ('detail-type' in event || 'trigger' in event) return await receiveBridgeEvent(world, event as BridgeEvent);
  throw new Error('This is no event of SQS, S3 or EventBridge.');
}

async function receiveMessages(world: World, { Records }: { Records: SqsMessage[] }): Promise<Started[]> {
  const { started, failures } = await startFromSqs(world, Records);
  const troubles = [...new Set(failures.map(({ trouble }) => (trouble as Error).message))];
  if (troubles.length > 0) throw new Error(troubles.join('\n'));
  return started;
}

/** An object's event may be meant for a bucket's trigger, for a rule's, and for both. */
async function receiveBridgeEvent(world: World, event: BridgeEvent | NamedEvent): Promise<Started[]> {
  if (!isObjectCreated(event)) return await startFromEvent(world, event);
  const { name } = event.detail.bucket;
  const isWatched = (await triggersOf(world, 's3', name)).length > 0;
  const ofBucket = isWatched ? await startFromS3(world, event) : [];
  const isMatched = (await triggersFor(world, event)).length > 0;
  return isMatched || !isWatched ? [...ofBucket, ...(await startFromEvent(world, event))] : ofBucket;
}

function isObjectCreated(event: BridgeEvent | NamedEvent): event is BridgeEvent & ObjectCreated {
  return 'source' in event && event.source === 'aws.s3' && event['detail-type'] === 'Object Created';
}
