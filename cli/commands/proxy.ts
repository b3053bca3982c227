// `stepwell proxy`: makes stock clients work with a deployment, on this machine, with the caller's own credentials.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { parseCommandLine, parseInteger, UsageError } from '../arguments.ts';
import { connect, deploymentUrl, isDeployment } from '../client.ts';
import type { Io } from '../io.ts';
import { proxyServer } from '../proxy.ts';

const FLAGS = {
  stage: { type: 'string' },
  url: { type: 'string' },
  region: { type: 'string' },
  profile: { type: 'string' },
  port: { type: 'string', default: '8084' },
} as const;

/** Serves until `ended`. */
export async function proxy(args: string[], io: Io, ended: Promise<unknown> = untilSignal()): Promise<number> {
  const { values } = parseCommandLine(args, FLAGS, []);
  if (!isDeployment(values)) throw new UsageError('Which deployment? Name it with --stage, or give its --url.');
  const port = parseInteger('--port', values.port, { min: 0, max: 65_535 });
  const { region, credentials, sha256 } = connect(values, process.env).config;
  // Both are asked for now: whoever lacks them should hear it before the first request.
  await Promise.all([region(), credentials()]);
  const url = new URL(await deploymentUrl(values));
  const caller = { region, credentials, sha256 };
  const server = proxyServer({ url, caller, report: (sentence) => io.err(`stepwell proxy: ${sentence}`) });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((error) => {
    throw error.code === 'EADDRINUSE' ? portTaken(port) : error;
  });
  const { port: listening } = server.address() as AddressInfo;
  // Without the second variable the AWS CLI puts `sync-` before the address.
  io.out(`export AWS_ENDPOINT_URL_SFN=http://127.0.0.1:${listening} AWS_DISABLE_HOST_PREFIX_INJECTION=true`);
  io.err(
    `Signing requests for ${url.host} in ${await region()} until Ctrl-C. Every program of this machine may use it.`,
  );
  await ended;
  server.close();
  server.closeAllConnections();
  return 0;
}

function portTaken(port: number): UsageError {
  return new UsageError(`Port ${port} of 127.0.0.1 is in use: choose another with --port.`);
}

function untilSignal(): Promise<unknown> {
  return Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)));
}
