// What a command may touch besides the API: its output, its input, the terminal. Data goes to `out`, all else to `err`,
// so that a command's output can be piped.
import { text } from 'node:stream/consumers';
import { type Paint, painted, unpainted } from './render.ts';

export interface Io {
  out(line: string): void;
  err(line: string): void;
  readInput(): Promise<string>;
  paint: Paint;
  /** Where a picture can be redrawn; undefined when nobody looks, or only a file does. */
  screen: Screen | undefined;
}

export interface Screen {
  rows(): number;
  write(text: string): void;
}

export function processIo(): Io {
  const { stdin, stdout, stderr, env } = process;
  const isTerminal = stderr.isTTY === true && env.TERM !== 'dumb';
  return {
    out: (line) => stdout.write(`${line}\n`),
    err: (line) => stderr.write(`${line}\n`),
    readInput: () => text(stdin),
    paint: isTerminal && !env.NO_COLOR ? painted : unpainted,
    screen: isTerminal ? { rows: () => stderr.rows, write: (drawing) => stderr.write(drawing) } : undefined,
  };
}
