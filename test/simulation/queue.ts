// The queues as they are in the worst case that SQS allows: at least once, in any order, to several workers at a time.
// A receipt of an earlier delivery may or may not work.
import type { Queue, QueueName, Received } from '../../core/ports.ts';
import type { Chance } from './chance.ts';
import { SimulatedTrouble } from './faults.ts';
import type { Scheduler, Source } from './scheduler.ts';

interface Message {
  id: string;
  queue: QueueName;
  body: string;
  visibleAt: number;
  receiveCount: number;
  sentAt: number;
}

export interface SimulatedQueue extends Queue, Source {
  readonly size: number;
}

const VISIBILITY_MS = { advance: 90_000, call: 960_000 } satisfies Record<QueueName, number>;
const LIVE_WORKERS_MAX = 8;

export function simulatedQueue(
  scheduler: Scheduler,
  chance: Chance,
  deliver: (queue: QueueName, batch: Received[]) => void,
  onSend: (body: string) => void,
): SimulatedQueue {
  const messages = new Map<string, Message>();
  let sent = 0;

  const find = (receipt: string): Message | undefined => {
    const [id = '', count] = receipt.split('/');
    const message = messages.get(id);
    const isLatest = Number(count) === message?.receiveCount;
    return isLatest || chance.hits(0.5) ? message : undefined;
  };

  const isBusy = () => scheduler.liveActors('worker') >= LIVE_WORKERS_MAX;
  const visible = () => [...messages.values()].filter(({ visibleAt }) => visibleAt <= scheduler.now);

  return {
    get size() {
      return messages.size;
    },
    async send(outgoing) {
      // Of several, some may go through and others not.
      const isCut = outgoing.length > 1 && scheduler.strikes('throttle');
      for (const { queue, body, at = scheduler.now } of outgoing) {
        onSend(body);
        if (isCut && chance.hits(0.5)) continue;
        const late = scheduler.strikes('delay') ? chance.pick([1_000, 20_000, 100_000, 700_000]) : 0;
        const id = `m${++sent}`;
        const { kind, waits = [], wait = '' } = JSON.parse(body);
        scheduler.note(`${id} sent: ${kind} ${wait}${waits}`);
        const visibleAt = Math.max(at, scheduler.now) + late;
        messages.set(id, { id, queue, body, visibleAt, receiveCount: 0, sentAt: scheduler.now });
      }
      if (isCut) throw new SimulatedTrouble('Some of the messages were refused');
    },
    receive: async () => [],
    async delete(_queue, receipt) {
      const message = find(receipt);
      if (message === undefined) return;
      if (scheduler.strikes('duplicate')) message.visibleAt = scheduler.now + chance.int(0, 100_000);
      else messages.delete(message.id);
    },
    async postpone(_queue, receipt, seconds) {
      const message = find(receipt);
      if (message !== undefined) message.visibleAt = scheduler.now + seconds * 1000;
    },
    sweep: async () => 0,
    isReady: () => {
      if (isBusy()) return false;
      if (scheduler.strikes('early') && messages.size > 0)
        chance.pick([...messages.values()]).visibleAt = scheduler.now;
      return visible().length > 0;
    },
    nextAt: () =>
      isBusy() ? Number.POSITIVE_INFINITY : Math.min(...[...messages.values()].map(({ visibleAt }) => visibleAt)),
    act() {
      const ready = visible();
      const { queue } = chance.pick(ready);
      const candidates = ready.filter((each) => each.queue === queue);
      const size = chance.pick([1, 1, 1, 2, 10]);
      const batch: Message[] = [];
      while (batch.length < size && candidates.length > 0)
        batch.push(...candidates.splice(chance.int(0, candidates.length - 1), 1));
      for (const message of batch) {
        message.receiveCount++;
        message.visibleAt = scheduler.now + (scheduler.strikes('duplicate') ? 0 : VISIBILITY_MS[queue]);
      }
      deliver(
        queue,
        batch.map(({ id, body, receiveCount, sentAt }) => ({
          id,
          receipt: `${id}/${receiveCount}`,
          body,
          receiveCount,
          sentAt,
        })),
      );
    },
  };
}
