// Events and schedules: a rule of EventBridge for each trigger. Also the rules of buckets that tell through EventBridge.
import type { PutRuleCommandInput, Target } from '@aws-sdk/client-eventbridge';
import { ruleNameOf } from '../../core/triggers/rule.ts';
import type { S3Source } from '../../core/triggers/trigger.ts';
import type { ClientPlace, Functions, Wired, Wiring } from './wiring.ts';
import { lazily } from './wiring-sqs.ts';

const TARGET_ID = 'stepwell';

export function ruleWiring(functions: Functions, place: ClientPlace): Wiring {
  const events = lazily(async () => {
    const { EventBridge } = await import('@aws-sdk/client-eventbridge');
    return new EventBridge(place);
  });

  async function ifThere<T>(request: Promise<T>): Promise<T | undefined> {
    try {
      return await request;
    } catch (error) {
      if ((error as Error).name === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  }

  return {
    advice: async () => undefined,
    async trouble(trigger) {
      const client = await events();
      const wanted = ruleOf(functions, trigger);
      const { Name, EventBusName } = wanted;
      const there = await ifThere(client.describeRule({ Name: Name!, EventBusName }));
      if (there === undefined) return 'there is no rule';
      const { Targets = [] } = await client.listTargetsByRule({ Rule: Name!, EventBusName });
      const isSame =
        sameJson(there.EventPattern, wanted.EventPattern) &&
        (there.ScheduleExpression || undefined) === wanted.ScheduleExpression &&
        there.State === 'ENABLED' &&
        isTarget(
          Targets.find(({ Id }) => Id === TARGET_ID),
          targetOf(functions, trigger),
        );
      return isSame ? undefined : 'the rule is another';
    },
    async connect(trigger) {
      const client = await events();
      const rule = ruleOf(functions, trigger);
      await client.putRule(rule);
      const { FailedEntryCount, FailedEntries } = await client.putTargets({
        Rule: rule.Name!,
        EventBusName: rule.EventBusName,
        Targets: [targetOf(functions, trigger)],
      });
      if (FailedEntryCount) throw new Error(`The rule takes no target: ${FailedEntries?.[0]?.ErrorMessage}`);
    },
    async disconnect(trigger) {
      const client = await events();
      const { Name, EventBusName } = ruleOf(functions, trigger);
      await ifThere(client.removeTargets({ Rule: Name!, EventBusName, Ids: [TARGET_ID] }));
      await ifThere(client.deleteRule({ Name: Name!, EventBusName }));
    },
  };
}

function ruleOf(functions: Functions, trigger: Wired): PutRuleCommandInput & { EventBusName: string } {
  const { definition, machineName, name } = trigger;
  const common = {
    Name: ruleNameOf(functions.rulePrefix, trigger),
    EventBusName: ('event' in definition && definition.event.bus) || 'default',
    Description: `Starts ${machineName} (trigger ${name}); made by stepwell deploy`,
    State: 'ENABLED' as const,
  };
  if ('schedule' in definition) return { ...common, ScheduleExpression: definition.schedule.expression };
  const pattern = 'event' in definition ? definition.event.pattern : patternOf((definition as { s3: S3Source }).s3);
  return { ...common, EventPattern: JSON.stringify(pattern) };
}

function patternOf({ bucket, prefix = '', suffix = '' }: S3Source) {
  const quoted = (text: string) => text.replaceAll(/[*\\]/g, '\\$&');
  const key =
    prefix && suffix
      ? [{ wildcard: `${quoted(prefix)}*${quoted(suffix)}` }]
      : [...(prefix ? [{ prefix }] : []), ...(suffix ? [{ suffix }] : [])];
  return {
    source: ['aws.s3'],
    'detail-type': ['Object Created'],
    detail: { bucket: { name: [bucket] }, ...(key.length > 0 && { object: { key } }) },
  };
}

/** The event as it is. */
function targetOf(functions: Functions, { definition }: Wired): Target & { Arn: string } {
  return { Id: TARGET_ID, Arn: 's3' in definition ? functions.s3 : functions.events };
}

function isTarget(there: Target | undefined, wanted: Target): boolean {
  return there?.Arn === wanted.Arn && there?.Input === undefined && there?.InputTransformer === undefined;
}

function sameJson(a: string | undefined, b: string | undefined): boolean {
  const normal = (text: string | undefined) => (text ? JSON.stringify(JSON.parse(text)) : '');
  return normal(a) === normal(b);
}
