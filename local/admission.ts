// What the server takes on. More work than this machine can do is refused in AWS's words before it is accepted: SDKs wait
// and try again. What was accepted is never refused afterwards, and what helps running executions to their end (answers,
// stops, reads) is always taken. See docs/decisions/015-overload.md.
import { getHeapStatistics } from 'node:v8';
import { ApiError } from '../core/errors.ts';
import type { QueueName } from '../core/ports.ts';
import type { Throttle } from './throttling.ts';

export interface Pressure {
  /** How long the message that is due first has been due. */
  latenessMs(): number;
  /** Of the heap that V8 allows itself, how much is in use: 0 to 1. */
  heapUse(): number;
}

/** Throws what the request is to be answered with, where it is refused. */
export type Admission = (target: string) => void;

/** What takes on new work. */
const STARTS = new Set(['StartExecution', 'StartSyncExecution', 'RedriveExecution', 'ForkExecution', 'ReceiveEvent']);

/** An execution that would begin so late is better not accepted. */
const LATENESS_MAX_MS = 60_000;
/** Above this, collecting garbage takes most of the time, and the end of the process is near. */
const HEAP_USE_MAX = 0.85;

export function admission(pressure: Pressure, throttle: Throttle): Admission {
  return (target) => {
    const action = target.slice(target.indexOf('.') + 1);
    const isRefused = !throttle(action) || (STARTS.has(action) && isOverloaded(pressure));
    if (isRefused) throw new ApiError('ThrottlingException', 'Rate exceeded');
  };
}

function isOverloaded(pressure: Pressure): boolean {
  return pressure.latenessMs() > LATENESS_MAX_MS || pressure.heapUse() > HEAP_USE_MAX;
}

/** Looked at as often as it can change anything, not at every request. */
const LOOK_MS = 250;

export function pressureOf(
  queue: { nextVisibleAt(queue: QueueName): number | undefined },
  now: () => number,
): Pressure {
  const lateness = every(LOOK_MS, now, () => {
    const dues = (['advance', 'call'] as const).flatMap((name) => queue.nextVisibleAt(name) ?? []);
    return dues.length === 0 ? 0 : now() - Math.min(...dues);
  });
  const heap = every(LOOK_MS, now, () => {
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
    return used / limit;
  });
  return { latenessMs: lateness, heapUse: heap };
}

function every(ms: number, now: () => number, measure: () => number): () => number {
  let value = 0;
  let until = Number.NEGATIVE_INFINITY;
  return () => {
    if (now() >= until) {
      value = measure();
      until = now() + ms;
    }
    return value;
  };
}
