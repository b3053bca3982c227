// Whether an execution can be redriven, and AWS's words for why not.
import type { Standing } from '../execution.ts';
import type { World } from '../world.ts';

const DAY_MS = 86_400_000;

export type RedriveStatus =
  | { redriveStatus: 'REDRIVABLE' }
  | { redriveStatus: 'NOT_REDRIVABLE'; redriveStatusReason: string };

export function redriveStatus({ settings, clock }: World, { status, stopDate, lastEventId }: Standing): RedriveStatus {
  const refuse = (redriveStatusReason: string) => ({ redriveStatus: 'NOT_REDRIVABLE' as const, redriveStatusReason });
  if (status === 'RUNNING' || status === 'SUCCEEDED') return refuse(`Execution is ${status} and cannot be redriven`);
  if (lastEventId >= settings.limits.historyEvents - 1) return refuse('Execution history event limit exceeded');
  if (clock.now() > (stopDate ?? 0) + settings.limits.redriveDays * DAY_MS)
    return refuse('Execution has exceeded the redrivable period');
  return { redriveStatus: 'REDRIVABLE' };
}
