// How far this server reaches beyond itself: to an emulator, to an account of AWS, or nowhere. Never to AWS by
// surprise: only an endpoint, or a profile or keys in the environment, open the way; and before the first call to an
// account a line says which one it is.
import { type AwsServices, type Connection, type LambdaFunctions, ServiceError } from '../core/ports.ts';
import type { HttpWorld } from '../core/world.ts';
import type { RoleCredentials, RoleOf } from '../infra/aws/assumed-roles.ts';
import { clientConfig } from '../infra/aws/clients.ts';
import { awsHttp } from '../infra/aws/http.ts';
import { awsLambda } from '../infra/aws/lambda.ts';
import { awsServices, endpointOf } from '../infra/aws/services.ts';
import { findFunction, type Home, parseFunctionName } from '../infra/embedded/function-files.ts';
import { allowedHosts } from '../infra/http/allowed-hosts.ts';
import { systemClock } from '../infra/system-clock.ts';
import { localConnections } from './connections.ts';

type Environment = Record<string, string | undefined>;

/** Where calls go, for whoever wonders. */
export function reachText(environment: Environment, region: string): string {
  const own = Object.entries(environment).flatMap(([name, url]) => {
    const service = /^AWS_ENDPOINT_URL_(?!SFN$)(.+)/.exec(name)?.[1];
    return service === undefined ? [] : [`${url} (${service.toLowerCase()})`];
  });
  return [...own, restText(environment, region, own.length > 0)].join(', ');
}

function restText(environment: Environment, region: string, hasOwn: boolean): string {
  const { AWS_ENDPOINT_URL } = environment;
  if (AWS_ENDPOINT_URL !== undefined) return AWS_ENDPOINT_URL;
  if (isAccountOpen(environment)) return accountText(environment, region);
  return hasOwn ? 'nowhere else' : 'nowhere: set AWS_ENDPOINT_URL or AWS_PROFILE';
}

function accountText({ AWS_PROFILE }: Environment, region: string): string {
  return `AWS in ${region}, ${AWS_PROFILE === undefined ? 'keys of the environment' : `profile ${AWS_PROFILE}`}`;
}

/** Everything of AWS that this server can reach, as the environment says. */
export interface Reach {
  services: AwsServices;
  roleOf: RoleOf;
  environment: Environment;
  home: Home;
  /** Awaited before every call to a service. */
  announce(service: string, signal?: AbortSignal): Promise<void>;
}

/** `log` hears of every service of an account that is called for the first time; emulators are nobody's account. */
export function reachOf(environment: Environment, home: Home, log: (line: string) => void): Reach {
  const announced = new Set<string>();
  let account: Promise<string> | undefined;
  async function announce(service: string, signal = new AbortController().signal): Promise<void> {
    if (endpointOf(service, environment) !== undefined || announced.has(service)) return;
    announced.add(service);
    account ??= accountNumber(services, signal);
    log(`stepwell: calling ${service}: ${accountText(environment, home.region)}${await account}`);
  }
  const services = awsServices({
    region: home.region,
    environment,
    credentials: emulatorCredentials(environment, home),
    now: systemClock.now,
    assumesRoles: isReachable('sts', environment),
  });
  return {
    environment,
    home,
    announce,
    roleOf: services.roleOf,
    services: {
      async call(request, signal) {
        assertReachable(request.service, environment);
        await announce(request.service, signal);
        return await services.call(request, signal);
      },
    },
  };
}

/** Nothing where it cannot be learned: the call itself will say what is wrong. */
async function accountNumber(services: AwsServices, signal: AbortSignal): Promise<string> {
  try {
    const request = { service: 'sts', action: 'getCallerIdentity', parameters: {}, spelling: 'v2' } as const;
    const { output } = await services.call(request, signal);
    return `, account ${output.Account}`;
  } catch {
    return '';
  }
}

/** A function runs for 15 minutes at most: an answer that is not here soon after does not come any more. */
const DEPLOYED_MS_MAX = 930_000;

