// What starts executions of a state machine besides callers of the API: a queue, a bucket, events, a schedule. The shape
// is one and the same in a `triggers` section, in the API and in the table. Types only; `check.ts` says what is valid.
import type { Json, JsonObject } from '../expr/json.ts';

/** Messages of an SQS queue. */
export interface SqsSource {
  /** The queue's ARN. */
  queue: string;
  /** What one execution is started for; `message` if absent. */
  executionPer?: 'message' | 'batch';
  /** Messages a batch has at most: 1 to 10,000; 10 if absent. */
  batchSize?: number;
  /** How long a batch is gathered: 0 to 300. More than 10 messages need at least 1. */
  batchWindowSeconds?: number;
  /** Batches at once: 2 to 1,000; as many as Lambda gives if absent. */
  maximumConcurrency?: number;
  input?: Json;
}

/** New objects in a bucket. */
export interface S3Source {
  bucket: string;
  /** What keys begin and end with, as they are: not URL-encoded. */
  prefix?: string;
  suffix?: string;
  /** How the bucket tells: itself, or through EventBridge, where several triggers may watch the same keys. */
  via?: 'notification' | 'eventbridge';
  input?: Json;
}

/** Events of an EventBridge bus that match a pattern. */
export interface EventSource {
  pattern: JsonObject;
  /** Name of the bus; `default` if absent. */
  bus?: string;
  input?: Json;
}

/** Times. */
export interface ScheduleSource {
  /** `rate(5 minutes)` or `cron(0 8 ? * MON-FRI *)`, in UTC, as EventBridge has them. */
  expression: string;
  input?: Json;
}

/**
 * `input` is what executions get, as Arguments of a JSONata state: `{% $states.input… %}` reads what they get without
 * it. For a queue it is computed for each message, whose body is parsed if it is JSON.
 */
export type TriggerDefinition =
  | { sqs: SqsSource }
  | { s3: S3Source }
  | { event: EventSource }
  | { schedule: ScheduleSource };

export type TriggerKind = 'sqs' | 's3' | 'event' | 'schedule';

export interface Trigger {
  /** The state machine's ARN, or that of an alias or version of it: what is started. */
  stateMachineArn: string;
  machineName: string;
  /** Unique among the triggers of the machine. */
  name: string;
  definition: TriggerDefinition;
  /** Whose it is, for whoever deploys projects: it can be found when its machine is gone. */
  project?: string;
  /** Epoch milliseconds of its last change; a rate counts from it. */
  changedAt: number;
}

/** As messages name it: `<machine>/<trigger>`. */
export function labelOf({ machineName, name }: Pick<Trigger, 'machineName' | 'name'>): string {
  return `${machineName}/${name}`;
}

/** The one key of a definition, and what it holds. */
export function kindOf(definition: TriggerDefinition): TriggerKind {
  return Object.keys(definition)[0] as TriggerKind;
}

export function inputTemplateOf(definition: TriggerDefinition): Json | undefined {
  return (Object.values(definition)[0] as { input?: Json }).input;
}
