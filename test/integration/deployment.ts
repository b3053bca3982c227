// Deploys Stepwell once for all integration tests, with the command that users deploy with, then the functions of the
// examples, and tells the tests where.

import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { Lambda } from '@aws-sdk/client-lambda';
import type { TestProject } from 'vitest/node';
import { configurationOf, environmentOf, openAccount, type Place } from './account.ts';
import { deployFunction } from './deploy-function.ts';
import { seconds } from './localstack.ts';
import { deployStack, FIXTURES, removeStack, stackExists } from './stacks.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    place: Place;
    /** The function URL that answers the Step Functions API. */
    apiUrl: string;
    /** ARNs of the roles of state machines, and of the functions they call. */
    machineRole: string;
    functionRole: string;
  }
}

/** What is due in more than 10 s waits in the table here, as elsewhere what is due in more than 15 minutes. */
export const SETTINGS = { queueDelaySeconds: '10', dataPolicy: 'Retain' };

export default async function deploy(project: TestProject): Promise<() => Promise<void>> {
  const { place, summary, close } = await openAccount();
  const cloudformation = new CloudFormation(configurationOf(place));
  const lambda = new Lambda(configurationOf(place));
  const deployedFunctions: string[] = [];
  const began = performance.now();

  async function cleanUp(): Promise<void> {
    // LocalStack forgets by itself. On AWS the last test has removed the deployment, if all went well.
    if (place.endpoint === undefined) {
      if (await stackExists(cloudformation, `stepwell-${place.stage}`)) stepwell(place, 'remove');
      await Promise.all(deployedFunctions.map((FunctionName) => lambda.deleteFunction({ FunctionName })));
      await removeStack(cloudformation, FIXTURES.name);
    }
    close();
  }

  try {
    stepwell(place, 'deploy', SETTINGS);
    const deployed = seconds(began);
    const { FunctionRole, MachineRole } = await deployStack(cloudformation, FIXTURES);
    const { FunctionUrl } = await lambda.getFunctionUrlConfig({ FunctionName: `stepwell-${place.stage}-api` });
    const deployOne = async (source: string) => {
      const name = basename(source, '.ts');
      await deployFunction(lambda, name, source, FunctionRole!);
      deployedFunctions.push(name);
    };
    await Promise.all(exampleFunctions().map(deployOne));
    project.provide('place', place);
    project.provide('apiUrl', FunctionUrl!);
    project.provide('functionRole', FunctionRole!);
    project.provide('machineRole', MachineRole!);
    return async () => {
      await cleanUp();
      console.log(`${summary}; deployed in ${deployed}; all in all ${seconds(began)}`);
    };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

/** The command of package.json, as a user gives it. */
export function stepwell(place: Place, command: 'deploy' | 'remove', settings: Record<string, string> = {}): void {
  const parameters = Object.entries(settings).map(([name, value]) => `--param=${name}=${value}`);
  execFileSync(
    process.execPath,
    ['scripts/run.mjs', command, '--stage', place.stage, '--region', place.region, ...parameters],
    { stdio: 'inherit', env: environmentOf(place) },
  );
}

/** `examples/<name>/functions/<function>.ts`, less what the functions of an example share. */
function exampleFunctions(): string[] {
  return globSync('examples/*/functions/*.ts').filter((path) =>
    /^export (async )?function handler\(/m.test(readFileSync(path, 'utf8')),
  );
}
