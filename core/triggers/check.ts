// What a trigger's definition may say. Everything wrong with one is told at once, each with the way to its place, so that
// the API can refuse it and the command line can point at the line.
import { isObject, type Json, type JsonObject } from '../expr/json.ts';
import { patternProblem } from './pattern.ts';
import { parseSchedule } from './schedule.ts';
import type { TriggerDefinition } from './trigger.ts';

export interface Problem {
  /** Keys and indexes down to the place. */
  path: (string | number)[];
  message: string;
}

type Check = (value: Json, path: string[]) => Problem | undefined;

interface Field {
  required?: true;
  check: Check;
}

function text(pattern: RegExp, what: string): Check {
  return (value, path) =>
    typeof value === 'string' && pattern.test(value) ? undefined : { path, message: `${path.at(-1)} takes ${what}` };
}

function oneOf(...values: string[]): Check {
  return (value, path) =>
    values.includes(value as string) ? undefined : { path, message: `${path.at(-1)} takes ${values.join(' or ')}` };
}

function whole(min: number, max: number): Check {
  return (value, path) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
      ? undefined
      : { path, message: `${path.at(-1)} takes a whole number from ${min} to ${max}` };
}

const anything: Check = () => undefined;

const pattern: Check = (value, path) => {
  const problem = patternProblem(value);
  return problem && { path: [...path, ...problem.path], message: problem.message };
};

const expression: Check = (value, path) => {
  try {
    parseSchedule(String(value));
    return undefined;
  } catch (error) {
    return { path, message: (error as Error).message.replace(/\.$/, '') };
  }
};

const QUEUE_ARN = /^arn:[\w-]+:sqs:[\w-]+:\d{12}:[\w-]{1,80}(\.fifo)?$/;
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

const SOURCES: Record<string, Record<string, Field>> = {
  sqs: {
    queue: { required: true, check: text(QUEUE_ARN, 'the ARN of an SQS queue') },
    executionPer: { check: oneOf('message', 'batch') },
    batchSize: { check: whole(1, 10_000) },
    batchWindowSeconds: { check: whole(0, 300) },
    maximumConcurrency: { check: whole(2, 1_000) },
    input: { check: anything },
  },
  s3: {
    bucket: { required: true, check: text(BUCKET, 'the name of a bucket') },
    prefix: { check: text(/^.{0,1024}$/s, 'text') },
    suffix: { check: text(/^.{0,1024}$/s, 'text') },
    via: { check: oneOf('notification', 'eventbridge') },
    input: { check: anything },
  },
  event: {
    pattern: { required: true, check: pattern },
    bus: { check: text(/^[\w./-]{1,256}$/, 'the name of an event bus') },
    input: { check: anything },
  },
  schedule: { expression: { required: true, check: expression }, input: { check: anything } },
};

const KINDS = Object.keys(SOURCES);

/** Everything wrong with a definition; with an empty list, it is a TriggerDefinition. */
export function triggerProblems(definition: Json): Problem[] {
  const keys = isObject(definition) ? Object.keys(definition) : [];
  const [kind = ''] = keys;
  if (keys.length !== 1 || !KINDS.includes(kind))
    return [{ path: [], message: `A trigger is one of ${KINDS.join(', ')}` }];
  const source = (definition as JsonObject)[kind]!;
  if (!isObject(source)) return [{ path: [kind], message: `${kind} takes ${Object.keys(SOURCES[kind]!).join(', ')}` }];
  const problems = [...unknownFields(kind, source), ...wrongFields(kind, source)];
  return problems.length > 0 ? problems : togetherProblems(definition as object as TriggerDefinition);
}

function unknownFields(kind: string, source: JsonObject): Problem[] {
  const known = Object.keys(SOURCES[kind]!);
  const unknown = Object.keys(source).filter((name) => !known.includes(name));
  return unknown.map((name) => ({
    path: [kind, name],
    message: `${kind} has no ${name}, but ${known.join(', ')}`,
  }));
}

function wrongFields(kind: string, source: JsonObject): Problem[] {
  return Object.entries(SOURCES[kind]!).flatMap(([name, { required, check }]) => {
    const value = source[name];
    if (value !== undefined) return check(value, [kind, name]) ?? [];
    return required ? [{ path: [kind], message: `${kind} needs ${name}` }] : [];
  });
}

/** What Lambda refuses of fields that are right by themselves. */
function togetherProblems(definition: TriggerDefinition): Problem[] {
  if (!('sqs' in definition)) return [];
  const { queue, batchSize = 10, batchWindowSeconds = 0 } = definition.sqs;
  const path = ['sqs', 'batchSize'];
  if (queue.endsWith('.fifo') && batchWindowSeconds > 0)
    return [{ path: ['sqs', 'batchWindowSeconds'], message: 'A FIFO queue has no batch window' }];
  if (queue.endsWith('.fifo') && batchSize > 10)
    return [{ path, message: 'A batch of a FIFO queue has at most 10 messages' }];
  if (batchSize > 10 && batchWindowSeconds < 1)
    return [{ path, message: 'More than 10 messages take a batchWindowSeconds of at least 1' }];
  return [];
}

const NAME = /^[A-Za-z0-9_-]{1,40}$/;

export function nameProblem(name: string): string | undefined {
  return NAME.test(name) ? undefined : 'The name of a trigger has 1 to 40 letters, digits, - and _';
}
