// The contract holds through a meter, and the meter counts what AWS would charge for.

import { describe, expect, test } from 'vitest';
import { itemSize } from '../../infra/item-size.ts';
import { virtualClock } from '../../infra/memory/clock.ts';
import { memoryPayloads } from '../../infra/memory/payloads.ts';
import { memoryQueue } from '../../infra/memory/queue.ts';
import { memoryTable } from '../../infra/memory/table.ts';
import { meterPayloads, meterQueue, meterTable } from '../../infra/meter.ts';
import { payloadsContract } from './payloads-contract.ts';
import { CONTRACT_MAX_RECEIVE_COUNT, queueContract } from './queue-contract.ts';
import { tableContract } from './table-contract.ts';

tableContract('metered', () => ({ table: meterTable(memoryTable(virtualClock(0))) }));
payloadsContract('metered', () => ({ payloads: meterPayloads(memoryPayloads()) }));
queueContract('metered', () => {
  const clock = virtualClock(Date.parse('2026-01-01T00:00:00Z'));
  const queue = meterQueue(memoryQueue(clock, { maxReceiveCount: CONTRACT_MAX_RECEIVE_COUNT }));
  return {
    queue,
    clock,
    idle: () => clock.advanceTo(clock.now() + 1_000),
    jump: (ms) => clock.advanceTo(clock.now() + ms),
    deadLetters: async () => (await queue.deadLetters()).map(({ body }) => body),
  };
});

describe('the size of an item', () => {
  const cases = [
    { item: { pk: 'a', sk: 'b' }, size: 6 },
    { item: { pk: 'ä', sk: '\u{1F600}' }, size: 10 },
    { item: { pk: 'a', sk: 'b', n: 0 }, size: 6 + 1 + 2 },
    { item: { pk: 'a', sk: 'b', n: 12 }, size: 6 + 1 + 2 },
    { item: { pk: 'a', sk: 'b', n: 123 }, size: 6 + 1 + 3 },
    { item: { pk: 'a', sk: 'b', n: -123 }, size: 6 + 1 + 4 },
    { item: { pk: 'a', sk: 'b', n: 1_000_000 }, size: 6 + 1 + 2 },
    { item: { pk: 'a', sk: 'b', body: new Uint8Array(100) }, size: 6 + 4 + 100 },
  ];
  test.each(cases)('is names and values: $size bytes of $item', ({ item, size }) => {
    expect(itemSize(item)).toBe(size);
  });
});

