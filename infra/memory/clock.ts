// A clock that stands still until it is told to move. Time never goes backwards: a test that asks for it is wrong,
// and learns so at once.

import type { Clock } from '../../core/ports.ts';

export interface VirtualClock extends Clock {
  /** Moves to this moment (epoch milliseconds); refuses the past. */
  advanceTo(time: number): void;
  /** The next moment that somebody waits for. */
  nextAwaited(): number | undefined;
}

export function virtualClock(start: number): VirtualClock {
  let current = start;
  const waiters = new Set<{ at: number; wake: () => void }>();
  return {
    now: () => current,
    until(at, signal) {
      if (at <= current || signal.aborted) return Promise.resolve();
      return new Promise((wake) => {
        const waiter = { at, wake };
        waiters.add(waiter);
        signal.addEventListener('abort', () => {
          waiters.delete(waiter);
          wake();
        });
      });
    },
    nextAwaited() {
      return waiters.size === 0 ? undefined : Math.min(...[...waiters].map(({ at }) => at));
    },
    advanceTo(time) {
      if (!(time >= current)) throw new RangeError(`The clock stands at ${current} and cannot go back to ${time}.`);
      current = time;
      for (const waiter of waiters)
        if (waiter.at <= current) {
          waiters.delete(waiter);
          waiter.wake();
        }
    },
  };
}
