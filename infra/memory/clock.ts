// A clock that stands still until it is told to move. Time never goes backwards: a test that asks for it is wrong,
// and learns so at once.

import type { Clock } from '../../core/ports.ts';

export interface VirtualClock extends Clock {
  /** Moves to this moment (epoch milliseconds); refuses the past. */
  advanceTo(time: number): void;
}

export function virtualClock(start: number): VirtualClock {
  let current = start;
  return {
    now: () => current,
    advanceTo(time) {
      if (!(time >= current)) throw new RangeError(`The clock stands at ${current} and cannot go back to ${time}.`);
      current = time;
    },
  };
}
