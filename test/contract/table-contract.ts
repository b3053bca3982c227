// What every Table promises, whatever it stands on. Each adapter runs this suite from its own test file.

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Condition, Item, Key, Table } from '../../core/ports.ts';

export interface TableHarness {
  table: Table;
  close?(): unknown;
}

export function tableContract(name: string, make: () => TableHarness | Promise<TableHarness>): void {
  describe(`table: ${name}`, () => {
    let harness: TableHarness;
    let table: Table;
    beforeAll(async () => {
      harness = await make();
      table = harness.table;
    });
    afterAll(() => harness?.close?.());

    describe('items', () => itemPromises(() => table));
    describe('conditions', () => conditionPromises(() => table));
    describe('updates', () => updatePromises(() => table));
    describe('ranges', () => rangePromises(() => table));
    describe('the list index', () => listPromises(() => table));
  });
}

/** A partition of its own for each test, so that suites can share a real table. */
const fresh = () => `contract#${randomUUID()}`;

function itemPromises(table: () => Table): void {
  test('an item comes back as it was put: strings, numbers, bytes', async () => {
    const item: Item = {
      pk: fresh(),
      sk: '0',
      text: 'Grüße 漢字 \u{1F600} "\\\n',
      empty: '',
      integer: 1_763_715_000_123,
      fraction: -0.25,
      body: Uint8Array.from({ length: 256 }, (_, byte) => byte),
      second: Uint8Array.of(7),
      list_: 'reserved words are names like any other',
      size: 1,
    };
    expect(await table().put(item)).toBe(true);
    expect(plain(await table().get(item))).toEqual(item);
  });

  test('what was never put is undefined', async () => {
    expect(await table().get({ pk: fresh(), sk: '0' })).toBeUndefined();
  });

  test('a put replaces the whole item', async () => {
    const key = { pk: fresh(), sk: '0' };
    await table().put({ ...key, a: 1, b: 2 });
    await table().put({ ...key, c: 3 });
    expect(await table().get(key)).toEqual({ ...key, c: 3 });
  });

  test('changing what was given or handed out changes nothing that is stored', async () => {
    const key = { pk: fresh(), sk: '0' };
    const body = Uint8Array.of(1, 2, 3);
    await table().put({ ...key, body });
    body[0] = 9;
    const handed = await table().get(key);
    (handed?.body as Uint8Array)[1] = 9;
    expect(plain(await table().get(key))).toEqual({ ...key, body: Uint8Array.of(1, 2, 3) });
  });

  test('a deleted item is gone, and deleting it again is harmless', async () => {
    const key = { pk: fresh(), sk: '0' };
    await table().put({ ...key, a: 1 });
    await table().delete(key);
    await table().delete(key);
    expect(await table().get(key)).toBeUndefined();
    expect(await table().query({ pk: key.pk })).toEqual([]);
  });

  test('an item of 300 KB fits', async () => {
    const item = { pk: fresh(), sk: '0', body: new Uint8Array(300 * 1024).fill(7) };
    await table().put(item);
    const { body } = (await table().get(item)) as unknown as { body: Uint8Array };
    expect(Buffer.compare(body, item.body)).toBe(0);
  });
}

