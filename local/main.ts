// `npm start`: the server, the examples in it, and one of them run before your eyes. Then it serves until Ctrl-C.
import { existsSync } from 'node:fs';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { UsageError } from '../cli/arguments.ts';
import { connect } from '../cli/client.ts';
import { exitCodeOf, follow } from '../cli/follow.ts';
import { type Io, processIo } from '../cli/io.ts';
import { reachText } from './aws.ts';
import { EXAMPLE_FUNCTIONS, loadExamples, SHOWN } from './examples.ts';
import { type LocalOptions, parseOptions, USAGE } from './options.ts';
import { type LocalServer, startServer } from './server.ts';

async function main(args: string[], io: Io): Promise<number | undefined> {
  let server: LocalServer;
  let options: LocalOptions | undefined;
  try {
    options = parseOptions(args, process.env);
    if (options === undefined) {
      io.out(USAGE);
      return 0;
    }
    for (const folder of options.functionDirectories)
      if (!existsSync(folder)) throw new UsageError(`There is no folder ${folder}, which --functions names.`);
    const functionDirectories = [...options.functionDirectories, ...EXAMPLE_FUNCTIONS];
    server = await startServer({ ...options, functionDirectories, log: io.err });
  } catch (error) {
    io.err(`stepwell: ${(error as Error).message}`);
    return error instanceof UsageError ? 2 : 1;
  }
  const ending = endOnSignal(server);
  io.err(`Step Functions at ${server.url}, account ${options.account}, region ${options.region}`);
  const reach = reachText(process.env, options.region);
  if (!reach.startsWith('nowhere')) io.err(`AWS calls go to ${reach}`);
  const code = await showExample(server, options, io).catch((error) => {
    // A server that was told to end takes its example with it, and ends the process itself.
    if (ending.aborted) return new Promise<never>(() => {});
    io.err(`stepwell: ${(error as Error).message}`);
    return undefined;
  });
  if (code !== undefined && !options.once) return undefined;
  await server.close();
  return code ?? 1;
}

async function showExample(server: LocalServer, options: LocalOptions, io: Io): Promise<number> {
  const { account, region, token } = options;
  const client = connect({ 'endpoint-url': server.url, region }, { ...process.env, STEPWELL_TOKEN: token });
  await loadExamples(client, options);
  const { executionArn } = await client.send(
    new StartExecutionCommand({
      stateMachineArn: `arn:aws:states:${region}:${account}:stateMachine:${SHOWN.machine}`,
      input: SHOWN.input,
    }),
  );
  const tree = await follow(client, executionArn!, io);
  io.err(io.paint('gray', executionArn!));
  if (!options.once) io.err(nextCommands(server.url, executionArn!));
  return exitCodeOf(tree);
}

function nextCommands(url: string, executionArn: string): string {
  const endpoint = url === 'http://127.0.0.1:8083' ? '' : ` --endpoint-url ${url}`;
  const inputs = 'examples/order-fulfilment/inputs';
  return `
Serving until Ctrl-C. In another terminal:
  npm run stepwell -- start order-fulfilment --input ${inputs}/flaky-warehouse.json --follow${endpoint}
  npm run stepwell -- start order-fulfilment --input ${inputs}/declined-card.json --follow${endpoint}
  npm run stepwell -- history ${executionArn}${endpoint}
  AWS_ENDPOINT_URL_SFN=${url} aws stepfunctions list-state-machines`;
}

/** The first signal ends the server cleanly; the next one, whatever it is doing. */
function endOnSignal(server: LocalServer): AbortSignal {
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      ending.abort();
      server.close().finally(() => process.exit(0));
    });
  }
  return ending.signal;
}

const code = await main(process.argv.slice(2), processIo());
if (code !== undefined) process.exit(code);
