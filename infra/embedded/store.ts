// The one SQLite file behind the embedded adapters, and its group commit: all writes issued in one turn of the event
// loop share one transaction, and their promises resolve after COMMIT has reached the disk (WAL, synchronous FULL).
// So a busy server pays one disk flush for many transitions and still never acknowledges what could be lost.
// Reads run at once: between turns no transaction is open, so they see exactly what is committed.
// The file is locked by one process; a second server on the same directory is told so.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { Unavailable } from '../../core/errors.ts';

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

/** Primary result codes: https://www.sqlite.org/rescode.html */
const [BUSY, READONLY, IOERR, FULL, CANTOPEN] = [5, 8, 10, 13, 14];
/** Trouble of the disk, not of what was to be written: it may be over soon. */
const OF_THE_DISK = new Set([READONLY, IOERR, FULL, CANTOPEN]);

function trouble(verb: 'open' | 'read' | 'write', file: string, error: unknown): Error {
  const code = ((error as { errcode?: number }).errcode ?? 0) & 0xff;
  const sentence = `Cannot ${verb} ${file}: ${reasonOf(code, error)}.`;
  return OF_THE_DISK.has(code) ? new Unavailable(sentence, { cause: error }) : new Error(sentence, { cause: error });
}

function reasonOf(code: number, error: unknown): string {
  if (code === BUSY) return 'another process is using it';
  if (code === READONLY) return 'it is read-only';
  return error instanceof Error ? error.message : String(error);
}
