// The whole product in one process: the API over HTTP, the embedded adapters, the pollers that drive the same handlers
// as on AWS, and functions run from files. There is no second path: what happens here happens there.
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Unavailable } from '../core/errors.ts';
import type { Connection, LambdaFunctions, QueueName } from '../core/ports.ts';
import type { World } from '../core/world.ts';
import { createAdvanceHandler } from '../handlers/advance.ts';
import type { Report } from '../handlers/on-aws.ts';
import { embeddedFunctions } from '../infra/embedded/functions.ts';
import { type Embedded, openEmbedded } from '../infra/embedded/index.ts';
import { systemClock } from '../infra/system-clock.ts';
import { admission, pressureOf } from './admission.ts';
import { clientAt, localHttp, reachOf, reachText, withDeployedFunctions } from './aws.ts';
import { readConnections } from './connections.ts';
import { keepHouse } from './housekeeping.ts';
import { httpServer } from './http.ts';
import { readMockConfig } from './mock-config.ts';
import { LAPTOP_HOSTS, type LocalOptions } from './options.ts';
import { type Poller, startPoller } from './poller.ts';
import { reporter } from './reporter.ts';
import { awsRates, unthrottled } from './throttling.ts';
import { watchTriggers } from './triggers.ts';

/** How long the end of the server waits for work in flight; what is not done then goes on at the next start. */
const GRACE_MS = 400;
const CALLS_PER_WORKER = 50;
const RETENTION_DAYS = 21;

export interface LocalServer {
  url: string;
  world: World;
  close(): Promise<void>;
}

export interface ServerOptions extends Omit<LocalOptions, 'once' | 'host' | 'throttling'> {
  host?: string;
  throttling?: LocalOptions['throttling'];
  /** A line for whoever watches the server: what functions print, and trouble inside. */
  log(line: string): void;
}

export async function startServer(options: ServerOptions): Promise<LocalServer> {
  const { stateDirectory, account, region, log, mockConfig } = options;
  // What a file may be wrong about is said before anything is opened.
  const connections = options.connections === undefined ? new Map() : readConnections(options.connections, process.env);
  const mocks = mockConfig === undefined ? undefined : readMockConfig(mockConfig);
  const embedded = openState(stateDirectory);
  let url = '';
  let isClosing = false;
  const tell = reporter(log);
  const report = (trouble: unknown, where: string) => {
    // What fails while the process ends goes on at the next start.
    if (!isClosing) tell(trouble, where);
  };
  const functions = embeddedFunctions({
    account,
    region,
    directories: options.functionDirectories,
    variables: () => clientVariables(url, region, options.token),
    log: (name, line) => log(`[${name}] ${line}`),
    onInvoke: stateDirectory === undefined ? () => {} : journal(join(stateDirectory, 'functions.log'), report),
  });
  const world: World = {
    ...worldOf(options, embedded, functions, connections),
    ...(mocks === undefined ? {} : { mocks }),
  };
  const throttle = options.throttling === 'aws' ? awsRates(systemClock.now) : unthrottled;
  const http = httpServer(world, {
    token: options.token,
    admit: admission(pressureOf(embedded.queue, systemClock.now), throttle),
    statusText: () => statusText(url, options),
    report,
  });
  try {
    url = await listen(http, options);
  } catch (error) {
    embedded.close();
    throw error;
  }

  const handler = createAdvanceHandler(world, report);
  const arnOf = (name: QueueName) => `arn:aws:sqs:${region}:${account}:stepwell-${name}`;
  const pollers = (['advance', 'call'] as const).map((name) =>
    startPoller({ queue: embedded.queue, name, handler, clock: systemClock, arn: arnOf(name), region, report }),
  );
  const housekeeping = keepHouse({ world, purge: embedded.table.purge, queue: embedded.queue, arnOf, report });
  const triggers = watchTriggers({ world, environment: process.env, report });

  return {
    url,
    world,
    async close() {
      isClosing = true;
      triggers.stop();
      housekeeping.stop();
      http.close();
      http.closeAllConnections();
      await withinGrace(pollers);
      functions.close();
      embedded.close();
    },
  };
}

