// How buckets and events of an emulator reach a server on a laptop: they are told to a queue, which it reads. On AWS they
// call a function. Everything stands where the endpoints of S3, EventBridge and SQS are, and goes with the trigger.
import type { NotificationConfiguration, S3 } from '@aws-sdk/client-s3';
import type { SQS } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { receiveEvent } from '../core/triggers/receive.ts';
import { ruleNameOf } from '../core/triggers/rule.ts';
import type { EventSource, Trigger } from '../core/triggers/trigger.ts';
import type { World } from '../core/world.ts';
import type { StartFromSqsHandler } from '../handlers/start-from-sqs.ts';
import { clientAt } from './aws.ts';

const QUEUE = 'stepwell-local-announcements';
const NOTIFICATION = 'stepwell-local';
const RULE_PREFIX = 'stepwell-local-';
const TARGET = 'stepwell';

type Environment = Record<string, string | undefined>;

export function announcementsArn({ settings: { partition, region, account } }: World): string {
  return `arn:${partition}:sqs:${region}:${account}:${QUEUE}`;
}

/** The queue, which buckets and rules of its account may write to. */
export async function createAnnouncements(sqs: SQS, world: World): Promise<void> {
  const Statement = {
    Effect: 'Allow',
    Principal: { Service: ['s3.amazonaws.com', 'events.amazonaws.com'] },
    Action: 'sqs:SendMessage',
    Resource: announcementsArn(world),
    Condition: { StringEquals: { 'aws:SourceAccount': world.settings.account } },
  };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [Statement] });
  await sqs.createQueue({ QueueName: QUEUE, Attributes: { Policy } });
}

/** What is announced is what a function would get, once more inside a message. */
export function announcementHandler(
  world: World,
  report: (trouble: unknown, where: string) => void,
): StartFromSqsHandler {
  return async ({ Records }: SQSEvent) => {
    const batchItemFailures: { itemIdentifier: string }[] = [];
    for (const { messageId, body } of Records) {
      try {
        await receiveEvent(world, JSON.parse(body));
      } catch (trouble) {
        report(trouble, `Announcement ${messageId}`);
        batchItemFailures.push({ itemIdentifier: messageId });
      }
    }
    return { batchItemFailures };
  };
}

/** Lets the bucket tell of every new object, until `signal` aborts because nobody wants to hear of it any more. */
export async function hearBucket(world: World, bucket: string, environment: Environment, signal: AbortSignal) {
  const config = clientAt('s3', environment, world.settings);
  if (config === undefined) return;
  const { S3 } = await import('@aws-sdk/client-s3');
  const s3 = new S3(config);
  const QueueArn = announcementsArn(world);
  await changeNotifications(s3, bucket, (others) => [
    ...others,
    { Id: NOTIFICATION, QueueArn, Events: ['s3:ObjectCreated:*'] },
  ]);
  await gone(signal);
  await changeNotifications(s3, bucket, (others) => others);
}

type Queues = NonNullable<NotificationConfiguration['QueueConfigurations']>;

/** Of the bucket's one configuration only our entry is changed. */
async function changeNotifications(s3: S3, Bucket: string, change: (others: Queues) => Queues): Promise<void> {
  const { $metadata: _, ...before } = await s3.getBucketNotificationConfiguration({ Bucket });
  const QueueConfigurations = change((before.QueueConfigurations ?? []).filter(({ Id }) => Id !== NOTIFICATION));
  await s3.putBucketNotificationConfiguration({
    Bucket,
    NotificationConfiguration: { ...before, QueueConfigurations },
  });
}

/** Makes the trigger's rule, until `signal` aborts because the trigger is gone. */
export async function hearEvents(world: World, trigger: Trigger, environment: Environment, signal: AbortSignal) {
  const config = clientAt('eventbridge', environment, world.settings);
  if (config === undefined) return;
  const { EventBridge } = await import('@aws-sdk/client-eventbridge');
  const events = new EventBridge(config);
  const { pattern, bus: EventBusName = 'default' } = (trigger.definition as { event: EventSource }).event;
  const Name = ruleNameOf(RULE_PREFIX, trigger);
  await events.putRule({ Name, EventBusName, EventPattern: JSON.stringify(pattern), State: 'ENABLED' });
  await events.putTargets({ Rule: Name, EventBusName, Targets: [{ Id: TARGET, Arn: announcementsArn(world) }] });
  await gone(signal);
  await events.removeTargets({ Rule: Name, EventBusName, Ids: [TARGET] });
  await events.deleteRule({ Name, EventBusName });
}

/** Why a watch ends, where the trigger is gone. A server that ends leaves all as it is: it comes back. */
export const GONE = 'gone';

async function gone(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    if (signal.aborted && signal.reason === GONE) resolve();
    signal.addEventListener('abort', () => signal.reason === GONE && resolve());
  });
}
