// The embedded default: table, queue and payloads in one SQLite file of one process. What a laptop has instead of
// DynamoDB, SQS and S3.

import { randomUUID } from 'node:crypto';
import type { Clock, Payloads } from '../../core/ports.ts';
import { embeddedPayloads, PAYLOADS_SCHEMA } from './payloads.ts';
import { type EmbeddedQueue, embeddedQueue, QUEUE_SCHEMA } from './queue.ts';
import { storeTrouble } from './state-file.ts';
import { openStore, type Store } from './store.ts';
import { type EmbeddedTable, embeddedTable, TABLE_SCHEMA } from './table.ts';

export interface Embedded {
  table: EmbeddedTable;
  queue: EmbeddedQueue;
  payloads: Payloads;
  /** New with every opening: claims of another boot are over. */
  bootId: string;
  /** Where the state is; `:memory:` when nothing is kept. */
  file: string;
  close(): void;
}

export interface EmbeddedOptions {
  /** Where `state.db` stands or will stand; absent: in memory, gone with the process. */
  directory?: string | undefined;
  clock: Pick<Clock, 'now'>;
  maxReceiveCount?: number | undefined;
}

export function openEmbedded({ directory, clock, maxReceiveCount }: EmbeddedOptions): Embedded {
  const store = openStore(directory, [TABLE_SCHEMA, QUEUE_SCHEMA, PAYLOADS_SCHEMA].join(';'));
  try {
    return adaptersOn(store, { clock, maxReceiveCount });
  } catch (error) {
    store.close();
    throw storeTrouble('open', store.file, error);
  }
}

function adaptersOn(store: Store, { clock, maxReceiveCount }: EmbeddedOptions): Embedded {
  const queue = embeddedQueue(store, clock, maxReceiveCount);
  return {
    table: embeddedTable(store),
    queue,
    payloads: embeddedPayloads(store),
    bootId: randomUUID(),
    file: store.file,
    close() {
      queue.close();
      store.close();
    },
  };
}
