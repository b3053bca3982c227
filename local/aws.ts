// How far this server reaches beyond itself: to an emulator, to an account of AWS, or nowhere. Never to AWS by
// surprise: only an endpoint, or a profile or keys in the environment, open the way.
import { type AwsServices, type LambdaFunctions, ServiceError } from '../core/ports.ts';
import { clientConfig } from '../infra/aws/clients.ts';
import { awsLambda } from '../infra/aws/lambda.ts';
import { awsServices, endpointOf } from '../infra/aws/services.ts';
import { findFunction, type Home, parseFunctionName } from '../infra/embedded/function-files.ts';
import { systemClock } from '../infra/system-clock.ts';

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
  const { AWS_ENDPOINT_URL, AWS_PROFILE } = environment;
  if (AWS_ENDPOINT_URL !== undefined) return AWS_ENDPOINT_URL;
  if (AWS_PROFILE !== undefined) return `AWS in ${region}, profile ${AWS_PROFILE}`;
  if (isAccountOpen(environment)) return `AWS in ${region}, keys of the environment`;
  return hasOwn ? 'nowhere else' : 'nowhere: set AWS_ENDPOINT_URL or AWS_PROFILE';
}

/** The services at the endpoint or in the account that the environment names; else an error that says so. */
export function reachableServices(environment: Environment, home: Home): AwsServices {
  const services = awsServices({
    region: home.region,
    environment,
    credentials: emulatorCredentials(environment, home),
    now: systemClock.now,
  });
  return {
    async call(request, signal) {
      assertReachable(request.service, environment);
      return await services.call(request, signal);
    },
  };
}

/** Functions from files first; those that no directory holds are called where all services are, if that is anywhere. */
export function withDeployedFunctions(
  files: LambdaFunctions,
  home: Home & { directories: readonly string[] },
  environment: Environment,
): LambdaFunctions {
  if (!isReachable('lambda', environment)) return files;
  let deployed: Promise<LambdaFunctions> | undefined;
  async function open(): Promise<LambdaFunctions> {
    const { LambdaClient } = await import('@aws-sdk/client-lambda');
    const config = clientConfig({
      endpoint: endpointOf('lambda', environment),
      region: home.region,
      credentials: emulatorCredentials(environment, home),
    });
    return awsLambda(new LambdaClient({ ...config, maxAttempts: 1 }), systemClock.now);
  }
  function isFile(functionName: string): boolean {
    try {
      const { name } = parseFunctionName(functionName, undefined, home);
      return findFunction(home.directories, name) !== undefined;
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
    timeoutMs: async (functionName) => (await holderOf(functionName)).timeoutMs(functionName),
    invoke: async (request, signal) => (await holderOf(request.functionName)).invoke(request, signal),
  };
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
