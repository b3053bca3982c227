// Inline Map over HTTP, durable: seconds from the request to the answer that it has ended, and how they grow.
import { mapOfTwoPass } from './definitions.ts';
import { type Figure, median, timed } from './figure.ts';
import { type BenchServer, startServer } from './server.ts';

const SMALL = 512;
const LARGE = 4_000;

export async function map(): Promise<Figure[]> {
  const server = await startServer();
  try {
    const machine = await server.createMachine(mapOfTwoPass);
    for (let warmUp = 0; warmUp < 3; warmUp++) await run(server, machine, SMALL);
    const small = await medianSeconds(server, machine, SMALL);
    const large = await medianSeconds(server, machine, LARGE);
    return [
      {
        what: `inline Map, ${SMALL} items of two Pass`,
        value: small,
        unit: 's',
        target: { atMost: 0.15 },
        beside: 'AWS, tasks, 75 s (2022); emulators 6.4 / 0.24 s in memory',
      },
      { what: `inline Map, ${LARGE} items of two Pass`, value: large, unit: 's' },
      {
        what: `growth from ${SMALL} to ${LARGE} items`,
        value: large / small,
        unit: 'times',
        target: { atMost: 8 },
        beside: 'an emulator 11',
      },
    ];
  } finally {
    await server.close();
  }
}

async function medianSeconds(server: BenchServer, machine: string, items: number): Promise<number> {
  const seconds: number[] = [];
  for (let round = 0; round < 5; round++) seconds.push((await timed(() => run(server, machine, items))) / 1_000);
  return median(seconds);
}

async function run(server: BenchServer, stateMachineArn: string, items: number): Promise<void> {
  const input = JSON.stringify(Array.from({ length: items }, (_, id) => ({ id })));
  const { executionArn } = await server.call('StartExecution', { stateMachineArn, input });
  for (;;) {
    const { status } = await server.call('DescribeExecution', { executionArn });
    if (status === 'SUCCEEDED') return;
    if (status !== 'RUNNING') throw new Error(`The Map ended as ${status}`);
    await new Promise((wake) => setTimeout(wake, 5));
  }
}
