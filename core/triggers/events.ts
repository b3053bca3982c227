// Events of EventBridge: rules with a pattern, and schedules. A schedule's event names its rule. Any other starts
// whatever has a pattern that it matches, whichever rule it came by: an execution is named after trigger and event, so an
// event that comes by several rules, or again, starts nothing new. (A rule could name the trigger by transforming the
// event; that breaks texts with quotes inside.)
import { type Json, type JsonObject, printJson } from '../expr/json.ts';
import type { World } from '../world.ts';
import { matches } from './pattern.ts';
import { ruleNameOf } from './rule.ts';
import { allStarted, executionName, inputFor, type Started, startFor } from './start.ts';
import { findRule, triggersOf } from './store.ts';
import type { EventSource, Trigger } from './trigger.ts';

export interface BridgeEvent {
  id: string;
  'detail-type': string;
  source: string;
  resources: Json[];
  detail: JsonObject;
  [more: string]: Json;
}

/** An event for one trigger only: a schedule of the local server, or somebody trying a trigger out. */
export interface NamedEvent {
  /** `<machine>/<trigger>`. */
  trigger: string;
  event: BridgeEvent;
}

/** Starts what this event starts. Throws if any of it cannot be started; what was is not started twice. */
export async function startFromEvent(world: World, received: NamedEvent | BridgeEvent): Promise<Started[]> {
  const { trigger: label, event } = isNamed(received) ? received : { trigger: undefined, event: received };
  const triggers = label === undefined ? await triggersFor(world, event) : [await named(world, label)];
  if (triggers.length === 0)
    throw new Error(
      `The event ${event.id} of ${event.source} is of no trigger's schedule and matches no trigger's pattern.`,
    );
  return await allStarted(triggers.map((trigger) => startForEvent(world, trigger, event)));
}

function isNamed(received: NamedEvent | BridgeEvent): received is NamedEvent {
  return typeof received.trigger === 'string' && typeof received.event === 'object';
}

async function named(world: World, label: string): Promise<Trigger> {
  const [machineName = '', name = ''] = label.split('/');
  const found = await findRule(world, machineName, name);
  if (found === undefined) throw new Error(`There is no trigger ${label}.`);
  return found;
}

/** Those whose pattern the event matches, or whose schedule it is. */
export async function triggersFor(world: World, event: BridgeEvent): Promise<Trigger[]> {
  const all = await triggersOf(world, 'event');
  const matching = all.filter(({ definition }) => matches((definition as { event: EventSource }).event.pattern, event));
  return [...(await scheduleOf(world, event)), ...matching];
}

async function scheduleOf(world: World, event: BridgeEvent): Promise<Trigger[]> {
  const prefix = world.settings.startFunctions?.rulePrefix;
  if (prefix === undefined || event.source !== 'aws.events' || event['detail-type'] !== 'Scheduled Event') return [];
  const names = event.resources.map((arn) => String(arn).slice(String(arn).lastIndexOf('/') + 1));
  return (await triggersOf(world, 'schedule')).filter((trigger) => names.includes(ruleNameOf(prefix, trigger)));
}

async function startForEvent(world: World, trigger: Trigger, event: BridgeEvent): Promise<Started> {
  return await startFor(world, trigger, {
    name: executionName(event.id, trigger.name),
    text: `event ${event.id} of ${event.source}`,
    input: async () => printJson(await inputFor(world, trigger, event)),
  });
}
