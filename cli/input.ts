// What files hold; and JSON that a flag gives: in a file, on the command line, or on standard input.
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { UsageError } from './arguments.ts';
import type { Io } from './io.ts';

/** Throws UsageError with a sentence for a file that is not there or cannot be read. */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(whyUnread('file', file, error));
  }
}

/** Why a file or folder cannot be read, in a sentence. */
export function whyUnread(kind: 'file' | 'folder', path: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return `There is no ${kind} ${isAbsolute(path) ? path : `${path} in ${process.cwd()}`}.`;
  if (code === 'EISDIR') return `${path} is a folder, not a file.`;
  if (code === 'ENOTDIR') return `${path} is not a folder.`;
  return `Cannot read ${path}: ${message}.`;
}

/** A file, JSON text, or `-` for standard input. The text is sent as it is: numbers keep their digits. */
export async function readJson(flag: string, input: string, io: Io): Promise<string> {
  if (input === '-') return checked(await io.readInput(), 'Standard input');
  const path = input.replace(/^file:\/\//, '');
  if (existsSync(path)) return checked(readText(path), `The file ${path}`);
  if (path !== input || /^[\w./\\-]+\.json$/.test(input)) return readText(path);
  return checked(input, `--${flag} '${input}'`);
}

function checked(text: string, what: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    throw new UsageError(`${what} is not JSON: ${(error as Error).message}.`);
  }
}
