// Triggers as people write them in the project's file, made into definitions as the API takes them: queues by name,
// schedules by their expression alone, triggers without names.
import { createHash } from 'node:crypto';
import type { Json } from '../../core/expr/json.ts';
import { nameProblem, triggerProblems } from '../../core/triggers/check.ts';
import type { TriggerDefinition } from '../../core/triggers/trigger.ts';
import type { Deployment } from './deployment.ts';
import type { TriggerEntry } from './project.ts';

export interface NamedTrigger {
  name: string;
  definition: TriggerDefinition;
}

type Found = (path: (string | number)[], message: string) => void;

/** The triggers of one machine; `found` hears of all that is wrong, with the way to it from the list. */
export function readTriggers(
  entries: TriggerEntry[],
  deployment: Deployment | undefined,
  found: Found,
): NamedTrigger[] {
  const triggers: NamedTrigger[] = [];
  for (const [index, entry] of entries.entries()) {
    if (typeof entry !== 'object' || entry === null) {
      found([index], 'A trigger is one of sqs, s3, event, schedule');
      continue;
    }
    const { name: given, ...written } = entry;
    const definition = complete(written as Record<string, Json>, deployment);
    const problems = triggerProblems(definition);
    for (const { path, message } of problems) found([index, ...path], message);
    if (problems.length > 0) continue;
    const name = given ?? nameOf(definition as object as TriggerDefinition);
    const wrong = nameProblem(name);
    if (wrong !== undefined) found([index, 'name'], wrong);
    else if (triggers.some((other) => other.name === name))
      found([index], `Two triggers of this machine are called ${name}: give one a name of its own`);
    else triggers.push({ name, definition: definition as object as TriggerDefinition });
  }
  return triggers;
}

function complete(written: Record<string, Json>, deployment: Deployment | undefined): Json {
  if (typeof written.schedule === 'string') return { ...written, schedule: { expression: written.schedule } };
  const { sqs } = written as { sqs?: Json | { queue: Json } };
  if (typeof sqs === 'string') return { ...written, sqs: { queue: queueArn(sqs, deployment) } };
  if (typeof sqs !== 'object' || sqs === null || !('queue' in sqs) || typeof sqs.queue !== 'string') return written;
  return { ...written, sqs: { ...sqs, queue: queueArn(sqs.queue, deployment) } };
}

/** A name alone is that of a queue of the deployment's account and region. */
function queueArn(queue: string, deployment: Deployment | undefined): string {
  if (queue.startsWith('arn:') || deployment === undefined) return queue;
  return `arn:${deployment.partition}:sqs:${deployment.region}:${deployment.account}:${queue}`;
}

const NAME_LENGTH_MAX = 40;

/** Stays the same as long as the source does, wherever in the list the trigger stands. */
function nameOf(definition: TriggerDefinition): string {
  if ('sqs' in definition)
    return readable([
      'sqs',
      definition.sqs.queue
        .split(':')
        .at(-1)!
        .replace(/\.fifo$/, ''),
    ]);
  if ('s3' in definition) return readable(['s3', definition.s3.bucket, definition.s3.prefix, definition.s3.suffix]);
  if ('schedule' in definition) return readable([definition.schedule.expression]);
  return `event-${shortHash(JSON.stringify([definition.event.bus, definition.event.pattern]))}`;
}

function readable(parts: (string | undefined)[]): string {
  const wanted = parts.filter(Boolean).join('-');
  const name = wanted.replaceAll(/[^A-Za-z0-9_]+/g, '-').replaceAll(/^-+|-+$/g, '');
  return name.length <= NAME_LENGTH_MAX ? name : `${name.slice(0, NAME_LENGTH_MAX - 9)}-${shortHash(wanted)}`;
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
