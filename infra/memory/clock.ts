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
      return new Promise((resolve) => {
        const waiter = { at, wake };
        waiters.add(waiter);
        signal.addEventListener('abort', wake);
        function wake() {
          waiters.delete(waiter);
          signal.removeEventListener('abort', wake);
          resolve();
        }
      });
    },
    nextAwaited() {
      return waiters.size === 0 ? undefined : Math.min(...[...waiters].map(({ at }) => at));
    },
    advanceTo(time) {
      if (!(time >= current)) throw new RangeError(`The clock stands at ${current} and cannot go back to ${time}.`);
      current = time;
      const due = [...waiters].filter(({ at }) => at <= current);
      // In order of time, so that who was to wake first acts first.
      for (const { wake } of due.sort((a, b) => a.at - b.at)) wake();
    },
  };
}
