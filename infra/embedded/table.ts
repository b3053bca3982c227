// The Table port on SQLite. Conditions are decided inside the write transaction, so they are as atomic as DynamoDB's,
// and text is ordered by its UTF-8 bytes, as there. As with DynamoDB's TTL, an expired item stays readable until
// somebody purges it.

import type { Item, Key, Table } from '../../core/ports.ts';
import { conditionHolds } from '../condition.ts';
import { fromRow, ITEM_COLUMNS, type StoredAttributes, toRow } from './item-row.ts';
import type { Store } from './store.ts';

export const TABLE_SCHEMA = `
  CREATE TABLE IF NOT EXISTS items (
    number INTEGER PRIMARY KEY,
    pk TEXT NOT NULL, sk TEXT NOT NULL,
    expires INTEGER, list TEXT, list_sort TEXT, summary TEXT,
    attributes TEXT NOT NULL, binaries BLOB
  );
  CREATE UNIQUE INDEX IF NOT EXISTS items_key ON items (pk, sk);
  CREATE INDEX IF NOT EXISTS items_list ON items (list, list_sort) WHERE list IS NOT NULL`;

/** Rows looked at in one transaction of a purge: other work gets its turn in between. */
const PURGE_ROWS = 5_000;

/** In SQLite's order every blob comes after every text, so the empty one is an upper bound of all text. */
const AFTER_ALL_TEXT = new Uint8Array();

export interface EmbeddedTable extends Table {
  /** Removes items whose `expires` has passed; gives how many. */
  purge(nowSeconds: number): Promise<number>;
}

export function embeddedTable(store: Store): EmbeddedTable {
  const statements = prepareStatements(store);

  const find = (key: Key): Item | undefined => {
    const row = statements.get.get(key.pk, key.sk);
    return row && fromRow(key.pk, key.sk, row as unknown as StoredAttributes);
  };

  return {
    get: (key) => store.read(() => find(key)),
    put(item, condition) {
      const row = toRow(item);
      if (condition?.if === 'absent') return store.write(() => statements.insert.run(...row).changes === 1);
      return store.write(() => {
        if (condition !== undefined && !conditionHolds(find(item), condition)) return false;
        statements.upsert.run(...row);
        return true;
      });
    },
    update: (key, set, condition) =>
      store.write(() => {
        const stored = find(key);
        if (!conditionHolds(stored, condition)) return false;
        statements.upsert.run(...toRow({ ...stored, ...set, pk: key.pk, sk: key.sk }));
        return true;
      }),
    delete: (key) =>
      store.write(() => {
        statements.delete.run(key.pk, key.sk);
      }),
    query: ({ pk, from = '', to = AFTER_ALL_TEXT, limit = -1, descending = false }) =>
      store.read(() => {
        const rows = (descending ? statements.queryDown : statements.query).all(pk, from, to, limit);
        return (rows as unknown as (StoredAttributes & { sk: string })[]).map((row) => fromRow(pk, row.sk, row));
      }),
    list: ({ list, after, limit, descending = false }) =>
      store.read(() => {
        const rows = descending
          ? statements.listDown.all(list, after ?? AFTER_ALL_TEXT, limit)
          : statements.list.all(list, after ?? '', limit);
        return (rows as unknown as (Item & { summary: string | null })[]).map(({ summary, ...row }) =>
          summary === null ? { ...row } : { ...row, summary },
        );
      }),
    async purge(nowSeconds) {
      const { first, last } = (await store.read(() => statements.bounds.get())) as { first: number; last: number };
      let removed = 0;
      for (let number = first; number <= last; number += PURGE_ROWS) {
        removed += await store.write(() =>
          Number(statements.purge.run(number, number + PURGE_ROWS, nowSeconds).changes),
        );
      }
      return removed;
    },
  };
}

function prepareStatements(store: Store) {
  const insert = `INSERT INTO items (${ITEM_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (pk, sk)`;
  const assignments = ITEM_COLUMNS.split(', ').map((column) => `${column} = excluded.${column}`);
  const query = 'SELECT sk, attributes, binaries FROM items WHERE pk = ? AND sk >= ? AND sk <= ? ORDER BY sk';
  const list = 'SELECT pk, sk, list, list_sort AS listSort, summary FROM items WHERE list = ? AND list_sort';
  return {
    get: store.prepare('SELECT attributes, binaries FROM items WHERE pk = ? AND sk = ?'),
    insert: store.prepare(`${insert} DO NOTHING`),
    upsert: store.prepare(`${insert} DO UPDATE SET ${assignments.join(', ')}`),
    delete: store.prepare('DELETE FROM items WHERE pk = ? AND sk = ?'),
    query: store.prepare(`${query} LIMIT ?`),
    queryDown: store.prepare(`${query} DESC LIMIT ?`),
    list: store.prepare(`${list} > ? ORDER BY list_sort LIMIT ?`),
    listDown: store.prepare(`${list} < ? ORDER BY list_sort DESC LIMIT ?`),
    bounds: store.prepare('SELECT coalesce(min(number), 0) AS first, coalesce(max(number), -1) AS last FROM items'),
    purge: store.prepare('DELETE FROM items WHERE number >= ? AND number < ? AND expires < ?'),
  };
}
