// Where the CLI finds Step Functions: the local server, a deployment, any other endpoint, or AWS; and names instead of
// ARNs.
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import {
  ListStateMachinesCommand,
  paginateListStateMachines,
  SFNClient,
  type SFNClientConfig,
} from '@aws-sdk/client-sfn';
import { stepwell } from '../client/stepwell.mjs';
import { UsageError } from './arguments.ts';
import { agentHere, given, urlOfStage } from './deployment.ts';

const LOCAL_ENDPOINT = 'http://127.0.0.1:8083';
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

export const CONNECTION_FLAGS = {
  'endpoint-url': { type: 'string' },
  stage: { type: 'string' },
  url: { type: 'string' },
  region: { type: 'string' },
  profile: { type: 'string' },
  aws: { type: 'boolean' },
} as const;

export interface Connection {
  'endpoint-url'?: string | undefined;
  /** A deployment of ours, by name or by the URL of its API. */
  stage?: string | undefined;
  url?: string | undefined;
  region?: string | undefined;
  profile?: string | undefined;
  aws?: boolean | undefined;
}

/** Undefined means AWS itself. */
export function endpointOf(connection: Connection, env: NodeJS.ProcessEnv): string | undefined {
  const { 'endpoint-url': flag, aws = false } = connection;
  if (aws) return undefined;
  const endpoint = flag ?? env.AWS_ENDPOINT_URL_SFN ?? env.AWS_ENDPOINT_URL ?? LOCAL_ENDPOINT;
  checkUrl(endpoint);
  return endpoint;
}

/** One client for each way to say where: exactly one of them, or none. */
export function connect(connection: Connection, env: NodeJS.ProcessEnv): SFNClient {
  const ways = (['endpoint-url', 'stage', 'url', 'aws'] as const).filter((way) => connection[way] !== undefined);
  if (ways.length > 1) throw new UsageError(`--${ways[0]} and --${ways[1]} exclude each other.`);
  return isDeployment(connection) ? connectToDeployment(connection) : connectToEndpoint(connection, env);
}

export function isDeployment({ stage, url }: Connection): boolean {
  return stage !== undefined || url !== undefined;
}

function connectToDeployment(connection: Connection): SFNClient {
  let found: Promise<string> | undefined;
  checkUrl(connection.url);
  const url = () => {
    found ??= deploymentUrl(connection);
    return found;
  };
  return new SFNClient(
    stepwell({ url: connection.url ?? url, ...given(connection), requestHandler: { httpAgent: agentHere() } }),
  );
}

/** The URL of the deployment that `--url` or `--stage` names. */
export async function deploymentUrl({ url, stage, ...place }: Connection): Promise<string> {
  if (url === undefined) return urlOfStage(stage!, place);
  checkUrl(url);
  return url;
}

function checkUrl(url: string | undefined): void {
  if (url !== undefined && !URL.canParse(url)) throw new UsageError(`'${url}' is no URL.`);
}

function connectToEndpoint(connection: Connection, env: NodeJS.ProcessEnv): SFNClient {
  const endpoint = endpointOf(connection, env);
  const region = connection.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  // The SDK would follow these by itself, but --aws means AWS.
  if (endpoint === undefined) for (const name of ['AWS_ENDPOINT_URL_SFN', 'AWS_ENDPOINT_URL']) delete env[name];
  const config: SFNClientConfig = endpoint === undefined ? {} : { endpoint, region: region ?? 'us-east-1' };
  Object.assign(config, given({ region, profile: connection.profile }));
  const isLocal = endpoint !== undefined && LOOPBACK.test(new URL(endpoint).hostname);
  const hasCredentials = env.AWS_ACCESS_KEY_ID !== undefined || (connection.profile ?? env.AWS_PROFILE) !== undefined;
  // A server of ours that was given a token knows callers by it.
  const token = endpoint === undefined ? undefined : env.STEPWELL_TOKEN;
  if (token || (isLocal && !hasCredentials))
    config.credentials = { accessKeyId: 'local', secretAccessKey: token || 'local' };
  return new SFNClient(config);
}

/** Takes an ARN as it is, and looks a name up, which may end in `#` and a test case: its account and region only the service knows. */
export async function resolveMachine(client: SFNClient, machine: string): Promise<string> {
  if (machine.startsWith('arn:')) return machine;
  const [wanted, ...testCase] = machine.split('#');
  for await (const { stateMachines = [] } of paginateListStateMachines({ client }, {})) {
    const found = stateMachines.find(({ name }) => name === wanted);
    if (found?.stateMachineArn !== undefined) return [found.stateMachineArn, ...testCase].join('#');
  }
  throw new UsageError(`There is no state machine named '${wanted}'.`);
}

/** An ARN, or `<machine>:<execution name>`. */
export async function resolveExecution(client: SFNClient, execution: string): Promise<string> {
  if (execution.startsWith('arn:')) return execution;
  const [machine, name, ...rest] = execution.split(':');
  if (!machine || !name || rest.length > 0)
    throw new UsageError(`'${execution}' is neither the ARN of an execution nor <machine>:<execution name>.`);
  const machineArn = await resolveMachine(client, machine);
  return `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

/**
 * Calls an action that AWS does not have, over the client's own connection: its endpoint, credentials and signature.
 * Gives the JSON of the answer; errors are thrown as the SDK throws them.
 */
export async function callStepwell<Output>(client: SFNClient, action: string, input: object): Promise<Output> {
  let answer = '';
  // Any command lends its way to the endpoint.
  const command = new ListStateMachinesCommand({});
  command.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { headers: Record<string, string>; body: string };
      request.headers['x-amz-target'] = `Stepwell.${action}`;
      request.body = JSON.stringify(input);
      return next(args);
    },
    { step: 'build', priority: 'high' },
  );
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as { body: Readable };
      answer = await text(response.body);
      response.body = Readable.from([Buffer.from(answer)]);
      return result;
    },
    { step: 'deserialize', priority: 'low' },
  );
  try {
    await client.send(command);
  } catch (error) {
    if ((error as Error).name !== 'UnknownOperationException') throw error;
    throw new UsageError(`Whoever answers there does not know ${action}: it takes a Stepwell server of this version.`);
  }
  return JSON.parse(answer) as Output;
}
