// The schedule's handler: every minute, messages kept for later go to the queue, and those that were shelved an hour
// ago; once a day, or when the local server boots, the audit looks after executions that nothing wakes any more. Where
// that takes longer than an invocation has, the following ones go on with it.
import { audit, auditRound } from '../core/doctor/audit.ts';
import { resumeRested } from '../core/doctor/shelf.ts';
import type { World } from '../core/world.ts';
import { logTrouble, onAws, type Report } from './on-aws.ts';

export interface Invocation {
  getRemainingTimeInMillis(): number;
}

export type SweepHandler = (
  event?: { audit?: boolean },
  invocation?: Invocation,
) => Promise<{ sent: number; resumed: number; awakened: number }>;

/** Left of an invocation for what the audit has begun with. */
const SPARE_MS = 60_000;

/** `report` hears of what the audit could not look after. Without an invocation, which bounds its time, it looks at all. */
export function createSweepHandler(world: World, report: Report = logTrouble): SweepHandler {
  return async ({ audit: begins = false } = {}, invocation) => {
    const sent = await world.queue.sweep(world.clock.now());
    const resumed = await resumeRested(world);
    if (invocation === undefined) return { sent, resumed, awakened: begins ? await audit(world, report) : 0 };
    const deadline = world.clock.now() + invocation.getRemainingTimeInMillis() - SPARE_MS;
    return { sent, resumed, awakened: await auditRound(world, { begins, deadline, onTrouble: report }) };
  };
}

export const handler = onAws<{ audit?: boolean }, Invocation, unknown>((world) => createSweepHandler(world));
