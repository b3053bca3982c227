// Keeps what this release writes, for all later ones to load: `node test/support/shapes/take.ts v0.2.0`. README.md says when.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { LIMITS } from '../../../core/limits.ts';
import { startServer } from '../../../local/server.ts';
import { createMachine, runToEnd } from '../../e2e/local-server.ts';
import { pathsIn } from './paths.ts';
import { sampleOf, samplesOf, VERSIONS } from './sample.ts';
import { STATE_FILE, scenarios } from './scenarios.ts';
import { dumpState } from './state-file.ts';

const version = process.argv[2] ?? '';
if (!/^v\d+\.\d+\.\d+(-\d+)?$/.test(version)) {
  console.error('Which version? node test/support/shapes/take.ts v0.2.0');
  process.exit(2);
}
const directory = join(import.meta.dirname, version);
mkdirSync(directory, { recursive: true });

const known = pathsIn(VERSIONS.flatMap((each) => [...samplesOf(each).values()]));
const tokens: string[] = [];
for (const [name, scenario] of Object.entries(scenarios(tokens))) {
  const sample = await sampleOf(scenario, tokens);
  const added = [...pathsIn([sample])].filter((path) => !known.has(path));
  if (added.length === 0) continue;
  for (const path of added) known.add(path);
  writeFileSync(join(directory, `${name}.json`), `${JSON.stringify(sample, null, 1)}\n`);
  console.log(`${name}: ${added.join(', ')}`);
}
// Between releases the file of the local server is the same.
if (version.includes('-')) process.exit();

const stateDirectory = mkdtempSync(join(tmpdir(), 'shapes-'));
const server = await startServer({
  port: 0,
  stateDirectory,
  account: '123456789012',
  region: 'us-east-1',
  functionDirectories: [],
  transitionsPerMessage: 25,
  limits: LIMITS.aws,
  log: console.error,
});
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const client = new SFNClient({ endpoint: server.url, region: 'us-east-1', credentials });
const stateMachineArn = await createMachine(client, STATE_FILE.machine, STATE_FILE.definition);
await runToEnd(client, stateMachineArn, { seconds: 0 }, STATE_FILE.ended);
const input = JSON.stringify({ seconds: 5 });
await client.send(new StartExecutionCommand({ stateMachineArn, name: STATE_FILE.waiting, input }));
client.destroy();
await server.close();
writeFileSync(join(directory, 'state.sql'), dumpState(stateDirectory));
rmSync(stateDirectory, { recursive: true });
