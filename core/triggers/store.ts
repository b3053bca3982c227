// Triggers in the table: one partition, ordered by what they listen to, so that whoever holds a message or an event
// finds with one read whom it starts.

import type { Item } from '../ports.ts';
import { loadBody, storeBody } from '../store/body.ts';
import type { World } from '../world.ts';
import { kindOf, type Trigger, type TriggerDefinition, type TriggerKind } from './trigger.ts';

const TRIGGERS = 'triggers';
/** Stands in no name and no ARN, and what comes next in order of code units. */
const SEPARATOR = '#';
const AFTER_SEPARATOR = '$';

/** A queue's ARN, a bucket's name; rules name the trigger itself. */
function sourceOf(definition: TriggerDefinition): string {
  if ('sqs' in definition) return definition.sqs.queue;
  return 's3' in definition ? definition.s3.bucket : '';
}

function sortKeyOf({ definition, machineName, name }: Trigger): string {
  return [kindOf(definition), sourceOf(definition), machineName, name].join(SEPARATOR);
}

/** Stores a trigger in place of one of its name. */
export async function putTrigger(world: World, trigger: Trigger): Promise<void> {
  const sk = sortKeyOf(trigger);
  await world.table.put({ pk: TRIGGERS, sk, ...(await storeBody(world.payloads, TRIGGERS, trigger)) });
  await removeWhere(world, (item) => item.sk !== sk && isOf(item, trigger));
  world.onTriggersChanged?.();
}

export async function deleteTrigger(world: World, trigger: Pick<Trigger, 'machineName' | 'name'>): Promise<void> {
  await removeWhere(world, (item) => isOf(item, trigger));
  world.onTriggersChanged?.();
}

async function removeWhere(world: World, isMeant: (item: Item) => boolean): Promise<void> {
  for (const item of await world.table.query({ pk: TRIGGERS }))
    if (isMeant(item)) await world.table.delete({ pk: item.pk, sk: item.sk });
}

function isOf({ sk }: Item, { machineName, name }: Pick<Trigger, 'machineName' | 'name'>): boolean {
  const [, , machine, trigger] = sk.split(SEPARATOR);
  return machine === machineName && trigger === name;
}

/** A rule's or a schedule's trigger, by its name. */
export async function findRule(world: World, machineName: string, name: string): Promise<Trigger | undefined> {
  for (const kind of ['event', 'schedule']) {
    const item = await world.table.get({ pk: TRIGGERS, sk: [kind, '', machineName, name].join(SEPARATOR) });
    if (item !== undefined) return (await load(world, [item]))[0];
  }
  return undefined;
}

/** All triggers, in order of kind and source. */
export async function listTriggers(world: World): Promise<Trigger[]> {
  return await load(world, await world.table.query({ pk: TRIGGERS }));
}

/** The triggers that listen to a queue (by ARN), to a bucket (by name), or, without a source, all of a kind. */
export async function triggersOf(world: World, kind: TriggerKind, source?: string): Promise<Trigger[]> {
  const place = source === undefined ? kind : `${kind}${SEPARATOR}${source}`;
  const range = { from: place + SEPARATOR, to: place + AFTER_SEPARATOR };
  return await load(world, await world.table.query({ pk: TRIGGERS, ...range }));
}

async function load(world: World, items: Item[]): Promise<Trigger[]> {
  return await Promise.all(items.map(async (item) => (await loadBody(world.payloads, item)) as Trigger));
}
