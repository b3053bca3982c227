// The Payloads port on SQLite. A row takes a body of any size, so no body has to leave its record; the table is for
// those who write payloads for reasons of their own.

import type { Payloads } from '../../core/ports.ts';
import type { Store } from './store.ts';

export const PAYLOADS_SCHEMA = 'CREATE TABLE IF NOT EXISTS payloads (key TEXT PRIMARY KEY, body BLOB NOT NULL)';

/** A small body costs more time to compress than to write; the large ones of wide runs shrink to a tenth. */
const DEFLATE_ABOVE_BYTES = 8_192;

export function embeddedPayloads(store: Store): Payloads {
  const put = store.prepare('INSERT OR REPLACE INTO payloads (key, body) VALUES (?, ?)');
  const get = store.prepare('SELECT body FROM payloads WHERE key = ?');
  return {
    thresholdBytes: Number.POSITIVE_INFINITY,
    deflateAboveBytes: DEFLATE_ABOVE_BYTES,
    put(key, body) {
      const copy = new Uint8Array(body);
      return store.write(() => {
        put.run(key, copy);
      });
    },
    get: (key) => store.read(() => get.get(key)?.body as Uint8Array | undefined),
  };
}
