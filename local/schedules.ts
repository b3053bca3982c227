// What EventBridge's schedules are on AWS: at each of a trigger's times an event goes to the same handler. Times at which
// nobody was there are over, as on AWS, and one time is one event, also for a server that was started anew within it.
import type { BridgeEvent } from '../core/triggers/events.ts';
import { ruleNameOf } from '../core/triggers/rule.ts';
import { parseSchedule } from '../core/triggers/schedule.ts';
import { digest } from '../core/triggers/start.ts';
import { labelOf, type ScheduleSource, type Trigger } from '../core/triggers/trigger.ts';
import type { World } from '../core/world.ts';
import { createStartFromEventsHandler } from '../handlers/start-from-events.ts';

const RULE_PREFIX = 'stepwell-local-';

/** Until `signal` aborts, or the schedule ends. */
export async function keepSchedule(
  world: World,
  trigger: Trigger,
  { signal, report }: { signal: AbortSignal; report(trouble: unknown, where: string): void },
): Promise<void> {
  const { clock } = world;
  const { schedule } = trigger.definition as { schedule: ScheduleSource };
  const { next } = parseSchedule(schedule.expression);
  const start = createStartFromEventsHandler(world);
  for (;;) {
    const at = next(clock.now(), trigger.changedAt);
    if (at === undefined) return;
    await clock.until(at, signal);
    if (signal.aborted) return;
    const event = scheduledEvent(world, trigger, at);
    await start({ trigger: labelOf(trigger), event }).catch((trouble) =>
      report(trouble, `Schedule ${labelOf(trigger)}`),
    );
  }
}

function scheduledEvent({ settings }: World, trigger: Trigger, at: number): BridgeEvent {
  const { partition, region, account } = settings;
  const id = digest(labelOf(trigger), String(at));
  return {
    version: '0',
    id: id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account,
    time: new Date(at).toISOString().replace('.000Z', 'Z'),
    region,
    resources: [`arn:${partition}:events:${region}:${account}:rule/${ruleNameOf(RULE_PREFIX, trigger)}`],
    detail: {},
  };
}
