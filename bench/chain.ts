// Executions of ten Pass and Choice states over HTTP, durable: transitions per second.
import { passAndChoice } from './definitions.ts';
import type { Figure } from './figure.ts';
import { startServer, throughput } from './server.ts';

const STATES = 10;
const EXECUTIONS = 5_000;

export async function chain(): Promise<Figure[]> {
  const server = await startServer();
  try {
    const { perSecond, cpuMicroseconds } = await throughput(server, passAndChoice(STATES), EXECUTIONS);
    return [
      {
        what: 'chain of 10 Pass and Choice over HTTP, durable',
        value: perSecond * STATES,
        unit: 'transitions/s',
        target: { atLeast: 30_000 },
        beside: 'emulators in memory 22 / 474 / 5,461',
      },
      { what: 'processor of the server per execution of the chain', value: cpuMicroseconds, unit: 'us' },
    ];
  } finally {
    await server.close();
  }
}
