// Buckets: a notification of the bucket's own, beside all that others have there; or EventBridge and a rule.
import type { LambdaFunctionConfiguration, NotificationConfiguration } from '@aws-sdk/client-s3';
import { ruleNameOf } from '../../core/triggers/rule.ts';
import type { S3Source } from '../../core/triggers/trigger.ts';
import type { ClientPlace, Functions, Wired, Wiring } from './wiring.ts';
import { lazily } from './wiring-sqs.ts';

/** Characters that a key has in a notification's filter as it has them by itself. */
const PLAIN = /^[\w/.-]*$/;

export function bucketWiring(functions: Functions, place: ClientPlace, rules: Wiring): Wiring {
  const s3 = lazily(async () => {
    const { S3 } = await import('@aws-sdk/client-s3');
    const endpoint = process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL;
    return new S3({ ...place, ...(endpoint && { forcePathStyle: true }) });
  });
  const inTurn = turns();

  async function read(Bucket: string): Promise<NotificationConfiguration> {
    const { $metadata: _, ...configuration } = await (await s3()).getBucketNotificationConfiguration({ Bucket });
    return configuration;
  }

  /** A bucket has one configuration, written as a whole: one change after the other. */
  async function change(Bucket: string, edit: (configuration: NotificationConfiguration) => NotificationConfiguration) {
    await inTurn(Bucket, async () => {
      const before = await read(Bucket);
      const after = edit(before);
      if (JSON.stringify(after) === JSON.stringify(before)) return;
      await (await s3()).putBucketNotificationConfiguration({ Bucket, NotificationConfiguration: after });
    });
  }

  const without = (configuration: NotificationConfiguration, Id: string): NotificationConfiguration => {
    const { LambdaFunctionConfigurations = [], ...rest } = configuration;
    const others = LambdaFunctionConfigurations.filter((each) => each.Id !== Id);
    return others.length === 0 ? rest : { ...rest, LambdaFunctionConfigurations: others };
  };

  return {
    advice: async () => undefined,
    async trouble(trigger) {
      const source = sourceOf(trigger);
      const { EventBridgeConfiguration, LambdaFunctionConfigurations = [] } = await read(source.bucket);
      if (source.via === 'eventbridge')
        return EventBridgeConfiguration === undefined ? 'the bucket does not tell EventBridge' : rules.trouble(trigger);
      const wanted = notification(trigger, functions);
      const there = LambdaFunctionConfigurations.find(({ Id }) => Id === wanted.Id);
      if (there === undefined) return 'the bucket does not tell';
      return textOf(there) === textOf(wanted) ? undefined : 'the bucket tells otherwise';
    },
    async connect(trigger) {
      const source = sourceOf(trigger);
      const wanted = notification(trigger, functions);
      if (source.via === 'eventbridge') {
        await change(source.bucket, (configuration) => ({
          ...without(configuration, wanted.Id!),
          EventBridgeConfiguration: {},
        }));
        await rules.connect(trigger);
        return;
      }
      await change(source.bucket, (configuration) => {
        const others = without(configuration, wanted.Id!);
        return { ...others, LambdaFunctionConfigurations: [...(others.LambdaFunctionConfigurations ?? []), wanted] };
      }).catch((error: Error) => {
        if (!/overlap|ambiguous/i.test(error.message)) throw error;
        throw new Error(
          `${source.bucket} tells somebody else of the same keys already; \`via: eventbridge\` lets several listen.`,
        );
      });
      await rules.disconnect(trigger, []);
    },
    /** EventBridge goes on being told: others may listen. */
    async disconnect(trigger, others) {
      await rules.disconnect(trigger, others);
      const { Id } = notification(trigger, functions);
      await change(sourceOf(trigger).bucket, (configuration) => without(configuration, Id!)).catch((error: Error) => {
        if (error.name !== 'NoSuchBucket') throw error;
      });
    },
  };
}

function sourceOf({ definition }: Wired): S3Source {
  return (definition as { s3: S3Source }).s3;
}

/** The function filters, too: what a filter of the bucket's cannot say is left to it. */
function notification(trigger: Wired, functions: Functions): LambdaFunctionConfiguration {
  const { prefix = '', suffix = '' } = sourceOf(trigger);
  const FilterRules = [
    ...(prefix && PLAIN.test(prefix) ? [{ Name: 'prefix' as const, Value: prefix }] : []),
    ...(suffix && PLAIN.test(suffix) ? [{ Name: 'suffix' as const, Value: suffix }] : []),
  ];
  return {
    Id: ruleNameOf(functions.rulePrefix, trigger),
    LambdaFunctionArn: functions.s3,
    Events: ['s3:ObjectCreated:*'],
    ...(FilterRules.length > 0 && { Filter: { Key: { FilterRules } } }),
  };
}

function textOf({ LambdaFunctionArn, Events, Filter }: LambdaFunctionConfiguration): string {
  const rules = (Filter?.Key?.FilterRules ?? []).map(({ Name, Value }) => `${Name?.toLowerCase()}=${Value}`).sort();
  return JSON.stringify([LambdaFunctionArn, Events, rules]);
}

/** Work on one thing waits for the work on it before. */
function turns(): (key: string, work: () => Promise<void>) => Promise<void> {
  const last = new Map<string, Promise<void>>();
  return (key, work) => {
    const turn = (last.get(key) ?? Promise.resolve()).catch(() => {}).then(work);
    last.set(key, turn);
    return turn;
  };
}
