// Whatever is wrong with the place where state is to be kept, the answer is one sentence that names it.
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openEmbedded } from '../../../infra/embedded/index.ts';
import { storeTrouble } from '../../../infra/embedded/state-file.ts';
import { systemClock } from '../../../infra/system-clock.ts';

let root: string;
let directory: string;
let file: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'state-file-'));
  directory = join(root, 'state');
  file = join(directory, 'state.db');
});
afterEach(() => rmSync(root, { recursive: true }));

const open = (where = directory) => openEmbedded({ directory: where, clock: systemClock });

/** What it says of this place. */
function refusal(where = directory): string {
  try {
    open(where).close();
  } catch (error) {
    return (error as Error).message;
  }
  return 'opened';
}

/** One that was in use. */
function made(): void {
  open().close();
}

function sql(text: string): void {
  mkdirSync(directory, { recursive: true });
  const database = new DatabaseSync(file);
  database.exec(text);
  database.close();
}

test('folders are made, as many as it takes, and are there the next time', () => {
  const deep = join(directory, 'of', 'today');
  open(deep).close();
  open(deep).close();
  expect(existsSync(join(deep, 'state.db'))).toBe(true);
});

test.each<[what: string, make: () => void, reason: string]>([
  ['is a folder', () => mkdirSync(file, { recursive: true }), 'it is a folder, and not a file'],
  [
    'is a link that leads nowhere',
    () => {
      mkdirSync(directory);
      symlinkSync(join(root, 'nowhere', 'state.db'), file);
    },
    'it cannot be opened or made',
  ],
  [
    'is no database',
    () => {
      mkdirSync(directory);
      writeFileSync(file, 'Dear diary, ');
    },
    'it is not a SQLite database',
  ],
  [
    'lost its end',
    () => {
      made();
      truncateSync(file, 30_000);
    },
    'it is damaged',
  ],
  [
    'has noise in its middle',
    () => {
      made();
      const bytes = readFileSync(file);
      writeFileSync(file, bytes.fill(0xa5, 4_096));
    },
    'it is damaged',
  ],
  ['is of another program', () => sql('CREATE TABLE users (name TEXT)'), 'it is the database of another program'],
  [
    'is of another program that has items, too',
    () => sql('CREATE TABLE items (name TEXT)'),
    'it is the database of another program',
  ],
  [
    'is of a newer version',
    () => {
      made();
      sql('PRAGMA user_version = 1000');
    },
    'a newer version of Stepwell has written it, and this one cannot read it',
  ],
])('a file that %s', (_what, make, reason) => {
  make();
  expect(refusal()).toBe(`Cannot open ${file}: ${reason}.`);
});

test('the database of another program stays as it is', () => {
  sql('CREATE TABLE users (name TEXT)');
  const before = readFileSync(file);
  expect(refusal()).not.toBe('opened');
  expect(readFileSync(file).equals(before)).toBe(true);
});

test('a file where the folder should be, and where one above it should be', () => {
  writeFileSync(directory, '');
  const sentence = `Cannot keep state in ${directory}: it is a file, and not a folder.`;
  expect(refusal()).toBe(sentence);
  expect(refusal(join(directory, 'below'))).toBe(sentence);
});

test('a file that another server has open', () => {
  const first = open();
  expect(refusal()).toBe(`Cannot open ${file}: another process is using it.`);
  first.close();
  open().close();
});

test('a file of the time before files had versions is opened', () => {
  made();
  sql('PRAGMA user_version = 0');
  open().close();
});

// Root may do everything.
test.skipIf(process.getuid?.() === 0).each<[what: string, path: () => string, mode: number, reason: string]>([
  ['a file that is read-only', () => file, 0o444, 'it is read-only'],
  ['a file that may not be read', () => file, 0o000, 'it may not be read'],
  ['a folder that is read-only', () => directory, 0o555, 'its folder is read-only'],
  ['a folder that may not be looked into', () => directory, 0o000, 'its folder may not be looked into'],
])('%s', (_what, path, mode, reason) => {
  made();
  chmodSync(path(), mode);
  try {
    expect(refusal()).toBe(`Cannot open ${file}: ${reason}.`);
  } finally {
    chmodSync(path(), 0o755);
  }
});

test.each([
  [13, 'the disk is full'],
  [3850, 'its file system has no locks'],
  [778, 'disk I/O error'],
])('SQLite says %i: %s', (errcode, reason) => {
  const error = Object.assign(new Error('disk I/O error'), { errcode });
  expect(storeTrouble('open', file, error).message).toBe(`Cannot open ${file}: ${reason}.`);
});

test('a copy of a state folder goes on where the first one was', () => {
  made();
  const copy = join(root, 'copy');
  cpSync(directory, copy, { recursive: true });
  open(copy).close();
});
