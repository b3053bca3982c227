// The one SQLite file behind the embedded adapters, and its group commit: all writes issued in one turn of the event
// loop share one transaction, and their promises resolve after COMMIT has reached the disk (WAL, synchronous FULL).
// So a busy server pays one disk flush for many transitions and still never acknowledges what could be lost.
// Reads run at once: between turns no transaction is open, so they see exactly what is committed.
// The file is locked by one process; a second server on the same directory is told so.

import type { StatementSync } from 'node:sqlite';
import { Unavailable, Unreadable } from '../../core/errors.ts';
import { openStateFile, storeTrouble } from './state-file.ts';

export interface Store {
  readonly file: string;
  prepare(sql: string): StatementSync;
  /** Runs `work` within this turn's transaction; it must be synchronous and throw only for trouble of the store. */
  write<T>(work: () => T): Promise<T>;
  /** The same, again and again while the disk refuses; for what must not be forgotten when it does. */
  writeSurely<T>(work: () => T): Promise<T>;
  /** Runs a read now. */
  read<T>(work: () => T): Promise<T>;
  /** Commits what is pending, then lets go of the file. */
  close(): void;
}

/** Between two attempts to write to a disk that refuses. */
const DISK_PAUSE_MS = 500;

interface Write {
  work: () => unknown;
  resolve: (value: never) => void;
  reject: (reason: Error) => void;
}

export function openStore(directory: string | undefined, schema: string): Store {
  const { file, database } = openStateFile(directory, schema);
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  let pending: Write[] = [];
  let closed = false;

  function flush(): void {
    const batch = pending;
    pending = [];
    if (batch.length === 0) return;
    try {
      begin.run();
      const results = batch.map(({ work }) => resultOf(work));
      commit.run();
      batch.forEach(({ resolve, reject }, index) => {
        const { value, damage } = results[index]!;
        if (damage === undefined) resolve(value as never);
        else reject(damage);
      });
    } catch (error) {
      // Some failures (a full disk) have already rolled back by themselves.
      if (database.isTransaction) database.exec('ROLLBACK');
      const reason = storeTrouble('write', file, error);
      for (const { reject } of batch) reject(reason);
    }
  }

  function write<T>(work: () => T): Promise<T> {
    if (closed) return Promise.reject(new Error(`${file} is closed.`));
    return new Promise((resolve, reject) => {
      if (pending.length === 0) setImmediate(flush);
      pending.push({ work, resolve, reject });
    });
  }

  return {
    file,
    prepare: (sql) => database.prepare(sql),
    write,
    async writeSurely(work) {
      for (;;) {
        try {
          return await write(work);
        } catch (error) {
          if (!(error instanceof Unavailable)) throw error;
          await new Promise((resolve) => setTimeout(resolve, DISK_PAUSE_MS).unref());
        }
      }
    },
    async read(work) {
      if (closed) throw new Error(`${file} is closed.`);
      try {
        return work();
      } catch (error) {
        throw storeTrouble('read', file, error);
      }
    },
    close() {
      if (closed) return;
      flush();
      closed = true;
      database.close();
    },
  };
}

/** An item that turns out to be damaged is the trouble of who asked for it, and of nobody who writes in the same turn. */
function resultOf(work: () => unknown): { value?: unknown; damage?: Unreadable } {
  try {
    return { value: work() };
  } catch (error) {
    if (error instanceof Unreadable) return { damage: error };
    throw error;
  }
}
