// Messages for a time further away than SQS can wait (15 minutes) are items of the table, in partitions of one hour,
// eight to an hour so that a burst of equal waits does not meet one partition's limit. An hour that was ever used has
// a marker, written before its first message, so the sweep finds what is due however long it did not run, and an idle
// deployment pays one small read a sweep.
//
// The sweep sends a message on before it deletes it. If it dies in between, the next one sends it again: twice, never
// lost, as with any message of a queue.

import { randomUUID } from 'node:crypto';
import type { Outgoing, QueueName, Table } from '../../core/ports.ts';

export interface Later {
  keep(message: Outgoing & { at: number }): Promise<void>;
  /** Hands all messages due by `until` to `send`, in order of time; gives how many. */
  release(until: number, send: (messages: Outgoing[]) => Promise<void>): Promise<number>;
}

const HOUR_MS = 3_600_000;
const PARTITIONS = 8;
/** An hour's marker goes some hours after it, when nobody can still be about to write into it. */
const MARKER_GRACE_HOURS = 6;
/** Messages read, sent and deleted together. */
const RELEASE_MESSAGES = 50;
const MARKERS = 'later';

const CHANCE = { random: Math.random, newId: randomUUID as () => string };

export function laterMessages(table: Table, { random, newId } = CHANCE): Later {
  const marked = new Set<string>();

  async function mark(hour: string): Promise<void> {
    if (marked.has(hour)) return;
    await table.put({ pk: MARKERS, sk: hour });
    marked.add(hour);
  }

  async function releasePartition(
    pk: string,
    until: number,
    send: (messages: Outgoing[]) => Promise<void>,
  ): Promise<number> {
    for (let released = 0; ; ) {
      const items = await table.query({ pk, to: sortKey(until + 1), limit: RELEASE_MESSAGES });
      await send(
        items.map(({ queue, body, at }) => ({
          queue: queue as QueueName,
          body: body as string,
          at: at as number,
        })),
      );
      await Promise.all(items.map((item) => table.delete(item)));
      released += items.length;
      if (items.length < RELEASE_MESSAGES) return released;
    }
  }

  return {
    async keep({ queue, body, at }) {
      const hour = hourOf(at);
      await mark(hour);
      await table.put({
        pk: partition(hour, Math.floor(random() * PARTITIONS)),
        sk: `${sortKey(at)}#${newId()}`,
        queue,
        body,
        at,
      });
    },
    async release(until, send) {
      let released = 0;
      for (const { sk: hour } of await table.query({ pk: MARKERS, to: hourOf(until) })) {
        const partitions = Array.from({ length: PARTITIONS }, (_, number) => partition(hour, number));
        const counts = await Promise.all(partitions.map((pk) => releasePartition(pk, until, send)));
        for (const count of counts) released += count;
        if (hour < hourOf(until - MARKER_GRACE_HOURS * HOUR_MS)) await table.delete({ pk: MARKERS, sk: hour });
      }
      return released;
    },
  };
}

const hourOf = (time: number) => String(Math.floor(time / HOUR_MS)).padStart(8, '0');
const partition = (hour: string, number: number) => `later#${hour}#${number}`;
const sortKey = (time: number) => String(Math.floor(time)).padStart(15, '0');
