// The Queue port in memory, with SQS's semantics on a clock of the caller's choice: visibility timeout, receive counts,
// receipts that die with the next delivery, and a dead-letter queue. It waits for any time by itself, so `sweep` has
// nothing to do, and it tells when its next message becomes visible, so a loop can move a virtual clock there.

import type { Clock, QueueName, Received } from '../../core/ports.ts';
import { type DeadLetter, earliest, type LocalQueue, MAX_RECEIVE_COUNT } from '../local-queue.ts';
import { type OrderedList, orderedList } from './ordered-list.ts';

interface Message {
  number: number;
  queue: QueueName;
  body: string;
  visibleAt: number;
  receiveCount: number;
  sentAt: number;
}

export function memoryQueue(
  clock: Pick<Clock, 'now'>,
  { maxReceiveCount = MAX_RECEIVE_COUNT }: { maxReceiveCount?: number } = {},
): LocalQueue {
  const waiting: Record<QueueName, OrderedList<Message>> = {
    advance: orderedList(byVisibility),
    call: orderedList(byVisibility),
  };
  /** By the receipt of its latest delivery. */
  const received = new Map<string, Message>();
  const { bury, deadLetters, deleteDeadLetter } = deadLetterQueue();
  let sent = 0;

  function reschedule(message: Message, seconds: number): void {
    message.visibleAt = clock.now() + seconds * 1000;
    waiting[message.queue].set(message);
  }

  return {
    async send(messages) {
      const sentAt = clock.now();
      for (const { queue, body, at = sentAt } of messages) {
        sent += 1;
        const visibleAt = Math.max(at, sentAt);
        waiting[queue].set({ number: sent, queue, body, visibleAt, receiveCount: 0, sentAt });
      }
    },
    async receive(queue, max, visibilitySeconds) {
      const { values, takeFirst } = waiting[queue];
      const taken: Message[] = [];
      while (taken.length < max && values[0] !== undefined && values[0].visibleAt <= clock.now()) {
        const [message] = takeFirst(1) as [Message];
        received.delete(receiptOf(message));
        if (message.receiveCount < maxReceiveCount) taken.push(message);
        else bury(message);
      }
      // Back into the queue only now: a visibility timeout of nothing would have them taken again.
      return taken.map((message) => {
        message.receiveCount += 1;
        reschedule(message, visibilitySeconds);
        received.set(receiptOf(message), message);
        return deliveryOf(message);
      });
    },
    async delete(queue, receipt) {
      const message = received.get(receipt);
      if (message !== undefined) waiting[queue].remove(message);
      received.delete(receipt);
    },
    async postpone(queue, receipt, seconds) {
      const message = received.get(receipt);
      if (message === undefined) return;
      waiting[queue].remove(message);
      reschedule(message, seconds);
    },
    sweep: async () => 0,
    nextVisibleAt: (queue) => earliest(queue, (name) => waiting[name].values[0]?.visibleAt),
    deadLetters,
    deleteDeadLetter,
  };
}

function deadLetterQueue() {
  const dead = new Map<string, DeadLetter>();
  return {
    bury({ number, queue, body, receiveCount, sentAt }: Message): void {
      dead.set(String(number), { id: String(number), queue, body, receiveCount, sentAt });
    },
    deadLetters: async () => [...dead.values()],
    async deleteDeadLetter(id: string) {
      dead.delete(id);
    },
  };
}

const byVisibility = (a: Message, b: Message) => a.visibleAt - b.visibleAt || a.number - b.number;

/** A receipt belongs to one delivery: the next delivery of the same message has another. */
const receiptOf = (message: Message) => `${message.number}/${message.receiveCount}`;

function deliveryOf(message: Message): Received {
  const { number, body, receiveCount, sentAt } = message;
  return { id: String(number), receipt: receiptOf(message), body, receiveCount, sentAt };
}
