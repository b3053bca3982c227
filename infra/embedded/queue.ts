// The Queue port on SQLite, with SQS's semantics: visibility timeout, receive counts, receipts that die with the next
// delivery, dead letters. It waits for any time by itself, so `sweep` has nothing to do. Whoever polls it sleeps in
// `whenVisible`, so nothing polls in vain and nothing comes late.

import type { Clock, QueueName, Received } from '../../core/ports.ts';
import { type DeadLetter, earliest, type LocalQueue, MAX_RECEIVE_COUNT } from '../local-queue.ts';
import type { Store } from './store.ts';
import { wakeUps } from './wake-ups.ts';

export const QUEUE_SCHEMA = `
  CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    queue TEXT NOT NULL, visible_at INTEGER NOT NULL, receive_count INTEGER NOT NULL, sent_at INTEGER NOT NULL,
    body TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS messages_visible ON messages (queue, visible_at);
  CREATE TABLE IF NOT EXISTS dead_letters (
    id INTEGER PRIMARY KEY, queue TEXT NOT NULL, receive_count INTEGER NOT NULL, sent_at INTEGER NOT NULL,
    body TEXT NOT NULL
  )`;

export interface EmbeddedQueue extends LocalQueue {
  /** Resolves when the queue has a message to give, or the signal aborts. Somebody else may get that message. */
  whenVisible(queue: QueueName, signal: AbortSignal): Promise<void>;
  /** Lets go of whoever sleeps in `whenVisible`. */
  close(): void;
}

const MESSAGE_COLUMNS = 'id, body, receive_count AS receiveCount, sent_at AS sentAt';

interface MessageRow {
  id: number;
  body: string;
  receiveCount: number;
  sentAt: number;
}

export function embeddedQueue(
  store: Store,
  clock: Pick<Clock, 'now'>,
  maxReceiveCount = MAX_RECEIVE_COUNT,
): EmbeddedQueue {
  const statements = prepareStatements(store);
  // The holders of messages in flight died with the process that received them.
  statements.land.run(clock.now());

  const nextVisibleAt = (queue: QueueName): number | undefined =>
    (statements.next.get(queue) as { at: number | null }).at ?? undefined;
  const waiters = wakeUps(clock, nextVisibleAt);

  function take(queue: QueueName, max: number, visibleAt: number): Received[] {
    const taken: Received[] = [];
    const rows = statements.visible.all(queue, clock.now(), max) as unknown as MessageRow[];
    for (const { id, body, receiveCount, sentAt } of rows) {
      if (receiveCount >= maxReceiveCount) {
        statements.bury.run(id);
        statements.delete.run(id, receiveCount);
        continue;
      }
      statements.deliver.run(visibleAt, id);
      const delivery = receiveCount + 1;
      taken.push({ id: String(id), receipt: `${id}/${delivery}`, body, receiveCount: delivery, sentAt });
    }
    return taken;
  }

  return {
    async send(messages) {
      if (messages.length === 0) return;
      const now = clock.now();
      await store.write(() => {
        for (const { queue, body, at } of messages) {
          statements.send.run(queue, Math.max(at ?? now, now), now, body);
        }
      });
      for (const queue of new Set(messages.map((message) => message.queue))) waiters.look(queue);
    },
    receive: (queue, max, visibilitySeconds) =>
      store.write(() => take(queue, max, clock.now() + visibilitySeconds * 1000)),
    // What becomes of a message must not get lost: it would stay invisible for the whole of its visibility timeout.
    delete: (_queue, receipt) =>
      store.writeSurely(() => {
        statements.delete.run(...deliveryOf(receipt));
      }),
    async postpone(queue, receipt, seconds) {
      await store.writeSurely(() => {
        statements.postpone.run(clock.now() + seconds * 1000, ...deliveryOf(receipt));
      });
      waiters.look(queue);
    },
    sweep: async () => 0,
    nextVisibleAt: (queue) => earliest(queue, nextVisibleAt),
    whenVisible: waiters.wait,
    close: waiters.end,
    ...deadLetterQueue(store),
  };
}

function deadLetterQueue(store: Store): Pick<LocalQueue, 'deadLetters' | 'deleteDeadLetter'> {
  const all = store.prepare(`SELECT queue, ${MESSAGE_COLUMNS} FROM dead_letters ORDER BY id`);
  const forget = store.prepare('DELETE FROM dead_letters WHERE id = ?');
  return {
    deadLetters: () =>
      store.read(() => {
        const rows = all.all() as unknown as (MessageRow & { queue: QueueName })[];
        return rows.map((row): DeadLetter => ({ ...row, id: String(row.id) }));
      }),
    deleteDeadLetter: (id) =>
      store.write(() => {
        forget.run(id);
      }),
  };
}

/** A receipt names one delivery: the message and its receive count at that time. */
function deliveryOf(receipt: string): [id: number, receiveCount: number] {
  const [id, receiveCount] = receipt.split('/');
  return [Number(id), Number(receiveCount)];
}

function prepareStatements(store: Store) {
  return {
    // A delivery that the end of the process cut off says nothing about its message, so it does not count.
    land: store.prepare(
      'UPDATE messages SET visible_at = ?1, receive_count = receive_count - 1 WHERE receive_count > 0 AND visible_at > ?1',
    ),
    next: store.prepare('SELECT min(visible_at) AS at FROM messages WHERE queue = ?'),
    send: store.prepare(
      'INSERT INTO messages (queue, visible_at, receive_count, sent_at, body) VALUES (?, ?, 0, ?, ?)',
    ),
    visible: store.prepare(
      `SELECT ${MESSAGE_COLUMNS} FROM messages WHERE queue = ? AND visible_at <= ? ORDER BY visible_at, id LIMIT ?`,
    ),
    deliver: store.prepare('UPDATE messages SET visible_at = ?, receive_count = receive_count + 1 WHERE id = ?'),
    delete: store.prepare('DELETE FROM messages WHERE id = ? AND receive_count = ?'),
    postpone: store.prepare('UPDATE messages SET visible_at = ? WHERE id = ? AND receive_count = ?'),
    bury: store.prepare(`INSERT INTO dead_letters (id, queue, receive_count, sent_at, body)
      SELECT id, queue, receive_count, sent_at, body FROM messages WHERE id = ?`),
  };
}
