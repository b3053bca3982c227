// The `stepwell` command in this process: its exit code, and what it printed.
import type { Io } from '../../cli/io.ts';
import { main } from '../../cli/main.ts';
import { unpainted } from '../../cli/render.ts';

export interface Ran {
  code: number;
  out: string[];
  err: string[];
}

/** `answer` is what somebody at a terminal would say; without it, nobody is there. */
export async function stepwell(
  args: string[],
  { input = '', answer }: { input?: string; answer?: string } = {},
): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = {
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    readInput: async () => input,
    ...(answer === undefined ? {} : { ask: async () => answer }),
    paint: unpainted,
    screen: undefined,
  };
  return { code: await main(args, io), out, err };
}
