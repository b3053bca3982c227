// The process that server.ts starts: the local server on the directory given, without the examples.
import { startServer } from '../local/server.ts';
import { SERVER } from './embedded-engine.ts';

const [stateDirectory, functions] = process.argv.slice(2);
const functionDirectories = functions === undefined ? [] : [functions];
const server = await startServer({ ...SERVER, stateDirectory, functionDirectories });

process.on('message', async (request) => {
  if (request === 'usage') {
    const { user, system } = process.cpuUsage();
    process.send?.({ residentBytes: process.memoryUsage.rss(), cpuMs: (user + system) / 1_000 });
  }
  if (request === 'memory') {
    globalThis.gc?.();
    const { rss, heapUsed, external } = process.memoryUsage();
    process.send?.({ residentBytes: rss, liveBytes: heapUsed + external });
  }
  if (request !== 'close') return;
  await server.close();
  process.exit(0);
});
process.send?.(server.url);
