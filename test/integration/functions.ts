// Deploys the Lambda functions that the tested workflows call: one bundle each, as a user would.

import type { Lambda } from '@aws-sdk/client-lambda';
import { waitUntilFunctionActiveV2 } from '@aws-sdk/client-lambda';
import { build } from 'esbuild';
import { ACCOUNT } from './clients.ts';
import { zipOf } from './zip.ts';

/** Creates the function, or gives an existing one this code. `source` exports `handler`. */
export async function deployFunction(lambda: Lambda, name: string, source: string): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [source],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    logLevel: 'warning',
  });
  const ZipFile = zipOf('index.mjs', outputFiles[0]!.contents);
  try {
    await lambda.createFunction({
      FunctionName: name,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: `arn:aws:iam::${ACCOUNT}:role/order`,
      Timeout: 10,
      Code: { ZipFile },
    });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ResourceConflictException') throw error;
    await lambda.updateFunctionCode({ FunctionName: name, ZipFile });
  }
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 30, minDelay: 1 }, { FunctionName: name });
}
