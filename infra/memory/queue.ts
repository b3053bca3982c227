// The Queue port in memory, with SQS's semantics on a clock of the caller's choice: visibility timeout, receive counts,
// receipts that die with the next delivery, and a dead-letter queue. It waits for any time by itself, so `sweep` has
// nothing to do, and it tells when its next message becomes visible, so a loop can move a virtual clock there.

import type { Clock, QueueName } from '../../core/ports.ts';
import { type DeadLetter, type LocalQueue, MAX_RECEIVE_COUNT } from '../local-queue.ts';
import { type OrderedList, orderedList } from './ordered-list.ts';

interface Message {
  number: number;
  queue: QueueName;
  body: string;
  visibleAt: number;
  receiveCount: number;
  sentAt: number;
}

export function memoryQueue(clock: Pick<Clock, 'now'>, options: { maxReceiveCount?: number } = {}): LocalQueue {
  const maxReceiveCount = options.maxReceiveCount ?? MAX_RECEIVE_COUNT;
  const waiting: Record<QueueName, OrderedList<Message>> = {
    advance: orderedList(byVisibility),
    call: orderedList(byVisibility),
  };
  const inFlight = new Map<string, Message>();
  const dead = new Map<string, DeadLetter>();
  let sent = 0;

  function deliver(message: Message, visibilitySeconds: number) {
    inFlight.delete(receiptOf(message));
    message.receiveCount += 1;
    message.visibleAt = clock.now() + visibilitySeconds * 1000;
    waiting[message.queue].set(message);
    inFlight.set(receiptOf(message), message);
    const { body, receiveCount, sentAt } = message;
    return { id: String(message.number), receipt: receiptOf(message), body, receiveCount, sentAt };
  }

  function bury({ number, queue, body, receiveCount, sentAt }: Message): void {
    dead.set(String(number), { id: String(number), queue, body, receiveCount, sentAt });
  }

  return {
    async send(messages) {
      for (const { queue, body, at } of messages) {
        const now = clock.now();
        sent += 1;
        waiting[queue].set({
          number: sent,
          queue,
          body,
          visibleAt: Math.max(at ?? now, now),
          receiveCount: 0,
          sentAt: now,
        });
      }
    },
    async receive(queue, max, visibilitySeconds) {
      const list = waiting[queue];
      const taken: Message[] = [];
      while (taken.length < max && (list.values[0]?.visibleAt ?? Number.POSITIVE_INFINITY) <= clock.now()) {
        const [message] = list.takeFirst(1) as [Message];
        if (message.receiveCount < maxReceiveCount) taken.push(message);
        else {
          inFlight.delete(receiptOf(message));
          bury(message);
        }
      }
      return taken.map((message) => deliver(message, visibilitySeconds));
    },
    async delete(queue, receipt) {
      const message = inFlight.get(receipt);
      if (message === undefined) return;
      waiting[queue].remove(message);
      inFlight.delete(receipt);
    },
    async postpone(queue, receipt, seconds) {
      const message = inFlight.get(receipt);
      if (message === undefined) return;
      waiting[queue].remove(message);
      message.visibleAt = clock.now() + seconds * 1000;
      waiting[queue].set(message);
    },
    async sweep() {
      return 0;
    },
    nextVisibleAt(queue) {
      const names: QueueName[] = queue === undefined ? ['advance', 'call'] : [queue];
      const times = names.flatMap((name) => waiting[name].values[0]?.visibleAt ?? []);
      return times.length === 0 ? undefined : Math.min(...times);
    },
    async deadLetters() {
      return [...dead.values()];
    },
    async deleteDeadLetter(id) {
      dead.delete(id);
    },
  };
}

const byVisibility = (a: Message, b: Message) => a.visibleAt - b.visibleAt || a.number - b.number;

/** A receipt belongs to one delivery: the next delivery of the same message has another. */
const receiptOf = (message: Message) => `${message.number}/${message.receiveCount}`;
