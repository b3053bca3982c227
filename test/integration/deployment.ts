// Deploys Stepwell once for all integration tests, with the command that users deploy with, and tells the tests where.

import { execFileSync } from 'node:child_process';
import type { TestProject } from 'vitest/node';
import { ACCOUNT, lambdaClient } from './clients.ts';
import { findLocalStack } from './localstack.ts';

export const STAGE = 'localstack';

declare module 'vitest' {
  export interface ProvidedContext {
    /** LocalStack's endpoint, for every service but Step Functions. */
    endpoint: string;
    /** The function URL that answers the Step Functions API. */
    apiUrl: string;
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
    const { FunctionUrl } = await lambda.getFunctionUrlConfig({ FunctionName: `stepwell-${STAGE}-api` });
    project.provide('endpoint', localstack.endpoint);
    project.provide('apiUrl', FunctionUrl ?? '');
  } catch (error) {
    localstack.stop();
    throw error;
  }
  return localstack.stop;
}
