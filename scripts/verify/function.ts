// The Lambda functions that the checks call, and their role: made before, removed after.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipOf } from '../../test/integration/zip.ts';
import { FUNCTIONS } from './executions.ts';
import { type Place, sleep } from './place.ts';

const SOURCE = `export const handler = async (input) => {
  await new Promise((done) => setTimeout(done, (input.sleep ?? 0) * 1000));
  return input;
};`;
const TRUST = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
};
/** How long IAM takes until Lambda believes that a role is there. */
const PROPAGATION_SECONDS = 12;

export async function makeFunctions({ aws, named, account, isLocalStack }: Place): Promise<void> {
  const role = named('verify');
  await aws('iam', 'create-role', '--role-name', role, '--assume-role-policy-document', JSON.stringify(TRUST));
  await sleep(isLocalStack ? 0 : PROPAGATION_SECONDS);
  const folder = mkdtempSync(join(tmpdir(), 'stepwell-verify-'));
  writeFileSync(join(folder, 'function.zip'), zipOf('index.mjs', Buffer.from(SOURCE)));
  for (const [name, timeout] of Object.entries(FUNCTIONS)) {
    const target = ['--function-name', named(name)];
    const settings = ['--runtime', 'nodejs24.x', '--handler', 'index.handler', '--timeout', String(timeout)];
    const code = ['--zip-file', `fileb://${folder}/function.zip`, '--role', `arn:aws:iam::${account}:role/${role}`];
    await aws('lambda', 'create-function', ...target, ...settings, ...code);
    await aws('lambda', 'wait', 'function-active-v2', ...target);
  }
  rmSync(folder, { recursive: true });
}

/** Takes away what may not be there. */
export async function removeFunctions({ aws, named }: Place): Promise<void> {
  for (const name of Object.keys(FUNCTIONS))
    await aws('lambda', 'delete-function', '--function-name', named(name)).catch(() => {});
  await aws('iam', 'delete-role', '--role-name', named('verify')).catch(() => {});
}
