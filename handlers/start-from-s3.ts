// New objects in users' buckets, told by the bucket or by EventBridge. What it throws makes Lambda call it again, twice,
// and then keep the event in the triggers' dead-letter queue.
import { type S3Event, startFromS3 } from '../core/triggers/s3.ts';
import type { Started } from '../core/triggers/start.ts';
import type { World } from '../core/world.ts';
import { onAws } from './on-aws.ts';

export type StartFromS3Handler = (event: S3Event, context?: unknown) => Promise<Started[]>;

export function createStartFromS3Handler(world: World): StartFromS3Handler {
  return (event) => startFromS3(world, event);
}

export const handler: StartFromS3Handler = onAws((world) => createStartFromS3Handler(world));
