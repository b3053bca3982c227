// The schedule's handler: every minute, messages kept for later go to the queue, and those that were shelved an hour
// ago; once a day, or when the local server boots, the audit looks after executions that nothing wakes any more.
import { audit } from '../core/doctor/audit.ts';
import { resumeRested } from '../core/doctor/shelf.ts';
import type { World } from '../core/world.ts';
import { logTrouble, onAws, type Report } from './on-aws.ts';

export type SweepHandler = (event?: {
  audit?: boolean;
}) => Promise<{ sent: number; resumed: number; awakened: number }>;

/** `report` hears of what the audit could not look after. */
export function createSweepHandler(world: World, report: Report = logTrouble): SweepHandler {
  return async (event) => ({
    sent: await world.queue.sweep(world.clock.now()),
    resumed: await resumeRested(world),
    awakened: event?.audit ? await audit(world, report) : 0,
  });
}

export const handler = onAws<{ audit?: boolean }, unknown, unknown>((world) => createSweepHandler(world));
