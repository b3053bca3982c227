// What a command may touch besides the API: its output, its input, the terminal. Data goes to `out`, all else to `err`,
// so that a command's output can be piped.
import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import type { WriteStream } from 'node:tty';
import { type Paint, painted, unpainted } from './render.ts';

export interface Io {
  out(line: string): void;
  err(line: string): void;
  readInput(): Promise<string>;
  /** Asks whoever sits there for a line; absent when nobody does. */
  ask?(question: string): Promise<string>;
  paint: Paint;
  /** Where a picture can be redrawn; undefined when nobody looks, or only a file does. */
  screen: Screen | undefined;
}

/** A picture at the end of the terminal, redrawn in place; printed lines go above it. */
export interface Screen {
  /** Lines a picture may have. */
  height(): number;
  draw(picture: string[]): void;
  /** The picture stays where it is; what comes next goes below. */
  leave(): void;
}

export function processIo(): Io {
  const { stdin, stdout, stderr, env } = process;
  // Who reads our output may leave early (`| head`): nothing is left to say then. Nobody needs what else we tell.
  stdout.on('error', () => process.exit());
  stderr.on('error', () => {});
  const isTerminal = stderr.isTTY === true && env.TERM !== 'dumb';
  const terminal = isTerminal ? openTerminal(stderr) : undefined;
  return {
    out: (line) => stdout.write(`${line}\n`),
    err: terminal?.print ?? ((line) => stderr.write(`${line}\n`)),
    readInput: () => text(stdin),
    ...(stdin.isTTY && isTerminal ? { ask } : {}),
    paint: isTerminal && !env.NO_COLOR ? painted : unpainted,
    screen: terminal,
  };
}

async function ask(question: string): Promise<string> {
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await asking.question(question);
  } finally {
    asking.close();
  }
}

const ERASE_BELOW = '\u001b[J';
/** Without wrapping one line of the picture is one line of the screen. */
const WRAP = { off: '\u001b[?7l', on: '\u001b[?7h' };

function openTerminal(stream: WriteStream): Screen & { print(line: string): void } {
  let picture: string[] = [];
  const erase = () => (picture.length === 0 ? '' : `\u001b[${picture.length}A\r${ERASE_BELOW}`);
  const show = (lines: string[]) => `${WRAP.off}${lines.map((line) => `${line}\n`).join('')}${WRAP.on}`;
  return {
    height: () => Math.max(stream.rows - 2, 5),
    draw(next) {
      stream.write(erase() + show(next));
      picture = next;
    },
    leave() {
      picture = [];
    },
    print(line) {
      stream.write(`${erase()}${line}\n${show(picture)}`);
    },
  };
}
