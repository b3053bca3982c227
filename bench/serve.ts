// The process that server.ts starts: the local server on the directory given, without the examples.
import { subscribe } from 'node:diagnostics_channel';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { startServer } from '../local/server.ts';
import { SERVER } from './embedded-engine.ts';
import type { Memory, Usage } from './server.ts';

/** Threads that run functions. */
const threads = new Set<Worker>();
subscribe('worker_threads', (message) => {
  const { worker } = message as { worker: Worker };
  threads.add(worker);
  worker.once('exit', () => threads.delete(worker));
});

const [stateDirectory = '.', functions] = process.argv.slice(2);
const functionDirectories = functions === undefined ? [] : [functions];
const server = await startServer({ ...SERVER, stateDirectory, functionDirectories });

function usage(): Usage {
  const { user, system } = process.cpuUsage();
  return { residentBytes: process.memoryUsage.rss(), cpuMs: (user + system) / 1_000 };
}

async function memory(): Promise<Memory> {
  globalThis.gc?.();
  const heaps = await Promise.allSettled([...threads].map((worker) => worker.getHeapStatistics()));
  const functionBytes = heaps.reduce(
    (sum, heap) => sum + (heap.status === 'fulfilled' ? heap.value.total_physical_size : 0),
    0,
  );
  const { rss, heapUsed, external } = process.memoryUsage();
  const walBytes = statSync(join(stateDirectory, 'state.db-wal'), { throwIfNoEntry: false })?.size ?? 0;
  return { residentBytes: rss, liveBytes: heapUsed + external, functions: threads.size, functionBytes, walBytes };
}

process.on('message', async (request) => {
  if (request === 'usage') process.send?.(usage());
  if (request === 'memory') process.send?.(await memory());
  if (request !== 'close') return;
  await server.close();
  process.exit(0);
});
process.send?.(server.url);
