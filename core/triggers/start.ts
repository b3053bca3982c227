// Starting what a trigger starts, so that the same occasion, delivered however often, starts one execution: the
// execution's name says which occasion it is for. A name that is taken means that this was done before.
//
// Express executions have no names that anybody owns: there every delivery starts one.
import { createHash } from 'node:crypto';
import { start } from '../api/actions/start-execution.ts';
import { executionArnOf } from '../api/arn.ts';
import { ApiError } from '../errors.ts';
import type { Json, JsonObject } from '../expr/json.ts';
import { evaluateJsonataTemplate } from '../expr/jsonata-template.ts';
import type { World } from '../world.ts';
import { inputTemplateOf, labelOf, type Trigger } from './trigger.ts';

export interface Started {
  /** `<machine>/<trigger>`. */
  trigger: string;
  executionArn: string;
}

const NAME_LENGTH_MAX = 80;
const HASH_LENGTH = 32;

/** A name for the execution that this occasion starts: `readable` and `id`, as far as names can hold them. */
export function executionName(id: string, readable?: string): string {
  const wanted = readable === undefined ? id : `${readable}-${id}`;
  const name = wanted.replaceAll(/[^\w.-]+/g, '_');
  // What was changed or cut off might be what tells two occasions apart.
  if (name === wanted && name.length <= NAME_LENGTH_MAX) return name;
  return `${name.slice(0, NAME_LENGTH_MAX - HASH_LENGTH - 1)}-${digest(wanted)}`;
}

export function digest(...parts: string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, HASH_LENGTH);
}

/** One thing that happened and starts one execution. */
export interface Occasion {
  /** The name of the execution. */
  name: string;
  /** What it is, for people: `message 1 of arn:…`. */
  text: string;
  input(): Promise<string>;
}

/** Starts the trigger's machine. Throws an error that tells a person which trigger, which occasion, and why. */
export async function startFor(world: World, trigger: Trigger, { name, text, input }: Occasion): Promise<Started> {
  const { stateMachineArn, machineName } = trigger;
  try {
    const { executionArn } = await start({ stateMachineArn, name, input: await input() }, world);
    return { trigger: labelOf(trigger), executionArn };
  } catch (error) {
    if (error instanceof ApiError && error.code === 'ExecutionAlreadyExists')
      return { trigger: labelOf(trigger), executionArn: executionArnOf(world, machineName, name) };
    const { name: code, message } = error as Error;
    const why = `Trigger ${labelOf(trigger)} cannot start an execution for ${text}: ${code}: ${message}`;
    throw new Error(why, { cause: error });
  }
}

/** What all of these started. One that fails keeps no other from starting; then throws what is wrong with each. */
export async function allStarted(starts: Promise<Started | Started[]>[]): Promise<Started[]> {
  const outcomes = await Promise.allSettled(starts);
  const troubles = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as Error] : []));
  if (troubles.length > 0) throw new AggregateError(troubles, troubles.map(({ message }) => message).join('\n'));
  return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []));
}

/** What the executions of this trigger get for `input`; the input itself where the trigger says nothing else. */
export async function inputFor(world: World, trigger: Trigger, input: Json): Promise<Json> {
  const template = inputTemplateOf(trigger.definition);
  if (template === undefined) return input;
  return await evaluateJsonataTemplate(template, 'input', {
    states: { input, context: contextOf(trigger) },
    variables: {},
    now: world.clock.now(),
    random: world.random,
    newId: world.newId,
  });
}

function contextOf({ stateMachineArn, machineName, name }: Trigger): JsonObject {
  return { StateMachine: { Id: stateMachineArn, Name: machineName }, Trigger: { Name: name } };
}
