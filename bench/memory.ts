// Resident memory of the server's process, before and after executions: it must not grow with their number.
import { onePass } from './definitions.ts';
import type { Figure } from './figure.ts';
import { secondsToRun, startServer } from './server.ts';

const MEBIBYTE = 2 ** 20;

export async function memory(): Promise<Figure[]> {
  const server = await startServer();
  try {
    const figures: Figure[] = [];
    const look = async (what: string) =>
      figures.push({ what, value: (await server.usage()).residentBytes / MEBIBYTE, unit: 'MiB' });
    await look('memory of the server at start');
    let done = 0;
    for (const executions of [1_000, 10_000, 20_000]) {
      await secondsToRun(server, await server.createMachine(onePass), executions - done);
      done = executions;
      await look(`memory after ${executions} executions`);
    }
    return figures;
  } finally {
    await server.close();
  }
}
