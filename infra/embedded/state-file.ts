// The file that state is kept in: opened, made where there is none yet, or refused in one sentence that says which place
// is wrong and why. Whatever can be seen beforehand is looked at first: SQLite's own words for it are of little help.
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { getSystemErrorMessage } from 'node:util';
import { Unavailable, Unreadable } from '../../core/errors.ts';

const STATE_FILE = 'state.db';
/** Of the tables. A file of a version that we do not know may mean something else by the same columns. */
const VERSION = 1;
/** Tables that every state file has. */
const TABLES = ['items', 'messages'];

export interface StateFile {
  file: string;
  database: DatabaseSync;
}

/** In the directory, which is made if need be; in memory without one. Only one process at a time has it open. */
export function openStateFile(directory: string | undefined, schema: string): StateFile {
  if (directory === undefined) return { file: ':memory:', database: opened(':memory:', schema) };
  makeDirectory(directory);
  const file = join(directory, STATE_FILE);
  const objection = objectionTo(directory, file);
  if (objection !== undefined) throw new Error(`Cannot open ${file}: ${objection}.`);
  return { file, database: opened(file, schema) };
}

/** Step by step: `mkdirSync` with `recursive` never returns where the file system takes no directories, as in /proc. */
function makeDirectory(directory: string): void {
  const found = statSync(directory, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  if (found !== undefined) throw new Error(`Cannot keep state in ${directory}: it is a file, and not a folder.`);
  if (dirname(directory) !== directory) makeDirectory(dirname(directory));
  try {
    mkdirSync(directory);
  } catch (error) {
    const { code, errno = 0 } = error as NodeJS.ErrnoException;
    // Its parent is there: it takes no more.
    const reason = code === 'ENOENT' ? `${dirname(directory)} takes no folders` : getSystemErrorMessage(errno);
    if (code !== 'EEXIST') throw new Error(`Cannot make the folder ${directory}: ${reason}.`, { cause: error });
  }
}

/** What speaks against writing this file, as far as it can be seen from outside. */
function objectionTo(directory: string, file: string): string | undefined {
  const { R_OK, W_OK, X_OK } = constants;
  if (!isAllowed(directory, R_OK | X_OK)) return 'its folder may not be looked into';
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isDirectory()) return 'it is a folder, and not a file';
  if (found !== undefined && !isAllowed(file, R_OK)) return 'it may not be read';
  if (found !== undefined && !isAllowed(file, W_OK)) return 'it is read-only';
  return isAllowed(directory, W_OK) ? undefined : 'its folder is read-only';
}

function isAllowed(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

function opened(file: string, schema: string): DatabaseSync {
  try {
    const database = new DatabaseSync(file, { timeout: 0 });
    try {
      database.exec('PRAGMA locking_mode = EXCLUSIVE');
      assertOurs(database, file);
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
      database.exec(`BEGIN IMMEDIATE; ${schema}; PRAGMA user_version = ${VERSION}; COMMIT;`);
    } catch (error) {
      database.close();
      throw error;
    }
    return database;
  } catch (error) {
    throw storeTrouble('open', file, error);
  }
}

class Foreign extends Error {}

/** Throws for what somebody else has written, or a later version of us. */
function assertOurs(database: DatabaseSync, file: string): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
  const rows = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  const names = new Set(rows.map(({ name }) => name));
  if (names.size > 0 && !TABLES.every((table) => names.has(table)))
    throw new Foreign(`Cannot open ${file}: it is the database of another program.`);
  if (version > VERSION)
    throw new Foreign(`Cannot open ${file}: a newer version of Stepwell has written it, and this one cannot read it.`);
}

/** Primary result codes: https://www.sqlite.org/rescode.html */
const REASONS: Record<number, string> = {
  5: 'another process is using it',
  8: 'it is read-only',
  11: 'it is damaged',
  13: 'the disk is full',
  14: 'it cannot be opened or made',
  15: 'its file system has no locks',
  26: 'it is not a SQLite database',
};
/** READONLY, IOERR, FULL, CANTOPEN, and what a disk may have damaged: trouble not of what was to be written. */
const OF_THE_DISK = new Set([8, 10, 11, 13, 14, 26]);
/** IOERR_UNLOCK, IOERR_RDLOCK, IOERR_CHECKRESERVEDLOCK, IOERR_LOCK. */
const OF_LOCKS = new Set([2058, 2314, 3594, 3850]);

/** What SQLite says, in a sentence for whoever can do something about it; Unavailable where it may be over soon. */
export function storeTrouble(verb: 'open' | 'read' | 'write', file: string, error: unknown): Error {
  if (error instanceof Foreign || error instanceof Unavailable || error instanceof Unreadable) return error;
  const { errcode = 0, message } = error as { errcode?: number; message: string };
  const reason = OF_LOCKS.has(errcode) ? REASONS[15] : (REASONS[errcode & 0xff] ?? message);
  const sentence = `Cannot ${verb} ${file}: ${reason}.`;
  const isOfTheDisk = OF_THE_DISK.has(errcode & 0xff);
  return isOfTheDisk ? new Unavailable(sentence, { cause: error }) : new Error(sentence, { cause: error });
}
