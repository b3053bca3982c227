// Where the run happens: on LocalStack, or with REMOTE=1 in the AWS account of the caller's profile. What differs between
// the two stands in this file and in localstack.ts; tests ask `place.endpoint` only to skip what one of them cannot show.

import { execFileSync } from 'node:child_process';
import { findLocalStack } from './localstack.ts';

export interface Place {
  /** Number of the account. */
  account: string;
  region: string;
  /** Of the deployment. */
  stage: string;
  /** LocalStack's, for every service but Step Functions; undefined on AWS. */
  endpoint: string | undefined;
  /** Process that is LocalStack, where functions are its children; undefined where they are not within reach. */
  process: number | undefined;
}

/** The account of the tutorials. LocalStack takes an access key of twelve digits for the account's number. */
const TUTORIAL_ACCOUNT = '123456789012';

export interface Opened {
  place: Place;
  /** One line about what it took. */
  summary: string;
  close(): void;
}

export async function openAccount(): Promise<Opened> {
  if (process.env.REMOTE === '1') return { place: await remotePlace(), summary: 'AWS', close() {} };
  const { endpoint, processId, summary, stop } = await findLocalStack();
  const place = { account: TUTORIAL_ACCOUNT, region: 'us-east-1', stage: 'localstack', endpoint, process: processId };
  return { place, summary, close: stop };
}

/** Every run is a stage of its own. The examples' functions and resources have their names from there: one run at a time. */
async function remotePlace(): Promise<Place> {
  const region = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? 'us-east-1';
  const identity = execFileSync('aws', ['sts', 'get-caller-identity', '--output', 'json'], { encoding: 'utf8' });
  const { Account: account } = JSON.parse(identity);
  const stage = `it-${Math.random().toString(36).slice(2, 8)}`;
  return { account, region, stage, endpoint: undefined, process: undefined };
}

/** For programs that the tests start: the deploy command, the AWS CLI. */
export function environmentOf({ endpoint, region, account }: Place): NodeJS.ProcessEnv {
  const shared = { ...process.env, AWS_REGION: region, AWS_DEFAULT_REGION: region, AWS_PAGER: '' };
  if (endpoint === undefined) return shared;
  return { ...shared, AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: account, AWS_SECRET_ACCESS_KEY: 'test' };
}

/** For clients of the SDK. */
export function configurationOf({ endpoint, region, account }: Place): {
  region: string;
  endpoint?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
} {
  if (endpoint === undefined) return { region };
  return { region, endpoint, credentials: { accessKeyId: account, secretAccessKey: 'test' } };
}
