// Events of EventBridge's rules and schedules. What it throws makes Lambda call it again, twice, and then keep the event
// in the triggers' dead-letter queue.
import { type BridgeEvent, type NamedEvent, startFromEvent } from '../core/triggers/events.ts';
import type { Started } from '../core/triggers/start.ts';
import type { World } from '../core/world.ts';
import { onAws } from './on-aws.ts';

export type StartFromEventsHandler = (event: NamedEvent | BridgeEvent, context?: unknown) => Promise<Started[]>;

export function createStartFromEventsHandler(world: World): StartFromEventsHandler {
  return (event) => startFromEvent(world, event);
}

export const handler: StartFromEventsHandler = onAws((world) => createStartFromEventsHandler(world));
