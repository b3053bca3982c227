// The contract on the memory adapters, and what only a virtual clock can promise.

import { expect, test } from 'vitest';
import { virtualClock } from '../../infra/memory/clock.ts';
import { memoryPayloads } from '../../infra/memory/payloads.ts';
import { memoryQueue } from '../../infra/memory/queue.ts';
import { memoryTable } from '../../infra/memory/table.ts';
import { payloadsContract } from './payloads-contract.ts';
import { CONTRACT_MAX_RECEIVE_COUNT, queueContract } from './queue-contract.ts';
import { tableContract } from './table-contract.ts';

const START = Date.parse('2026-01-01T00:00:00Z');

tableContract('memory', () => ({ table: memoryTable(virtualClock(START)) }));

payloadsContract('memory', () => ({ payloads: memoryPayloads() }));

queueContract('memory', () => {
  const clock = virtualClock(START);
  const queue = memoryQueue(clock, { maxReceiveCount: CONTRACT_MAX_RECEIVE_COUNT });
  return {
    queue,
    clock,
    idle: () => clock.advanceTo(clock.now() + 1_000),
    jump: (ms) => clock.advanceTo(clock.now() + ms),
    deadLetters: async () => (await queue.deadLetters()).map(({ body }) => body),
  };
});

test('a wait of a year takes no time on a virtual clock', async () => {
  const clock = virtualClock(START);
  const queue = memoryQueue(clock);
  const year = 365 * 24 * 3_600_000;
  await queue.send([{ queue: 'advance', body: 'a year', at: START + year }]);
  clock.advanceTo(queue.nextVisibleAt()!);
  expect(clock.now()).toBe(START + year);
  expect(await queue.receive('advance', 10, 30)).toMatchObject([{ body: 'a year' }]);
  expect(queue.nextVisibleAt('advance')).toBe(START + year + 30_000);
  expect(queue.nextVisibleAt('call')).toBeUndefined();
});

test('the virtual clock refuses to go backwards', () => {
  const clock = virtualClock(START);
  expect(() => clock.advanceTo(START - 1)).toThrow(RangeError);
  expect(() => clock.advanceTo(Number.NaN)).toThrow(RangeError);
  expect(clock.now()).toBe(START);
});

test('who waits on the virtual clock wakes when the time has come, or the wait is given up', async () => {
  const clock = virtualClock(START);
  const { signal } = new AbortController();
  const given = new AbortController();
  const woken: string[] = [];
  const waits = [
    clock.until(START + 20, signal).then(() => woken.push('later')),
    clock.until(START + 10, signal).then(() => woken.push('sooner')),
    clock.until(START + 5, given.signal).then(() => woken.push('given up')),
    clock.until(START, signal).then(() => woken.push('now')),
  ];
  given.abort();
  expect(clock.nextAwaited()).toBe(START + 10);
  clock.advanceTo(START + 30);
  await Promise.all(waits);
  expect(woken).toEqual(['now', 'given up', 'sooner', 'later']);
  expect(clock.nextAwaited()).toBeUndefined();
});

test('the receipt of an earlier delivery neither deletes nor postpones', async () => {
  const clock = virtualClock(START);
  const queue = memoryQueue(clock);
  await queue.send([{ queue: 'advance', body: 'x' }]);
  const [first] = await queue.receive('advance', 1, 0);
  await queue.receive('advance', 1, 5);
  await queue.delete('advance', first!.receipt);
  await queue.postpone('advance', first!.receipt, 600);
  expect(queue.nextVisibleAt()).toBe(START + 5_000);
});

test('expired items stay readable until a purge, which leaves all others', async () => {
  const clock = virtualClock(START);
  const table = memoryTable(clock);
  await table.put({ pk: 'a', sk: '0', expires: START / 1000 - 1, list: 'l', listSort: '1' });
  await table.put({ pk: 'b', sk: '0', expires: START / 1000 });
  await table.put({ pk: 'c', sk: '0' });
  expect(await table.get({ pk: 'a', sk: '0' })).toBeDefined();
  expect(await table.purge()).toBe(1);
  expect(await table.get({ pk: 'a', sk: '0' })).toBeUndefined();
  expect(await table.list({ list: 'l', limit: 1 })).toEqual([]);
  expect(await table.get({ pk: 'b', sk: '0' })).toBeDefined();
});
