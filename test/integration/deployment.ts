// Deploys Stepwell once for all integration tests, with the command that users deploy with, then the functions of the
// examples, and tells the tests where.

import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { basename } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ACCOUNT, lambdaClient } from './clients.ts';
import { deployFunction } from './functions.ts';
import { findLocalStack } from './localstack.ts';

const STAGE = 'localstack';
const API_FUNCTION = `stepwell-${STAGE}-api`;

declare module 'vitest' {
  export interface ProvidedContext {
    /** LocalStack's endpoint, for every service but Step Functions. */
    endpoint: string;
    /** The function URL that answers the Step Functions API. */
    apiUrl: string;
    /** Its function's name. */
    apiFunction: string;
  }
}

export default async function deploy(project: TestProject): Promise<() => void> {
  const localstack = await findLocalStack();
  try {
    execFileSync(process.execPath, ['scripts/run.mjs', 'deploy', '--stage', STAGE], {
      stdio: 'inherit',
      env: {
        ...process.env,
        AWS_ENDPOINT_URL: localstack.endpoint,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: ACCOUNT,
        AWS_SECRET_ACCESS_KEY: 'test',
      },
    });
    const lambda = lambdaClient(localstack.endpoint);
    const { FunctionUrl } = await lambda.getFunctionUrlConfig({ FunctionName: API_FUNCTION });
    await Promise.all(exampleFunctions().map((source) => deployFunction(lambda, basename(source, '.ts'), source)));
    project.provide('endpoint', localstack.endpoint);
    project.provide('apiUrl', FunctionUrl!);
    project.provide('apiFunction', API_FUNCTION);
  } catch (error) {
    localstack.stop();
    throw error;
  }
  return localstack.stop;
}

/** `examples/<name>/functions/<function>.ts`; `order.ts` is what the functions of one example share. */
function exampleFunctions(): string[] {
  return globSync('examples/order-*/functions/*.ts', { exclude: ['**/order.ts'] });
}
