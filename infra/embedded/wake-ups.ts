// Who sleeps until a queue has something to give. One timer per queue, set for the next message to become visible;
// a send or a postponement makes it look again. The clock must be the real one here: timers know no other.

import type { Clock, QueueName } from '../../core/ports.ts';

/** The longest time a Node timer takes; after it we look again. */
const TIMER_MS_MAX = 2 ** 31 - 1;

export interface WakeUps {
  /** Something has changed in this queue. */
  look(queue: QueueName): void;
  wait(queue: QueueName, signal: AbortSignal): Promise<void>;
  /** Lets everybody go: there will be no more messages. */
  end(): void;
}

export function wakeUps(clock: Pick<Clock, 'now'>, nextVisibleAt: (queue: QueueName) => number | undefined): WakeUps {
  const sleepers: Record<QueueName, Set<() => void>> = { advance: new Set(), call: new Set() };
  const timers = new Map<QueueName, NodeJS.Timeout>();

  function look(queue: QueueName): void {
    clearTimeout(timers.get(queue));
    timers.delete(queue);
    if (sleepers[queue].size === 0) return;
    const at = nextVisibleAt(queue);
    if (at === undefined) return;
    const delay = at - clock.now();
    if (delay <= 0) for (const wake of sleepers[queue]) wake();
    else timers.set(queue, setTimeout(look, Math.min(delay, TIMER_MS_MAX), queue));
  }

  return {
    look,
    end() {
      for (const timer of timers.values()) clearTimeout(timer);
      for (const wake of [...sleepers.advance, ...sleepers.call]) wake();
    },
    wait(queue, signal) {
      return new Promise((resolve) => {
        const wake = () => {
          sleepers[queue].delete(wake);
          signal.removeEventListener('abort', stop);
          resolve();
        };
        const stop = () => {
          wake();
          look(queue);
        };
        if (signal.aborted) return resolve();
        signal.addEventListener('abort', stop);
        sleepers[queue].add(wake);
        look(queue);
      });
    },
  };
}