function conditionPromises(table: () => Table): void {
  const stored = { number: 5, text: 'RUNNING', expires: 1000 };
  const cases: { condition: Condition; onStored: boolean; onNothing: boolean }[] = [
    { condition: { if: 'absent' }, onStored: false, onNothing: true },
    { condition: { if: 'exists' }, onStored: true, onNothing: false },
    { condition: { if: 'absent-or-expired', nowSeconds: 999 }, onStored: false, onNothing: true },
    { condition: { if: 'absent-or-expired', nowSeconds: 1000 }, onStored: false, onNothing: true },
    { condition: { if: 'absent-or-expired', nowSeconds: 1001 }, onStored: true, onNothing: true },
    { condition: { if: 'equals', attribute: 'number', value: 5 }, onStored: true, onNothing: false },
    { condition: { if: 'equals', attribute: 'number', value: 6 }, onStored: false, onNothing: false },
    { condition: { if: 'equals', attribute: 'number', value: '5' }, onStored: false, onNothing: false },
    { condition: { if: 'equals', attribute: 'text', value: 'RUNNING' }, onStored: true, onNothing: false },
    { condition: { if: 'equals', attribute: 'missing', value: 'RUNNING' }, onStored: false, onNothing: false },
  ];

  const writes = {
    put: (key: Key, condition: Condition) => table().put({ ...key, won: 1 }, condition),
    update: (key: Key, condition: Condition) => table().update(key, { won: 1 }, condition),
  };
  const outcome = (wins: boolean) => (wins ? 'wins' : 'loses');
  for (const [name, write] of Object.entries(writes)) {
    for (const { condition, onStored, onNothing } of cases) {
      const promise = `${outcome(onStored)} on an item, ${outcome(onNothing)} on none`;
      test(`${name} if ${JSON.stringify(condition)} ${promise}`, async () => {
        const taken = { pk: fresh(), sk: 'taken' };
        await table().put({ ...taken, ...stored });
        expect(await write(taken, condition)).toBe(onStored);
        expect((await table().get(taken))?.won).toBe(onStored ? 1 : undefined);

        const free = { pk: taken.pk, sk: 'free' };
        expect(await write(free, condition)).toBe(onNothing);
        expect(await table().get(free)).toEqual(onNothing ? { ...free, won: 1 } : undefined);
      });
    }
  }

  test('an item that never expires is not expired', async () => {
    const key = { pk: fresh(), sk: '0' };
    await table().put({ ...key, a: 1 });
    expect(await table().put(key, { if: 'absent-or-expired', nowSeconds: 9_999_999_999 })).toBe(false);
  });

  test('of many puts at once that ask for absence, exactly one wins, and its item is there', async () => {
    const key = { pk: fresh(), sk: '0' };
    const puts = Array.from({ length: 10 }, (_, by) => table().put({ ...key, by }, { if: 'absent' }));
    const won = await Promise.all(puts);
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await table().get(key)).toEqual({ ...key, by: won.indexOf(true) });
  });

  test('of many updates at once from one state, exactly one wins', async () => {
    const key = { pk: fresh(), sk: '0' };
    await table().put({ ...key, version: 1 });
    const updates = Array.from({ length: 10 }, (_, by) =>
      table().update(key, { version: 2, by }, { if: 'equals', attribute: 'version', value: 1 }),
    );
    const won = await Promise.all(updates);
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await table().get(key)).toEqual({ ...key, version: 2, by: won.indexOf(true) });
  });
}

function updatePromises(table: () => Table): void {
  test('an update sets what it names and leaves the rest', async () => {
    const key = { pk: fresh(), sk: '0' };
    await table().put({ ...key, a: 1, body: Uint8Array.of(1) });
    expect(await table().update(key, { a: 2, status: 'x', second: Uint8Array.of(2) })).toBe(true);
    const expected = { ...key, a: 2, status: 'x', body: Uint8Array.of(1), second: Uint8Array.of(2) };
    expect(plain(await table().get(key))).toEqual(expected);
  });

  test('an update of nothing makes the item', async () => {
    const key = { pk: fresh(), sk: '0' };
    expect(await table().update(key, { a: 1 })).toBe(true);
    expect(await table().get(key)).toEqual({ ...key, a: 1 });
  });

  test('an update that sets nothing makes sure there is an item', async () => {
    const key = { pk: fresh(), sk: '0' };
    expect(await table().update(key, {})).toBe(true);
    expect(await table().get(key)).toEqual(key);
  });
}

function rangePromises(table: () => Table): void {
  const sortKeys = ['-', '0', '00', '01', '1', '10', '9', 'A', 'Z', '_', 'a', 'aa', 'z', '~', 'ä', '漢'];

  test('a partition comes in the order of code units, alone', async () => {
    const pk = fresh();
    await putAll(table(), pk, sortKeys.toReversed());
    await putAll(table(), `${pk}0`, ['other']);
    expect(await sortKeysOf(table().query({ pk }))).toEqual(sortKeys);
    expect(await sortKeysOf(table().query({ pk, descending: true }))).toEqual(sortKeys.toReversed());
  });

  const cases = [
    { range: { from: '3' }, expected: '3456789' },
    { range: { to: '3' }, expected: '0123' },
    { range: { from: '2', to: '4' }, expected: '234' },
    { range: { from: '3', to: '3' }, expected: '3' },
    { range: { from: '4', to: '2' }, expected: '' },
    { range: { from: '30', to: '39' }, expected: '' },
    { range: { limit: 2 }, expected: '01' },
    { range: { limit: 0 }, expected: '' },
    { range: { limit: 99 }, expected: '0123456789' },
    { range: { descending: true, limit: 1 }, expected: '9' },
    { range: { from: '2', limit: 2 }, expected: '23' },
    { range: { from: '2', to: '6', descending: true, limit: 2 }, expected: '65' },
    { range: { to: '4', descending: true }, expected: '43210' },
  ];

  test.each(cases)('of 0123456789, $range gives "$expected"', async ({ range, expected }) => {
    const pk = fresh();
    await putAll(table(), pk, [...'0123456789']);
    expect((await sortKeysOf(table().query({ pk, ...range }))).join('')).toBe(expected);
  });

  test('thousands of items come back whole, over however many pages', { timeout: 120_000 }, async () => {
    const pk = fresh();
    const names = Array.from({ length: 3_000 }, (_, number) => String(number).padStart(8, '0'));
    // A kilobyte each: three of DynamoDB's pages.
    for (let start = 0; start < names.length; start += 100) {
      const body = new Uint8Array(1024);
      await Promise.all(names.slice(start, start + 100).map((sk) => table().put({ pk, sk, body }, { if: 'absent' })));
    }
    expect(await sortKeysOf(table().query({ pk }))).toEqual(names);
    expect(await sortKeysOf(table().query({ pk, limit: 2_500, from: names[10]! }))).toEqual(names.slice(10, 2_510));
  });
}

