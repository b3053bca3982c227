// The queues as they are in the worst case that SQS allows: at least once, in any order, to several workers at a time.
// A receipt of an earlier delivery may or may not work. A message that was received too often is dead, and lies in the
// dead-letter queue until somebody comes for it.
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
  /** Times it is still to be delivered, whatever becomes of the others. */
  owed: number;
}

export interface DeadLetter extends Received {
  queue: QueueName;
}

export interface SimulatedQueue extends Queue, Source {
  readonly size: number;
  /** Messages that were ever sent. */
  readonly sent: number;
  /** Of all messages, also those that nobody sees at the moment. */
  bodies(): string[];
  deadLetters(): DeadLetter[];
  forget(letter: DeadLetter): void;
  /** Forgets all messages of these queues, those in flight too. */
  purge(queues: readonly QueueName[]): void;
  /** Puts a dead letter back, as a new message. */
  redrive(letter: DeadLetter): void;
}

const VISIBILITY_MS = { advance: 90_000, call: 960_000 } satisfies Record<QueueName, number>;
const LIVE_WORKERS_MAX = 8;

/** `deliveries`: how often every message is delivered where nothing else goes wrong. */
export function simulatedQueue(
  scheduler: Scheduler,
  chance: Chance,
  deliveries: number,
  deliver: (queue: QueueName, batch: Received[]) => void,
  onSend: (body: string) => void,
  onGone: () => void,
): SimulatedQueue {
  const messages = new Map<string, Message>();
  const dead = new Map<string, DeadLetter>();
  let sent = 0;

  const find = (receipt: string): Message | undefined => {
    const [id = '', count] = receipt.split('/');
    const message = messages.get(id);
    const isLatest = Number(count) === message?.receiveCount;
    return isLatest || chance.hits(0.5) ? message : undefined;
  };

  const isBusy = () => scheduler.liveActors('worker') >= LIVE_WORKERS_MAX;
  const visible = () => [...messages.values()].filter(({ visibleAt }) => visibleAt <= scheduler.now);

  function add(queue: QueueName, body: string, visibleAt: number): string {
    const id = `m${++sent}`;
    messages.set(id, { id, queue, body, visibleAt, receiveCount: 0, sentAt: scheduler.now, owed: deliveries });
    return id;
  }

  function received({ id, body, receiveCount, sentAt }: Message): Received {
    return { id, receipt: `${id}/${receiveCount}`, body, receiveCount, sentAt };
  }

  function bury(message: Message): void {
    scheduler.note(`${message.id} is dead`);
    messages.delete(message.id);
    dead.set(message.id, { ...received(message), queue: message.queue });
  }

  /** Lines of polls double with every delivery until their next turn: few do, or a job would make work without end. */
  function isDoubled({ body }: Message): boolean {
    return scheduler.strikes('duplicate') && (!body.includes('"kind":"poll"') || scheduler.luck('duplicate').hits(0.1));
  }

  function take(message: Message): void {
    message.receiveCount++;
    message.owed--;
    const isVisible = isDoubled(message) || (deliveries > 1 && message.owed > 0 && chance.hits(0.5));
    message.visibleAt = scheduler.now + (isVisible ? 0 : VISIBILITY_MS[message.queue]);
  }

  return {
    get size() {
      return messages.size + dead.size;
    },
    get sent() {
      return sent;
    },
    bodies: () => [...messages.values(), ...dead.values()].map(({ body }) => body),
    deadLetters: () => [...dead.values()],
    forget: ({ id }) => void dead.delete(id),
    purge(queues) {
      for (const { id, queue } of [...messages.values()]) if (queues.includes(queue)) messages.delete(id);
    },
    redrive(letter) {
      dead.delete(letter.id);
      scheduler.note(`${letter.id} is redriven as ${add(letter.queue, letter.body, scheduler.now)}`);
    },
    async send(outgoing) {
      // Of several, some may go through and others not.
      const isCut = outgoing.length > 1 && scheduler.strikes('throttle');
      for (const { queue, body, at = scheduler.now } of outgoing) {
        onSend(body);
        if (isCut && scheduler.luck('throttle').hits(0.5)) continue;
        const late = scheduler.strikes('delay') ? scheduler.luck('delay').pick([1_000, 20_000, 100_000, 700_000]) : 0;
        const id = add(queue, body, Math.max(at, scheduler.now) + late);
        const { kind, waits = [], wait = '' } = JSON.parse(body);
        scheduler.note(`${id} sent: ${kind} ${wait}${waits}`);
      }
      if (isCut) throw new SimulatedTrouble('Some of the messages were refused');
    },
    receive: async () => [],
    async delete(_queue, receipt) {
      const message = find(receipt);
      if (message === undefined) return;
      if (message.owed > 0 || isDoubled(message)) message.visibleAt = scheduler.now + chance.int(0, 100_000);
      else {
        messages.delete(message.id);
        onGone();
      }
    },
    async postpone(_queue, receipt, seconds) {
      const message = find(receipt);
      if (message !== undefined) message.visibleAt = scheduler.now + seconds * 1000;
    },
    sweep: async () => 0,
    isReady: () => {
      if (isBusy()) return false;
      if (scheduler.strikes('early') && messages.size > 0)
        scheduler.luck('early').pick([...messages.values()]).visibleAt = scheduler.now;
      return visible().length > 0;
    },
    nextAt: () =>
      isBusy() ? Number.POSITIVE_INFINITY : Math.min(...[...messages.values()].map(({ visibleAt }) => visibleAt)),
    act() {
      const ready = visible();
      const { queue } = chance.pick(ready);
      const candidates = ready.filter((each) => each.queue === queue);
      // A worker that holds several copies of one message names all as causes, and each brings what it owes once more.
      const size = deliveries > 1 ? 1 : chance.pick([1, 1, 1, 2, 10]);
      const batch: Message[] = [];
      while (batch.length < size && candidates.length > 0)
        batch.push(...candidates.splice(chance.int(0, candidates.length - 1), 1));
      for (const message of batch) if (message.receiveCount > 0 && scheduler.strikes('poison')) bury(message);
      const alive = batch.filter(({ id }) => messages.has(id));
      for (const message of alive) take(message);
      if (alive.length > 0) deliver(queue, alive.map(received));
    },
  };
}