function openState(directory: string | undefined): Embedded {
  try {
    return openEmbedded({ directory, clock: systemClock });
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`${message} Choose another folder with --state, or keep nothing with --memory.`, { cause: error });
  }
}

function worldOf(
  options: ServerOptions,
  embedded: Embedded,
  lambda: LambdaFunctions,
  connections: ReadonlyMap<string, Connection>,
): World {
  const { account, region, limits, transitionsPerMessage, functionDirectories } = options;
  const { httpAllowedHosts = LAPTOP_HOSTS } = options;
  const reach = reachOf(process.env, { account, region }, options.log);
  return {
    table: embedded.table,
    queue: embedded.queue,
    payloads: embedded.payloads,
    clock: systemClock,
    lambda: withDeployedFunctions(lambda, functionDirectories, reach),
    services: reach.services,
    http: localHttp(reach, { httpAllowedHosts, connections }),
    working: new Set(),
    random: Math.random,
    newId: randomUUID,
    settings: {
      account,
      region,
      partition: 'aws',
      limits,
      transitionsPerMessage,
      activityPollMs: 60_000,
      callsPerWorker: CALLS_PER_WORKER,
      retentionDays: RETENTION_DAYS,
      bootId: embedded.bootId,
      hearsSources: clientAt('sqs', process.env, { account, region }) !== undefined,
    },
  };
}

function listen(http: Server, { host = '127.0.0.1', port }: ServerOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') reject(error);
      else reject(new Error(`Port ${port} of ${host} is in use: stop the other server or choose another with --port.`));
    });
    http.listen(port, host, () => {
      const { port, address } = http.address() as AddressInfo;
      // "Everywhere" is no address to call; this machine is part of it.
      const reachable = { '0.0.0.0': '127.0.0.1', '::': '[::1]', '::1': '[::1]' }[address] ?? address;
      resolve(`http://${reachable}:${port}`);
    });
  });
}

async function withinGrace(pollers: Poller[]): Promise<void> {
  const timer = Promise.withResolvers<void>();
  const timeout = setTimeout(timer.resolve, GRACE_MS);
  await Promise.race([timer.promise, Promise.all(pollers.map((poller) => poller.stop()))]);
  clearTimeout(timeout);
}

/** One line per start, in the file before the function begins: a crash leaves no start uncounted. */
function journal(file: string, report: Report) {
  return ({ functionName, requestId }: { functionName: string; requestId: string }) => {
    try {
      appendFileSync(file, `${new Date().toISOString()} ${functionName} ${requestId}\n`);
    } catch (trouble) {
      // A line that is missing is no reason to fail somebody's task.
      report(new Unavailable(`Cannot write ${file}: ${(trouble as Error).message}.`), 'Functions');
    }
  };
}

/** So that SDK clients inside functions find this server, unless the user pointed them elsewhere. */
function clientVariables(url: string, region: string, token = 'local'): Record<string, string> {
  const {
    AWS_ENDPOINT_URL_SFN = url,
    AWS_ACCESS_KEY_ID = 'local',
    AWS_SECRET_ACCESS_KEY = token,
    AWS_REGION = region,
  } = process.env;
  return { AWS_ENDPOINT_URL_SFN, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION };
}

function statusText(url: string, { account, region, stateDirectory, functionDirectories }: ServerOptions): string {
  return [
    'Stepwell: the AWS Step Functions API on this machine.',
    `account ${account}, region ${region}`,
    `state ${stateDirectory ?? 'in memory'}`,
    ...functionDirectories.map((directory) => `functions ${directory}`),
    `AWS calls go to ${reachText(process.env, region)}`,
    '',
    `AWS_ENDPOINT_URL_SFN=${url} aws stepfunctions list-state-machines`,
    '',
  ].join('\n');
}
