// The one SQLite file behind the embedded adapters, and its group commit: all writes issued in one turn of the event
// loop share one transaction, and their promises resolve after COMMIT has reached the disk (WAL, synchronous FULL).
// So a busy server pays one disk flush for many transitions and still never acknowledges what could be lost.
// Reads run at once: between turns no transaction is open, so they see exactly what is committed.
// The file is locked by one process; a second server on the same directory is told so.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

export interface Store {
  readonly file: string;
  prepare(sql: string): StatementSync;
  /** Runs `work` within this turn's transaction; it must be synchronous and throw only for trouble of the store. */
  write<T>(work: () => T): Promise<T>;
  /** Runs a read now. */
  read<T>(work: () => T): Promise<T>;
  /** Commits what is pending, then lets go of the file. */
  close(): void;
}

interface Write {
  work: () => unknown;
  resolve: (value: never) => void;
  reject: (reason: Error) => void;
}

export function openStore(directory: string | undefined, schema: string): Store {
  const file = directory === undefined ? ':memory:' : join(directory, 'state.db');
  const database = openDatabase(directory, file, schema);
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
      const values = batch.map(({ work }) => work());
      commit.run();
      batch.forEach(({ resolve }, index) => {
        resolve(values[index] as never);
      });
    } catch (error) {
      // Some failures (a full disk) have already rolled back by themselves.
      if (database.isTransaction) database.exec('ROLLBACK');
      const reason = trouble('write', file, error);
      for (const { reject } of batch) reject(reason);
    }
  }

  return {
    file,
    prepare: (sql) => database.prepare(sql),
    write(work) {
      if (closed) return Promise.reject(new Error(`${file} is closed.`));
      return new Promise((resolve, reject) => {
        if (pending.length === 0) setImmediate(flush);
        pending.push({ work, resolve, reject });
      });
    },
    async read(work) {
      if (closed) throw new Error(`${file} is closed.`);
      try {
        return work();
      } catch (error) {
        throw trouble('read', file, error);
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

function openDatabase(directory: string | undefined, file: string, schema: string): DatabaseSync {
  try {
    if (directory !== undefined) mkdirSync(directory, { recursive: true });
    const database = new DatabaseSync(file, { timeout: 0 });
    try {
      database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
      database.exec(`BEGIN IMMEDIATE; ${schema}; COMMIT;`);
    } catch (error) {
      database.close();
      throw error;
    }
    return database;
  } catch (error) {
    throw trouble('open', file, error);
  }
}

const SQLITE_BUSY = 5;

function trouble(verb: 'open' | 'read' | 'write', file: string, error: unknown): Error {
  const { errcode } = error as { errcode?: number };
  const reason =
    errcode === SQLITE_BUSY ? 'another process is using it' : error instanceof Error ? error.message : String(error);
  return new Error(`Cannot ${verb} ${file}: ${reason}.`, { cause: error });
}
