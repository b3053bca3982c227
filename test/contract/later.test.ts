// Messages that wait longer than SQS can: kept in the table, released by the sweep, whatever dies in between.

import { expect, test } from 'vitest';
import type { Outgoing, Table } from '../../core/ports.ts';
import { laterMessages } from '../../infra/aws/later.ts';
import { virtualClock } from '../../infra/memory/clock.ts';
import { memoryTable } from '../../infra/memory/table.ts';

const START = Date.parse('2026-01-01T00:00:00Z');
const HOUR_MS = 3_600_000;

const message = (number: number, at: number) => ({ queue: 'advance' as const, body: `m${number}`, at });

/** Takes what is released. */
function sink() {
  const taken: Outgoing[] = [];
  return {
    taken,
    send: async (messages: Outgoing[]) => {
      taken.push(...messages);
    },
  };
}

test('a release gives exactly what is due, once, with its queue, body and time', async () => {
  const later = laterMessages(memoryTable(virtualClock(START)));
  const messages = Array.from({ length: 500 }, (_, number) => message(number, START + number * 60_000));
  await Promise.all(messages.map(later.keep));

  const { taken, send } = sink();
  expect(await later.release(START + 99 * 60_000, send)).toBe(100);
  expect(taken.toSorted((a, b) => a.at! - b.at!)).toEqual(messages.slice(0, 100));
  expect(await later.release(START + 99 * 60_000, send)).toBe(0);
  expect(await later.release(START + 1_000 * HOUR_MS, send)).toBe(400);
});

test('a sweep that did not run for a month finds everything', async () => {
  const later = laterMessages(memoryTable(virtualClock(START)));
  await later.keep(message(1, START + HOUR_MS));
  await later.keep(message(2, START + 200 * HOUR_MS));
  expect(await later.release(START + 30 * 24 * HOUR_MS, sink().send)).toBe(2);
});

test('a sweep that dies between send and delete leaves the message to the next', async () => {
  const table = memoryTable(virtualClock(START));
  let alive = false;
  const dying: Table = {
    ...table,
    delete: async (key) => {
      if (!alive) throw new Error('The sweep died.');
      await table.delete(key);
    },
  };
  const later = laterMessages(dying);
  await later.keep(message(1, START));

  const { taken, send } = sink();
  await expect(later.release(START, send)).rejects.toThrow('The sweep died.');
  alive = true;
  expect(await later.release(START, send)).toBe(1);
  expect(taken).toEqual([message(1, START), message(1, START)]);
  expect(await later.release(START, send)).toBe(0);
});

test('a send that fails deletes nothing', async () => {
  const later = laterMessages(memoryTable(virtualClock(START)));
  await later.keep(message(1, START));
  const broken = () => Promise.reject(new Error('The queue is away.'));
  await expect(later.release(START, broken)).rejects.toThrow('The queue is away.');
  expect(await later.release(START, sink().send)).toBe(1);
});

test('nothing is left in the table once an hour is long past', async () => {
  const table = memoryTable(virtualClock(START));
  const later = laterMessages(table);
  await later.keep(message(1, START));
  await later.release(START, sink().send);
  expect(await table.query({ pk: 'later' })).toHaveLength(1);
  await later.release(START + 30 * HOUR_MS, sink().send);
  expect(await table.query({ pk: 'later' })).toEqual([]);
});
