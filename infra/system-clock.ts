// The machine's own clock.
import type { Clock } from '../core/ports.ts';

/** The longest delay a JavaScript timer takes. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  async until(at, signal) {
    while (!signal.aborted && Date.now() < at) {
      await new Promise<void>((wake) => {
        const timer = setTimeout(done, Math.max(0, Math.min(at - Date.now(), LONGEST_TIMER_MS)));
        signal.addEventListener('abort', done);
        function done() {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          wake();
        }
      });
    }
  },
};
