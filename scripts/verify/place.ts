// Where it is verified: a deployment, by its stage, in the account that the environment names; LocalStack where
// AWS_ENDPOINT_URL says so. Calls go through the AWS CLI, as the person who looks after would make them.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { connect } from '../../cli/client.ts';

const execute = promisify(execFile);

export interface Place {
  stage: string;
  region: string;
  account: string;
  isLocalStack: boolean;
  sfn: SFNClient;
  /** A command of the AWS CLI; its output as JSON. Rejects with what the command says. */
  aws(...args: string[]): Promise<Json>;
  /** `stepwell-<stage>-<name>`: how the deployment calls its functions and queues. */
  named(name: string): string;
  /** The physical name of a resource of the stack. */
  resource(logicalId: string): Promise<string>;
}

// biome-ignore lint/suspicious/noExplicitAny: answers of the AWS CLI have as many shapes as it has commands
type Json = any;

export async function openPlace(stage: string, region: string): Promise<Place> {
  const env: NodeJS.ProcessEnv = { ...process.env, AWS_REGION: region, AWS_DEFAULT_REGION: region, AWS_PAGER: '' };
  const { AWS_ENDPOINT_URL: endpoint } = env;
  // Some versions of the AWS CLI do not read the variable for every service.
  const there = endpoint === undefined ? [] : ['--endpoint-url', endpoint];
  const aws = async (...args: string[]): Promise<Json> => {
    const { stdout } = await execute('aws', [...args, ...there, '--output', 'json'], { env, maxBuffer: 2 ** 26 });
    return stdout.trim() === '' ? {} : JSON.parse(stdout);
  };
  const { Account: account } = await aws('sts', 'get-caller-identity');
  const named = (name: string) => `stepwell-${stage}-${name}`;
  return {
    stage,
    region,
    account,
    isLocalStack: endpoint !== undefined,
    sfn: connect({ stage, region }, process.env),
    aws,
    named,
    async resource(id) {
      const stack = ['--stack-name', `stepwell-${stage}`, '--logical-resource-id', id];
      const { StackResourceDetail } = await aws('cloudformation', 'describe-stack-resource', ...stack);
      return StackResourceDetail.PhysicalResourceId;
    },
  };
}

export const sleep = (seconds: number) => new Promise((done) => setTimeout(done, seconds * 1000));

/** Asks every few seconds until it is so; throws a sentence after too long. */
export async function until(what: string, seconds: number, isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`After ${seconds} s still not: ${what}.`);
    await sleep(3);
  }
}
