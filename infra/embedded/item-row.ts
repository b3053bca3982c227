// An item as a row of SQLite. Scalars are JSON text and binary attributes one blob, behind each other, so a curious
// `sqlite3 state.db` shows what there is. Attributes with a meaning of their own are repeated as columns.

import { Unreadable } from '../../core/errors.ts';
import type { Item } from '../../core/ports.ts';

export const ITEM_COLUMNS = 'pk, sk, expires, list, list_sort, summary, attributes, binaries';

type ItemRow = [
  pk: string,
  sk: string,
  expires: number | null,
  list: string | null,
  listSort: string | null,
  summary: string | null,
  attributes: string,
  binaries: Uint8Array | null,
];

/** `attributes`, parsed: `sizes` tells where each binary attribute stands in the blob. */
interface Attributes {
  scalars: Record<string, string | number>;
  sizes?: Record<string, number>;
}

export interface StoredAttributes {
  attributes: string;
  binaries: Uint8Array | null;
}

export function toRow(item: Item): ItemRow {
  const scalars: Record<string, string | number> = {};
  const sizes: Record<string, number> = {};
  const bodies: Uint8Array[] = [];
  for (const [name, value] of Object.entries(item)) {
    if (name === 'pk' || name === 'sk') continue;
    if (value instanceof Uint8Array) {
      sizes[name] = value.length;
      bodies.push(value);
    } else scalars[name] = value;
  }
  const listed = typeof item.list === 'string' && typeof item.listSort === 'string';
  const attributes: Attributes = bodies.length === 0 ? { scalars } : { scalars, sizes };
  return [
    item.pk,
    item.sk,
    typeof item.expires === 'number' ? item.expires : null,
    listed ? (item.list as string) : null,
    listed ? (item.listSort as string) : null,
    typeof item.summary === 'string' ? item.summary : null,
    JSON.stringify(attributes),
    // Copied even when there is one only: the write happens later, and the caller may reuse its buffer.
    bodies.length === 0 ? null : Buffer.concat(bodies),
  ];
}

export function fromRow(pk: string, sk: string, row: StoredAttributes): Item {
  const { scalars, sizes = {} } = parsed(pk, sk, row);
  const item: Item = { pk, sk, ...scalars };
  let offset = 0;
  for (const [name, size] of Object.entries(sizes)) {
    item[name] = (row.binaries ?? new Uint8Array()).subarray(offset, offset + size);
    offset += size;
  }
  return item;
}

function parsed(pk: string, sk: string, { attributes }: StoredAttributes): Attributes {
  try {
    return JSON.parse(attributes);
  } catch (defect) {
    throw new Unreadable(`The item ${pk} / ${sk} cannot be read: ${(defect as Error).message}`);
  }
}
