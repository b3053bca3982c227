// Where the CLI finds Step Functions: the local server, any other endpoint, or AWS; and names instead of ARNs.
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import {
  ListStateMachinesCommand,
  paginateListStateMachines,
  SFNClient,
  type SFNClientConfig,
} from '@aws-sdk/client-sfn';
import { UsageError } from './arguments.ts';

const LOCAL_ENDPOINT = 'http://127.0.0.1:8083';
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

export const CONNECTION_FLAGS = {
  'endpoint-url': { type: 'string' },
  region: { type: 'string' },
  aws: { type: 'boolean' },
} as const;

export interface Connection {
  'endpoint-url'?: string | undefined;
  region?: string | undefined;
  aws?: boolean | undefined;
}

/** Undefined means AWS itself. */
export function endpointOf(connection: Connection, env: NodeJS.ProcessEnv): string | undefined {
  const { 'endpoint-url': flag, aws = false } = connection;
  if (aws && flag !== undefined) throw new UsageError('--aws and --endpoint-url exclude each other.');
  if (aws) return undefined;
  const endpoint = flag ?? env.AWS_ENDPOINT_URL_SFN ?? env.AWS_ENDPOINT_URL ?? LOCAL_ENDPOINT;
  if (!URL.canParse(endpoint)) throw new UsageError(`'${endpoint}' is no URL.`);
  return endpoint;
}

export function connect(connection: Connection, env: NodeJS.ProcessEnv): SFNClient {
  const endpoint = endpointOf(connection, env);
  const region = connection.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  // The SDK would follow these by itself, but --aws means AWS.
  if (endpoint === undefined) for (const name of ['AWS_ENDPOINT_URL_SFN', 'AWS_ENDPOINT_URL']) delete env[name];
  const config: SFNClientConfig = endpoint === undefined ? {} : { endpoint, region: region ?? 'us-east-1' };
  if (region !== undefined) config.region = region;
  const isLocal = endpoint !== undefined && LOOPBACK.test(new URL(endpoint).hostname);
  const hasCredentials = env.AWS_ACCESS_KEY_ID !== undefined || env.AWS_PROFILE !== undefined;
  if (isLocal && !hasCredentials) config.credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return new SFNClient(config);
}

/** Takes an ARN as it is, and looks a name up: which account and region a name is in, only the service knows. */
export async function resolveMachine(client: SFNClient, machine: string): Promise<string> {
  if (machine.startsWith('arn:')) return machine;
  for await (const { stateMachines = [] } of paginateListStateMachines({ client }, {})) {
    const found = stateMachines.find(({ name }) => name === machine);
    if (found?.stateMachineArn !== undefined) return found.stateMachineArn;
  }
  throw new UsageError(`There is no state machine named '${machine}'.`);
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
