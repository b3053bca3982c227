// How late a Wait ends, with fifty of them due at once: from when it was due to the time in its StateExited event.
import { waitSeconds } from './definitions.ts';
import { type Figure, quantile } from './figure.ts';
import { allEnded, atOnce, startServer } from './server.ts';

const WAITS = 50;
const SECONDS = 1;

interface Event {
  type: string;
  timestamp: number;
}

export async function wait(): Promise<Figure[]> {
  const server = await startServer();
  try {
    const stateMachineArn = await server.createMachine(waitSeconds(SECONDS));
    const lateness: number[] = [];
    await atOnce(WAITS, WAITS, () => server.call('StartExecution', { stateMachineArn }));
    for (const { executionArn } of await allEnded(server, stateMachineArn)) {
      const { events } = (await server.call('GetExecutionHistory', { executionArn })) as { events: Event[] };
      const at = (type: string) => events.find((event) => event.type === type)?.timestamp ?? Number.NaN;
      lateness.push((at('WaitStateExited') - at('WaitStateEntered') - SECONDS) * 1_000);
    }
    return [
      {
        what: `lateness of a Wait p50, ${WAITS} at once`,
        value: quantile(lateness, 0.5),
        unit: 'ms',
        target: { atMost: 15 },
        beside: 'emulators 139 / 150 ms',
      },
      { what: `lateness of a Wait p99, ${WAITS} at once`, value: quantile(lateness, 0.99), unit: 'ms' },
    ];
  } finally {
    await server.close();
  }
}
