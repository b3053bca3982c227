// The process that local-process.ts starts: the server that `npm start` starts, without the examples.
// `node serve.ts <state directory> <functions directory> <port> <transitions per message>`
import { flushCompileCache } from 'node:module';
import { LIMITS } from '../../core/limits.ts';
import { startServer } from '../../local/server.ts';
import { SERVING } from './serving.ts';

const [stateDirectory, functions = '', port, transitionsPerMessage = '25'] = process.argv.slice(2);
try {
  await startServer({
    port: Number(port),
    stateDirectory,
    account: '123456789012',
    region: 'us-east-1',
    functionDirectories: [functions],
    transitionsPerMessage: Number(transitionsPerMessage),
    limits: LIMITS.aws,
    log: console.error,
  });
  // Who is killed never gets to write down what it compiled: the next one would compile everything again.
  flushCompileCache();
  console.error(SERVING);
} catch (error) {
  console.error(`stepwell: ${(error as Error).message}`);
  process.exit(1);
}
