// Executions of one Pass, started and finished per second: over HTTP, durable, on the embedded default.
import { onePass } from './definitions.ts';
import type { Figure } from './figure.ts';
import { requestsPerSecond, startServer, throughput } from './server.ts';
import { number } from './table.ts';

const EXECUTIONS = 6_000;

export async function pass(): Promise<Figure[]> {
  const bare = await startServer('serve-bare.ts');
  const limit = await requestsPerSecond(bare, EXECUTIONS);
  await bare.close();
  const server = await startServer();
  try {
    const { perSecond, cpuMicroseconds } = await throughput(server, onePass, EXECUTIONS);
    return [
      {
        what: 'executions of one Pass over HTTP, durable',
        value: perSecond,
        unit: '/s',
        target: { atLeast: 3_000 },
        beside: `emulators in memory 71 / 918 / 1,976; bare Node HTTP ${number(limit)} requests/s`,
      },
      { what: 'processor of the server per execution of one Pass', value: cpuMicroseconds, unit: 'us' },
    ];
  } finally {
    await server.close();
  }
}
