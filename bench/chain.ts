// Executions of ten Pass and Choice states over HTTP, durable: transitions per second.
import { passAndChoice } from './definitions.ts';
import type { Figure } from './figure.ts';
import { secondsToRun, startServer } from './server.ts';

const STATES = 10;
const EXECUTIONS = 6_000;

export async function chain(): Promise<Figure[]> {
  const server = await startServer();
  try {
    await secondsToRun(server, await server.createMachine(passAndChoice(STATES)), EXECUTIONS / 4);
    const seconds = await secondsToRun(server, await server.createMachine(passAndChoice(STATES)), EXECUTIONS);
    return [
      {
        what: 'chain of 10 Pass and Choice over HTTP, durable',
        value: (EXECUTIONS * STATES) / seconds,
        unit: 'transitions/s',
        target: { atLeast: 30_000 },
        beside: 'emulators in memory 22 / 474 / 5,461',
      },
    ];
  } finally {
    await server.close();
  }
}
