// docs/deploy.md, followed to the letter: its blocks of shell, one after the other, in one bash.

import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { expect, test } from 'vitest';
import { configurationOf, environmentOf } from './account.ts';
import { INSTALLED_AWS } from './aws-cli.ts';
import { place } from './clients.ts';
import { stackExists } from './stacks.ts';

const guide = readFileSync('docs/deploy.md', 'utf8');
const blocks = [...guide.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, commands]) => commands!);

test('from nothing to an upload that starts an execution, its result read, and everything removed', async () => {
  expect(blocks.length).toBeGreaterThan(5);
  expect(existsSync('uploads'), 'the guide makes a folder `uploads`, and removes it').toBe(false);
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', blocks.join('\n')], {
    env: {
      ...environmentOf(place),
      PATH: `${dirname(resolve(INSTALLED_AWS))}${delimiter}${process.env.PATH}`,
      // The stage is free again when this test comes, after the deployment of the others was removed.
      STAGE: place.stage,
    },
    timeout: 400_000,
    maxBuffer: 16 * 1024 * 1024,
  });
  // Once from `stepwell follow`, and once from the AWS CLI.
  expect(stdout.match(/^\{"key":"in\/three\.txt","lines":3\}$/gm)).toHaveLength(2);
  expect(await stackExists(new CloudFormation(configurationOf(place)), `stepwell-${place.stage}`)).toBe(false);
  expect(existsSync('uploads')).toBe(false);
}, 420_000);
