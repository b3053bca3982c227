// Tags: up to 50 pairs of texts on a state machine or an activity, found by the ARN of what carries them.
import { changeMachine, readMachine } from '../store/machines.ts';
import type { World } from '../world.ts';
import { changeActivityTags, readActivity } from './activities.ts';
import { parseArn } from './arn.ts';
import { invalidArn, MAX_TAGS, resourceNotFound, tooManyTags } from './exceptions.ts';

type Tags = Record<string, string>;

/** The tags with further ones; of two with one key the later wins. Throws TooManyTags. */
export function addTags(arn: string, tags: Tags, added: { key: string; value?: string }[]): Tags {
  const all = new Map(Object.entries(tags));
  for (const { key, value = '' } of added) all.set(key, value);
  if (all.size > MAX_TAGS) throw tooManyTags(arn);
  return Object.fromEntries(all);
}

export function removeTags(tags: Tags, keys: string[]): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key)));
}

/** Throws InvalidArn or ResourceNotFound. */
export async function readTags(world: World, resourceArn: string): Promise<Tags> {
  const { type, name } = parseTagged(resourceArn);
  const machine = type === 'stateMachine' ? await readMachine(world, name) : undefined;
  if (machine?.machineArn === resourceArn) return machine.tags;
  const activity = type === 'activity' ? await readActivity(world, name) : undefined;
  if (activity?.activityArn === resourceArn) return activity.tags;
  throw resourceNotFound(`Resource not found: '${resourceArn}'`, resourceArn);
}

/** Throws InvalidArn or ResourceNotFound. */
export async function changeTags(world: World, resourceArn: string, change: (tags: Tags) => Tags): Promise<void> {
  await readTags(world, resourceArn);
  const { type, name } = parseTagged(resourceArn);
  if (type === 'activity') await changeActivityTags(world, name, change);
  else await changeMachine(world, name, async (machine) => ({ machine: { ...machine, tags: change(machine.tags) } }));
}

function parseTagged(resourceArn: string) {
  const arn = parseArn(resourceArn, 'stateMachine', 'activity');
  if (arn.type === 'stateMachine' && arn.qualifier !== undefined) throw invalidArn(`Invalid ARN: ${resourceArn}`);
  return arn;
}
