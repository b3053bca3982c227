// Executions of one Pass, started and finished per second: over HTTP, durable, on the embedded default.
import { onePass } from './definitions.ts';
import type { Figure } from './figure.ts';
import { secondsToRun, startServer } from './server.ts';

const EXECUTIONS = 8_000;

export async function pass(): Promise<Figure[]> {
  const server = await startServer();
  try {
    await secondsToRun(server, await server.createMachine(onePass), EXECUTIONS / 4);
    const seconds = await secondsToRun(server, await server.createMachine(onePass), EXECUTIONS);
    return [
      {
        what: 'executions of one Pass over HTTP, durable',
        value: EXECUTIONS / seconds,
        unit: '/s',
        target: { atLeast: 3_000 },
        beside: 'emulators in memory 71 / 918 / 1,976',
      },
    ];
  } finally {
    await server.close();
  }
}
