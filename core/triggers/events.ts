// Events of EventBridge: rules with a pattern, and schedules. The rules that `stepwell deploy` makes say which trigger
// they are; an event that comes by a rule of somebody else's starts whatever has a pattern that it matches.
// An execution is named after trigger and event, so an event that is delivered again starts nothing new.
import { type Json, type JsonObject, printJson } from '../expr/json.ts';
import type { World } from '../world.ts';
import { matches } from './pattern.ts';
import { executionName, inputFor, type Started, startFor } from './start.ts';
import { findRule, triggersOf } from './store.ts';
import type { EventSource, Trigger } from './trigger.ts';

export interface BridgeEvent {
  id: string;
  'detail-type': string;
  source: string;
  detail: JsonObject;
  [more: string]: Json;
}

/** As our rules hand it over. */
export interface NamedEvent {
  /** `<machine>/<trigger>`. */
  trigger: string;
  event: BridgeEvent;
}

/** Starts what this event starts. Throws if any of it cannot be started; what was is not started twice. */
export async function startFromEvent(world: World, received: NamedEvent | BridgeEvent): Promise<Started[]> {
  const { trigger: label, event } = isNamed(received) ? received : { trigger: undefined, event: received };
  const triggers = label === undefined ? await triggersFor(world, event) : [await named(world, label)];
  if (triggers.length === 0) throw new Error(`The event ${event.id} of ${event.source} matches no trigger's pattern.`);
  const outcomes = await Promise.allSettled(triggers.map((trigger) => startForEvent(world, trigger, event)));
  const troubles = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as Error] : []));
  if (troubles.length > 0) throw new AggregateError(troubles, troubles.map(({ message }) => message).join('\n'));
  return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
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

/** Those whose pattern the event matches. */
export async function triggersFor(world: World, event: BridgeEvent): Promise<Trigger[]> {
  const all = await triggersOf(world, 'event');
  return all.filter(({ definition }) => matches((definition as { event: EventSource }).event.pattern, event));
}

async function startForEvent(world: World, trigger: Trigger, event: BridgeEvent): Promise<Started> {
  return await startFor(world, trigger, {
    name: executionName(event.id, trigger.name),
    text: `event ${event.id} of ${event.source}`,
    input: async () => printJson(await inputFor(world, trigger, event)),
  });
}
