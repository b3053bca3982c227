// Queues: one event source mapping for each, whoever's machines it starts.
import type { EventSourceMappingConfiguration } from '@aws-sdk/client-lambda';
import type { SqsSource } from '../../core/triggers/trigger.ts';
import type { ClientPlace, Functions, Wired, Wiring } from './wiring.ts';

/** A mapping that is being removed lets no other take its place. */
const ATTEMPTS_MAX = 20;
const ATTEMPT_PAUSE_MS = 3_000;

export function queueWiring({ sqs: FunctionName }: Functions, place: ClientPlace): Wiring {
  const lambda = lazily(async () => {
    const { Lambda } = await import('@aws-sdk/client-lambda');
    return new Lambda(place);
  });

  async function mappingOf(queue: string): Promise<EventSourceMappingConfiguration | undefined> {
    const { EventSourceMappings = [] } = await (await lambda()).listEventSourceMappings({
      EventSourceArn: queue,
      FunctionName,
    });
    return EventSourceMappings.find(({ State }) => State !== 'Deleting');
  }

  const sqs = lazily(async () => {
    const { SQS } = await import('@aws-sdk/client-sqs');
    // Queue URLs of emulators name the host that these believe to have.
    return new SQS({ ...place, useQueueUrlAsEndpoint: false });
  });

  return {
    async advice({ definition }) {
      const { queue } = (definition as { sqs: SqsSource }).sqs;
      const [account, name] = queue.split(':').slice(-2);
      const client = await sqs();
      const { QueueUrl } = await client.getQueueUrl({ QueueName: name!, QueueOwnerAWSAccountId: account! });
      const { Attributes } = await client.getQueueAttributes({
        QueueUrl: QueueUrl!,
        AttributeNames: ['RedrivePolicy'],
      });
      if (Attributes?.RedrivePolicy) return undefined;
      return `${name} has no dead-letter queue: a message that starts nothing comes again until it expires`;
    },
    async trouble({ definition }) {
      const { sqs } = definition as { sqs: SqsSource };
      const mapping = await mappingOf(sqs.queue);
      if (mapping === undefined) return 'the queue is not connected';
      return isAs(mapping, sqs) ? undefined : 'the queue is connected otherwise';
    },
    async connect({ definition }) {
      const { sqs } = definition as { sqs: SqsSource };
      const client = await lambda();
      for (let attempt = 1; ; attempt++) {
        const mapping = await mappingOf(sqs.queue);
        try {
          if (mapping === undefined)
            await client.createEventSourceMapping({ EventSourceArn: sqs.queue, FunctionName, ...settings(sqs) });
          else if (!isAs(mapping, sqs))
            await client.updateEventSourceMapping({ UUID: mapping.UUID!, ...settings(sqs) });
          return;
        } catch (error) {
          const { name } = error as Error;
          const isBusy = name === 'ResourceConflictException' || name === 'ResourceInUseException';
          if (!isBusy || attempt === ATTEMPTS_MAX) throw error;
          await new Promise((resolve) => setTimeout(resolve, ATTEMPT_PAUSE_MS));
        }
      }
    },
    async disconnect({ definition }, others) {
      const { queue } = (definition as { sqs: SqsSource }).sqs;
      if (others.some((other: Wired) => 'sqs' in other.definition && other.definition.sqs.queue === queue)) return;
      const mapping = await mappingOf(queue);
      if (mapping !== undefined) await (await lambda()).deleteEventSourceMapping({ UUID: mapping.UUID! });
    },
  };
}

function settings({ batchSize = 10, batchWindowSeconds = 0, maximumConcurrency }: SqsSource) {
  return {
    BatchSize: batchSize,
    MaximumBatchingWindowInSeconds: batchWindowSeconds,
    FunctionResponseTypes: ['ReportBatchItemFailures' as const],
    ScalingConfig: maximumConcurrency === undefined ? {} : { MaximumConcurrency: maximumConcurrency },
  };
}

/** One that somebody disabled stays so. */
function isAs(mapping: EventSourceMappingConfiguration, source: SqsSource): boolean {
  const { BatchSize, MaximumBatchingWindowInSeconds = 0, FunctionResponseTypes = [], ScalingConfig = {} } = mapping;
  const wanted = settings(source);
  return (
    BatchSize === wanted.BatchSize &&
    MaximumBatchingWindowInSeconds === wanted.MaximumBatchingWindowInSeconds &&
    FunctionResponseTypes.includes('ReportBatchItemFailures') &&
    ScalingConfig.MaximumConcurrency === source.maximumConcurrency
  );
}

/** Made when first asked for, once. */
export function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
