// Starts a Stepwell server of its own, in memory, for a run of cases: a child process, so that the server and whoever
// judges it share neither memory nor event loop.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Case } from './case.ts';
import type { Send } from './client.ts';
import { call } from './client.ts';
import { writeFunctions } from './functions.ts';
import type { Place } from './placeholders.ts';
import { Placeholders } from './placeholders.ts';

export interface LocalServer {
  endpoint: string;
  stop(): void;
}

const SERVER = join(import.meta.dirname, '../../local/main.ts');
const BOOT_MS = 20_000;
const ANY_ROLE = 'arn:aws:iam::000000000000:role/conformance-probe';
const ANY_DEFINITION = '{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}';

/** A server whose functions folder holds what these cases need, under the names of this run. */
export async function startLocalServer(cases: Case[], nonce: string, flags: string[] = []): Promise<LocalServer> {
  const folder = mkdtempSync(join(tmpdir(), 'stepwell-functions-'));
  const anywhere = { account: '000000000000', region: 'us-east-1', partition: 'aws', nonce };
  writeFunctions(
    folder,
    cases.map((one) => new Placeholders(one, anywhere, 0).case),
  );
  const server = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', SERVER, '--memory', '--port', '0', '--functions', folder, ...flags],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const stop = () => {
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    return { endpoint: await printedAddress(server), stop };
  } catch (error) {
    stop();
    throw error;
  }
}

/** Account and region of a server, as it names them in the ARN of a machine made to ask. */
export async function placeOf(send: Send, nonce: string): Promise<Place> {
  const request = { name: `conformance-probe-${nonce}`, roleArn: ANY_ROLE, definition: ANY_DEFINITION };
  const { stateMachineArn } = await call(send, 'CreateStateMachine', request, 15_000);
  await call(send, 'DeleteStateMachine', { stateMachineArn: stateMachineArn! }, 15_000);
  const [, partition, , region, account] = String(stateMachineArn).split(':') as [
    string,
    string,
    string,
    string,
    string,
  ];
  return { partition, region, account, nonce };
}

function printedAddress(server: ReturnType<typeof spawn>): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    const give = (reason: string) => reject(new Error(`The local server ${reason}. It printed:\n${printed}`));
    const timer = setTimeout(give, BOOT_MS, 'did not say where it listens');
    const read = (chunk: Buffer) => {
      printed += chunk.toString();
      const address = /http:\/\/(?:127\.0\.0\.1|localhost):\d+/.exec(printed);
      if (address === null) return;
      clearTimeout(timer);
      resolve(address[0]);
    };
    server.stdout!.on('data', read);
    server.stderr!.on('data', read);
    server.once('exit', (code) => give(`ended with code ${code}`));
    server.once('error', (error) => give(`could not be started: ${error.message}`));
  });
}
