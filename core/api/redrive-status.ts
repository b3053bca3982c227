// Whether an execution can be redriven, and AWS's words for why not.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
import type { Creation, Standing } from '../execution.ts';
import { readMachine } from '../store/machines.ts';
import type { World } from '../world.ts';

const DAY_MS = 86_400_000;
/** No execution is open for longer, all its redrives together. */
const OPEN_DAYS_MAX = 365;

export type RedriveStatus =
  | { redriveStatus: 'REDRIVABLE' }
  | { redriveStatus: 'NOT_REDRIVABLE'; redriveStatusReason: string };

export async function redriveStatus(
  world: World,
  { machineName, startDate }: Creation,
  { status, stopDate = 0, lastEventId }: Standing,
): Promise<RedriveStatus> {
  const { limits } = world.settings;
  const now = world.clock.now();
  const refuse = (redriveStatusReason: string) => ({ redriveStatus: 'NOT_REDRIVABLE' as const, redriveStatusReason });
  if (status === 'RUNNING' || status === 'SUCCEEDED') return refuse(`Execution is ${status} and cannot be redriven`);
  if ((await readMachine(world, machineName))?.status !== 'ACTIVE')
    return refuse('State machine is in DELETING status');
  if (lastEventId >= limits.historyEvents - 1) return refuse('Execution history event limit exceeded');
  if (now > startDate + OPEN_DAYS_MAX * DAY_MS) return refuse('Execution has exceeded the max execution time');
  if (now > stopDate + limits.redriveDays * DAY_MS) return refuse('Execution redrivable period exceeded');
  return { redriveStatus: 'REDRIVABLE' };
}