describe('a metered table', () => {
  const newTable = () => meterTable(memoryTable(virtualClock(0)));
  /** An item of exactly so many bytes. */
  const sized = (sk: string, bytes: number) => ({
    pk: 'p',
    sk,
    body: new Uint8Array(bytes - 'pk'.length - 'p'.length - 'sk'.length - sk.length - 'body'.length),
  });

  test('counts nothing before use and after a reset', async () => {
    const table = newTable();
    const unused = table.reading();
    expect(Object.values(unused).every((number) => number === 0)).toBe(true);
    await table.put(sized('0', 1024));
    table.reset();
    expect(table.reading()).toEqual(unused);
  });

  test('charges a write unit for each KB begun', async () => {
    const table = newTable();
    expect(itemSize(sized('0', 1024))).toBe(1024);
    await table.put(sized('0', 1024));
    expect(table.reading()).toMatchObject({ puts: 1, writeUnits: 1 });
    await table.put(sized('1', 1025));
    expect(table.reading()).toMatchObject({ puts: 2, writeUnits: 3 });
  });

  test('charges replacements, updates and deletions by the larger of before and after', async () => {
    const table = newTable();
    await table.put(sized('0', 3_000));
    table.reset();
    await table.update({ pk: 'p', sk: '0' }, { status: 'x' });
    await table.put({ pk: 'p', sk: '0' });
    await table.delete({ pk: 'p', sk: '0' });
    expect(table.reading()).toMatchObject({ updates: 1, puts: 1, deletes: 1, writeUnits: 3 + 3 + 1 });
  });

  test('charges refused writes, and tells them apart', async () => {
    const table = newTable();
    await table.put(sized('0', 3_000));
    table.reset();
    expect(await table.put({ pk: 'p', sk: '0' }, { if: 'absent' })).toBe(false);
    expect(table.reading()).toMatchObject({ puts: 1, refused: 1, writeUnits: 3 });
  });

  test('charges the list index apart, for writes that it shows', async () => {
    const table = newTable();
    await table.put({ ...sized('0', 3_000), list: 'l', listSort: '1', summary: 's' });
    expect(table.reading()).toMatchObject({ writeUnits: 3, indexWriteUnits: 1 });
    await table.update({ pk: 'p', sk: '0' }, { status: 'x' });
    expect(table.reading()).toMatchObject({ writeUnits: 6, indexWriteUnits: 1 });
    await table.update({ pk: 'p', sk: '0' }, { summary: 't' });
    expect(table.reading()).toMatchObject({ writeUnits: 9, indexWriteUnits: 2 });
  });

  test('charges reads for each 4 KB begun of their sum, lists half', async () => {
    const table = newTable();
    for (const sk of ['0', '1', '2']) await table.put({ ...sized(sk, 3_000), list: 'l', listSort: sk });
    table.reset();
    await table.get({ pk: 'p', sk: 'none' });
    await table.get({ pk: 'p', sk: '0' });
    expect(table.reading()).toMatchObject({ gets: 2, readUnits: 2 });
    await table.query({ pk: 'p' });
    expect(table.reading()).toMatchObject({ queries: 1, readUnits: 2 + 3 });
    await table.list({ list: 'l', limit: 10 });
    expect(table.reading()).toMatchObject({ lists: 1, readUnits: 5.5 });
  });
});

describe('a metered queue', () => {
  const cases = [
    { sizes: [10], sendRequests: 1 },
    { sizes: Array<number>(10).fill(10), sendRequests: 1 },
    { sizes: Array<number>(11).fill(10), sendRequests: 2 },
    { sizes: [64 * 1024], sendRequests: 1 },
    { sizes: [64 * 1024 + 1], sendRequests: 2 },
    { sizes: [32 * 1024, 32 * 1024], sendRequests: 1 },
    { sizes: [200 * 1024, 200 * 1024], sendRequests: 8 },
  ];
  test.each(cases)('charges $sendRequests requests for bodies of $sizes bytes', async ({ sizes, sendRequests }) => {
    const queue = meterQueue(memoryQueue(virtualClock(0)));
    await queue.send(sizes.map((size) => ({ queue: 'advance', body: 'x'.repeat(size) })));
    expect(queue.reading()).toMatchObject({ messagesSent: sizes.length, sendRequests });
  });

  test('counts receives, empty ones too, deletions and postponements', async () => {
    const queue = meterQueue(memoryQueue(virtualClock(0)));
    await queue.send(['1', '2', '3'].map((body) => ({ queue: 'advance', body })));
    const [first, second] = await queue.receive('advance', 10, 30);
    await queue.receive('advance', 10, 30);
    await queue.delete('advance', first!.receipt);
    await queue.postpone('advance', second!.receipt, 5);
    expect(queue.reading()).toMatchObject({ messagesReceived: 3, receiveRequests: 2, deletes: 1, postponements: 1 });
  });

  test('keeps what the queue inside can do beyond the port', () => {
    expect(meterQueue(memoryQueue(virtualClock(0))).nextVisibleAt()).toBeUndefined();
  });
});

test('metered payloads count requests and bytes', async () => {
  const payloads = meterPayloads(memoryPayloads());
  await payloads.put('k', new Uint8Array(10));
  await payloads.get('k');
  await payloads.get('none');
  expect(payloads.reading()).toEqual({ puts: 1, bytesPut: 10, gets: 2, bytesGot: 10 });
});
