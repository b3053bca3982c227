// The real AWS CLI: as infra/localstack installs it, or the caller's own where there is no such installation.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { environmentOf, type Place } from './account.ts';

export const INSTALLED_AWS = '.localstack/awscli/bin/aws';

/** What the command prints, read as JSON; undefined when it prints nothing. Rejects with what it says when it fails. */
export async function aws(
  place: Place,
  args: string[],
  { cwd, variables = {} }: { cwd?: string; variables?: NodeJS.ProcessEnv } = {},
) {
  const command = existsSync(INSTALLED_AWS) ? `${process.cwd()}/${INSTALLED_AWS}` : 'aws';
  const { stdout } = await promisify(execFile)(command, [...args, '--output', 'json'], {
    ...(cwd !== undefined && { cwd }),
    env: { ...environmentOf(place), ...variables },
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout.trim() === '' ? undefined : JSON.parse(stdout);
}