/** Functions from files first; those that no directory holds are called where all services are, if that is anywhere. */
export function withDeployedFunctions(
  files: LambdaFunctions,
  directories: readonly string[],
  { environment, home, roleOf, announce }: Reach,
): LambdaFunctions {
  if (!isReachable('lambda', environment)) return files;
  let deployed: Promise<LambdaFunctions> | undefined;
  async function open(): Promise<LambdaFunctions> {
    await announce('lambda');
    const { LambdaClient } = await import('@aws-sdk/client-lambda');
    const withCredentials = (credentials: RoleCredentials | undefined) =>
      new LambdaClient({
        ...clientConfig({
          endpoint: endpointOf('lambda', environment),
          region: home.region,
          credentials: credentials ?? emulatorCredentials(environment, home),
        }),
        maxAttempts: 1,
      });
    return awsLambda({ open: withCredentials, roleOf, now: systemClock.now });
  }
  function isFile(functionName: string): boolean {
    try {
      const { name } = parseFunctionName(functionName, undefined, home);
      return findFunction(directories, name) !== undefined;
    } catch {
      return true; // Not a name at all: refused in the same words everywhere.
    }
  }
  async function holderOf(functionName: string): Promise<LambdaFunctions> {
    if (isFile(functionName)) return files;
    deployed ??= open();
    return await deployed;
  }
  return {
    timeoutMs: async (functionName, roles) => (await holderOf(functionName)).timeoutMs(functionName, roles),
    async invoke(request, signal) {
      const holder = await holderOf(request.functionName);
      if (holder === files) return await files.invoke(request, signal);
      return await holder.invoke(request, AbortSignal.any([signal, AbortSignal.timeout(DEPLOYED_MS_MAX)]));
    },
  };
}

/** Requests of HTTP tasks and to API Gateway, from here. */
export function localHttp(
  { services, roleOf, environment, home, announce }: Reach,
  { httpAllowedHosts, connections }: { httpAllowedHosts: string; connections: ReadonlyMap<string, Connection> },
): HttpWorld {
  return awsHttp({
    hosts: allowedHosts(httpAllowedHosts),
    remedy: 'The flag --http-allowed-hosts lists the hosts that workflows may call from here.',
    services,
    roleOf,
    region: home.region,
    now: systemClock.now,
    apiGatewayEndpoint: endpointOf('apigateway', environment),
    connections: (deployed) => localConnections(connections, deployed),
    async own(service) {
      assertReachable(service, environment);
      await announce(service);
      const { LambdaClient } = await import('@aws-sdk/client-lambda');
      const credentials = emulatorCredentials(environment, home);
      return await new LambdaClient(clientConfig({ region: home.region, credentials })).config.credentials();
    },
  });
}

/** The configuration of a client where an endpoint was given, and only there. */
export function clientAt(service: string, environment: Environment, home: Home) {
  const endpoint = endpointOf(service, environment);
  if (endpoint === undefined) return undefined;
  return clientConfig({ endpoint, region: home.region, credentials: emulatorCredentials(environment, home) });
}

/** Emulators want any; LocalStack takes an access key of twelve digits for the account's number. */
function emulatorCredentials(environment: Environment, { account }: Home) {
  return isAccountOpen(environment) ? undefined : { accessKeyId: account, secretAccessKey: 'local' };
}

function assertReachable(service: string, environment: Environment): void {
  if (isReachable(service, environment)) return;
  throw new ServiceError(
    'SdkClientException',
    `This server calls no AWS service, because it was told of none. Start it with AWS_ENDPOINT_URL for an emulator, or with AWS_PROFILE (or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY) for an account of AWS.`,
    0,
    '',
  );
}

function isReachable(service: string, environment: Environment): boolean {
  return endpointOf(service, environment) !== undefined || isAccountOpen(environment);
}

function isAccountOpen({ AWS_PROFILE, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY }: Environment): boolean {
  return AWS_PROFILE !== undefined || (AWS_ACCESS_KEY_ID !== undefined && AWS_SECRET_ACCESS_KEY !== undefined);
}
