// JSON that a flag gives: in a file, on the command line, or on standard input.
import { existsSync, readFileSync } from 'node:fs';
import { UsageError } from './arguments.ts';
import type { Io } from './io.ts';

/** A file, JSON text, or `-` for standard input. The text is sent as it is: numbers keep their digits. */
export async function readJson(flag: string, input: string, io: Io): Promise<string> {
  if (input === '-') return checked(await io.readInput(), 'Standard input');
  const path = input.replace(/^file:\/\//, '');
  if (existsSync(path)) return checked(readFileSync(path, 'utf8'), `The file ${path}`);
  if (path !== input || /^[\w./\\-]+\.json$/.test(input)) throw new UsageError(`There is no file ${path}.`);
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
