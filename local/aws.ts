// How far this server reaches beyond itself: to an emulator, to an account of AWS, or nowhere. Never to AWS by
// surprise: only an endpoint, or a profile or keys in the environment, open the way.
import { type AwsServices, type LambdaFunctions, ServiceError } from '../core/ports.ts';
import { clientConfig } from '../infra/aws/clients.ts';
import { awsLambda } from '../infra/aws/lambda.ts';
import { awsServices, endpointOf } from '../infra/aws/services.ts';
import { findFunction, type Home, parseFunctionName } from '../infra/embedded/function-files.ts';
import { systemClock } from '../infra/system-clock.ts';

type Environment = Record<string, string | undefined>;

/** A line for whoever wonders where calls go. */
export function reachText(environment: Environment, region: string): string {
  const own = Object.keys(environment).filter((name) => /^AWS_ENDPOINT_URL_(?!SFN$)/.test(name));
  const { AWS_ENDPOINT_URL, AWS_PROFILE } = environment;
  if (AWS_ENDPOINT_URL !== undefined) return [AWS_ENDPOINT_URL, ...own].join(', ');
  const rest = isAccountOpen(environment)
    ? `AWS in ${region}, ${AWS_PROFILE ?? 'keys from the environment'}`
    : undefined;
  return [...own, rest ?? (own.length > 0 ? 'nowhere else' : 'nowhere: set AWS_ENDPOINT_URL or AWS_PROFILE')].join(
    ', ',
  );
}

/** The services at the endpoint or in the account that the environment names; else an error that says so. */
export function reachableServices(environment: Environment, region: string): AwsServices {
  const services = awsServices({ region, environment, now: systemClock.now });
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
  { directories, account, region }: Home & { directories: readonly string[] },
  environment: Environment,
): LambdaFunctions {
  if (!isReachable('lambda', environment)) return files;
  let deployed: Promise<LambdaFunctions> | undefined;
  async function open(): Promise<LambdaFunctions> {
    const { LambdaClient } = await import('@aws-sdk/client-lambda');
    const config = clientConfig({ endpoint: endpointOf('lambda', environment), region });
    return awsLambda(new LambdaClient({ ...config, maxAttempts: 1 }), systemClock.now);
  }
  function isFile(functionName: string): boolean {
    try {
      const { name } = parseFunctionName(functionName, undefined, { account, region });
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
    timeoutMs: async (functionName) => (await holderOf(functionName)).timeoutMs(functionName),
    invoke: async (request, signal) => (await holderOf(request.functionName)).invoke(request, signal),
  };
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