function listPromises(table: () => Table): void {
  const listed = (list: string, number: number): Item => ({
    pk: `${list}#${number}`,
    sk: '0',
    list,
    listSort: String(number),
    summary: `{"n":${number}}`,
    body: Uint8Array.of(1),
    secret: 'x',
  });
  /** The index is eventually consistent: looks until it shows so many. */
  const settled = (list: string, count: number) =>
    expect.poll(() => table().list({ list, limit: 100 }), { timeout: 20_000 }).toHaveLength(count);

  test('it shows keys, list, listSort and summary, and nothing else', async () => {
    const list = fresh();
    await table().put(listed(list, 1));
    await settled(list, 1);
    const { pk, sk, listSort, summary } = listed(list, 1) as Item & Record<string, string>;
    expect(await table().list({ list, limit: 10 })).toEqual([{ pk, sk, list, listSort, summary }]);
  });

  test('an item without a summary is listed without one', async () => {
    const list = fresh();
    const item = { pk: list, sk: '0', list, listSort: '1' };
    await table().put({ ...item, other: 1 });
    await settled(list, 1);
    expect(await table().list({ list, limit: 10 })).toEqual([item]);
  });

  test('an item without listSort is in no list', async () => {
    const list = fresh();
    await table().put({ pk: list, sk: '0', list });
    await table().put({ pk: list, sk: '1', list, listSort: '1' });
    await settled(list, 1);
  });

  test('it goes page by page, in both directions, each item once', async () => {
    const list = fresh();
    const numbers = [1, 2, 3, 4, 5, 6, 7];
    for (const number of [4, 7, 1, 3, 6, 2, 5]) await table().put(listed(list, number));
    await table().put(listed(`${list}0`, 1));
    await settled(list, numbers.length);

    for (const descending of [false, true]) {
      const seen: string[] = [];
      for (;;) {
        const page = await table().list({ list, limit: 3, descending, ...(seen.length && { after: seen.at(-1)! }) });
        expect(page.length).toBeLessThanOrEqual(3);
        seen.push(...page.map(({ listSort }) => listSort as string));
        if (page.length < 3) break;
      }
      expect(seen).toEqual((descending ? numbers.toReversed() : numbers).map(String));
    }
  });

  test('it follows updates, replacements and deletions', async () => {
    const list = fresh();
    for (const number of [1, 2, 3]) await table().put(listed(list, number));
    await table().update(listed(list, 1), { listSort: '9', summary: 'moved' });
    await table().delete(listed(list, 2));
    await table().put({ pk: listed(list, 3).pk, sk: '0', unlisted: 1 });
    const item = { pk: `${list}#1`, sk: '0', list, listSort: '9', summary: 'moved' };
    await expect.poll(() => table().list({ list, limit: 10 }), { timeout: 20_000 }).toEqual([item]);
  });
}

async function putAll(table: Table, pk: string, sortKeys: string[]): Promise<void> {
  await Promise.all(sortKeys.map((sk) => table.put({ pk, sk })));
}

async function sortKeysOf(items: Promise<Item[]>): Promise<string[]> {
  return (await items).map(({ sk }) => sk);
}

/** Buffers and Uint8Arrays are the same to us, not to `toEqual`. */
function plain(item: Item | undefined): Item | undefined {
  if (item === undefined) return undefined;
  const entries = Object.entries(item).map(([name, value]) => [
    name,
    value instanceof Uint8Array ? new Uint8Array(value) : value,
  ]);
  return Object.fromEntries(entries) as Item;
}
