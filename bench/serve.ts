// The process that server.ts starts: the local server on the directory given, without the examples.
import { startServer } from '../local/server.ts';
import { SERVER } from './embedded-engine.ts';

const server = await startServer({ ...SERVER, stateDirectory: process.argv[2] });

process.on('message', async (request) => {
  if (request === 'usage') {
    const { user, system } = process.cpuUsage();
    process.send?.({ residentBytes: process.memoryUsage.rss(), cpuMs: (user + system) / 1_000 });
  }
  if (request !== 'close') return;
  await server.close();
  process.exit(0);
});
process.send?.(server.url);
