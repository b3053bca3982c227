// What the queues that live in our own process (memory, embedded) can tell beyond the port: SQS has consoles and a
// second queue for this, a laptop has neither.

import type { Queue, QueueName } from '../core/ports.ts';

/** After so many receives without a delete, a message is dead: SQS's `maxReceiveCount` as we deploy it. */
export const MAX_RECEIVE_COUNT = 20;

export interface DeadLetter {
  id: string;
  queue: QueueName;
  body: string;
  receiveCount: number;
  sentAt: number;
}

export interface LocalQueue extends Queue {
  /** When the next message becomes visible, those in flight included; undefined when there is none at all. */
  nextVisibleAt(queue?: QueueName): number | undefined;
  deadLetters(): Promise<DeadLetter[]>;
  deleteDeadLetter(id: string): Promise<void>;
}

/** The earliest time of one queue, or of all. */
export function earliest(
  queue: QueueName | undefined,
  timeOf: (queue: QueueName) => number | undefined,
): number | undefined {
  const names: QueueName[] = queue === undefined ? ['advance', 'call'] : [queue];
  const times = names.flatMap((name) => timeOf(name) ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
}
