// The Lambda function that the checks call, and its role: made before, removed after.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipOf } from '../../test/integration/zip.ts';
import { FUNCTION } from './executions.ts';
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

export async function makeFunction({ aws, named, account, isLocalStack }: Place): Promise<void> {
  const role = named(FUNCTION);
  await aws('iam', 'create-role', '--role-name', role, '--assume-role-policy-document', JSON.stringify(TRUST));
  await sleep(isLocalStack ? 0 : PROPAGATION_SECONDS);
  const folder = mkdtempSync(join(tmpdir(), 'stepwell-verify-'));
  writeFileSync(join(folder, 'function.zip'), zipOf('index.mjs', Buffer.from(SOURCE)));
  const settings = [
    '--runtime',
    'nodejs24.x',
    '--handler',
    'index.handler',
    '--timeout',
    '900',
    '--architectures',
    'arm64',
  ];
  const code = [
    '--zip-file',
    `fileb://${join(folder, 'function.zip')}`,
    '--role',
    `arn:aws:iam::${account}:role/${role}`,
  ];
  await aws('lambda', 'create-function', '--function-name', named(FUNCTION), ...settings, ...code);
  await aws('lambda', 'wait', 'function-active-v2', '--function-name', named(FUNCTION));
  rmSync(folder, { recursive: true });
}

/** Takes away what may not be there. */
export async function removeFunction({ aws, named }: Place): Promise<void> {
  await aws('lambda', 'delete-function', '--function-name', named(FUNCTION)).catch(() => {});
  await aws('iam', 'delete-role', '--role-name', named(FUNCTION)).catch(() => {});
}
