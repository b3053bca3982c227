// npm run conformance -- [--dir D] [--endpoint URL] [--kind K] [--group G] [--case part] [--show N]
//                        [--jobs N] [--timeout S] [--json FILE] [--transitions-per-message N]
// Scores an endpoint, or a local server started for it, against our own cases and the recorded ones where they are.
// Differences of the first N failed cases are shown; the last line is `N passed, N failed, N skipped`.
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Case } from './case.ts';
import { ownCases, recordedCases } from './case.ts';
import { overHttp } from './client.ts';
import { placeOf, startLocalServer } from './local-server.ts';
import { explain, table, totals } from './report.ts';
import type { Verdict } from './run.ts';
import { runCases } from './run.ts';

const OWN = join(import.meta.dirname, 'cases');
const RECORDED = join(import.meta.dirname, '../../../shared/conformance/aws');

const { values: flags } = parseArgs({
  options: {
    dir: { type: 'string', multiple: true },
    endpoint: { type: 'string' },
    kind: { type: 'string', multiple: true },
    group: { type: 'string', multiple: true },
    case: { type: 'string', multiple: true },
    show: { type: 'string', default: '0' },
    jobs: { type: 'string', default: '16' },
    timeout: { type: 'string', default: '40' },
    json: { type: 'string' },
    'transitions-per-message': { type: 'string' },
  },
});

function chosenCases(): Case[] {
  const all = flags.dir?.flatMap(recordedCases) ?? [...ownCases(OWN), ...recordedCases(RECORDED)];
  return all.filter(
    ({ kind, group, id, trust }) =>
      trust === 'aws' &&
      (flags.kind?.includes(kind) ?? true) &&
      (flags.group?.includes(group) ?? true) &&
      (flags.case?.some((part) => id.includes(part)) ?? true),
  );
}

async function score(cases: Case[], endpoint: string, nonce: string): Promise<Verdict[]> {
  const send = overHttp(endpoint);
  const options = { send, place: await placeOf(send, nonce), timeoutSeconds: Number(flags.timeout) };
  return Promise.all(runCases(cases, options, Number(flags.jobs)).values());
}

const cases = chosenCases();
const nonce = randomBytes(4).toString('hex');
const perMessage = flags['transitions-per-message'];
const serverFlags = perMessage === undefined ? [] : ['--transitions-per-message', perMessage];
const server = flags.endpoint === undefined ? await startLocalServer(cases, nonce, serverFlags) : undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    server?.stop();
    process.exit(1);
  });
try {
  const verdicts = await score(cases, flags.endpoint ?? server!.endpoint, nonce);
  const failed = verdicts.filter(({ verdict }) => verdict === 'failed');
  process.stdout.write(`${table(verdicts)}\n`);
  for (const verdict of failed.slice(0, Number(flags.show))) process.stdout.write(`\n${explain(verdict)}\n`);
  if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(verdicts, null, 1)}\n`);
  process.stdout.write(`${totals(verdicts)}\n`);
  process.exitCode = failed.length === 0 ? 0 : 1;
} finally {
  server?.stop();
}
