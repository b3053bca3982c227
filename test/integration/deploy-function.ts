// Deploys the Lambda functions that the tested workflows call: one bundle each, as a user would.

import { setTimeout } from 'node:timers/promises';
import { type Lambda, waitUntilFunctionActiveV2, waitUntilFunctionUpdatedV2 } from '@aws-sdk/client-lambda';
import { build } from 'esbuild';
import { zipOf } from './zip.ts';

const patience = { maxWaitTime: 60, minDelay: 1, maxDelay: 2 };

/** Somebody's account may have a function of that name: only ours are touched. */
const Description = 'Of the integration tests of Stepwell';

/** Creates the function, or gives the one of an earlier run this code. `source` exports `handler`. */
export async function deployFunction(lambda: Lambda, name: string, source: string, Role: string): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [source],
    bundle: true,
    write: false,
    minify: true,
    keepNames: true, // an error's name is what Retry and Catch go by
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    logLevel: 'warning',
  });
  const ZipFile = zipOf('index.mjs', outputFiles[0]!.contents);
  const config = { Description, Runtime: 'nodejs24.x', Handler: 'index.handler', Role, Timeout: 9 } as const;
  try {
    await onceRoleIsKnown(() => lambda.createFunction({ FunctionName: name, ...config, Code: { ZipFile } }));
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ResourceConflictException') throw error;
    const present = await lambda.getFunctionConfiguration({ FunctionName: name });
    if (present.Description !== Description)
      throw new Error(`This account has a function ${name} that is not of these tests: they need another account.`);
    await lambda.updateFunctionCode({ FunctionName: name, ZipFile });
  }
  await waitUntilFunctionActiveV2({ client: lambda, ...patience }, { FunctionName: name });
}

const ROLE_KNOWN_WITHIN_S = 30;

/** On AWS some seconds pass until Lambda knows a role that has just been made. */
async function onceRoleIsKnown(create: () => Promise<unknown>): Promise<void> {
  for (let seconds = 0; ; seconds++) {
    try {
      return void (await create());
    } catch (error) {
      const isUnknown = (error as Error).message.includes('cannot be assumed by Lambda');
      if (!isUnknown || seconds === ROLE_KNOWN_WITHIN_S) throw error;
      await setTimeout(1_000);
    }
  }
}

/** Changes settings of a deployed function, and waits until they hold. */
export async function reconfigure(
  lambda: Lambda,
  FunctionName: string,
  settings: { Timeout?: number; Environment?: { Variables: Record<string, string> } },
): Promise<void> {
  await lambda.updateFunctionConfiguration({ FunctionName, ...settings });
  await waitUntilFunctionUpdatedV2({ client: lambda, ...patience }, { FunctionName });
}
