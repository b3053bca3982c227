// `arn:aws:states:::aws-sdk:<service>:<action>`: any action of any service. Names and texts of errors are those of
// AWS's Java SDK, second generation, which such tasks run on.
import type { Call, CallOutcome, Integration } from '../engine/call.ts';
import { StatesError } from '../errors.ts';
import { isObject, parseJson, printJson } from '../expr/json.ts';
import { AwsServiceError, type AwsServices, type Roles, ServiceError } from '../ports.ts';
import { errorPrefix } from './sdk-names.ts';
import type { Caller } from './states.ts';

type Service = Extract<Integration, { kind: 'service' }>;

/** One task's call, as every integration of a service takes it. */
export interface ServiceCall {
  call: Call;
  integration: Service;
  caller: Caller;
}

export async function callSdk(
  services: AwsServices,
  { call, integration, caller }: ServiceCall,
  signal: AbortSignal,
): Promise<CallOutcome> {
  const service = integration.service.replace('aws-sdk:', '');
  const parameters = parseJson(call.parameters);
  try {
    const { output } = await services.call(
      {
        service,
        action: integration.action,
        parameters: isObject(parameters) ? parameters : {},
        spelling: 'v2',
        ...rolesOf(call, caller),
      },
      signal,
    );
    return { kind: 'succeeded', output: printJson(output) };
  } catch (error) {
    if (error instanceof StatesError) return failed(error.error, error.causeText);
    if (error instanceof ServiceError) return failed(errorName(error, service), errorCause(error));
    throw error;
  }
}

export function rolesOf({ roleArn }: Pick<Call, 'roleArn'>, caller: Pick<Caller, 'roleArn'>): Roles {
  return {
    ...(roleArn === undefined ? {} : { roleArn }),
    ...(caller.roleArn === undefined ? {} : { machineRoleArn: caller.roleArn }),
  };
}

function failed(error: string, cause: string | undefined): CallOutcome {
  return { kind: 'failed', error, ...(cause === undefined ? {} : { cause }) };
}

/** `S3.NoSuchKeyException`; an error that the service's model does not have is the service's: `S3.S3Exception`. */
function errorName(error: ServiceError, service: string): string {
  const prefix = error instanceof AwsServiceError ? clientName(error.serviceId) : errorPrefix(service);
  if (error.status === 0) return `${prefix}.${error.code}`;
  const name = error instanceof AwsServiceError ? error.exception : error.code;
  return `${prefix}.${exceptionName(javaName(name ?? prefix))}`;
}

/** As the code generators of the Java SDK name exceptions. */
export function exceptionName(name: string): string {
  const stem = name.replace(/Fault$/, '');
  return stem.endsWith('Exception') ? stem : `${stem}Exception`;
}

/** The text of the second Java SDK. */
export function errorCause(error: ServiceError): string {
  if (error.status === 0) return error.message;
  const { serviceId = '', extendedRequestId } = error instanceof AwsServiceError ? error : {};
  const extended = extendedRequestId === undefined ? '' : `, Extended Request ID: ${extendedRequestId}`;
  const place = `Service: ${clientName(serviceId)}, Status Code: ${error.status}, Request ID: ${error.requestId}${extended}`;
  return `${error.message} (${place}) (SDK Attempt Count: 1)`;
}

/** The service as the Java SDK's client is named: `Config Service` is `Config`. */
export function clientName(serviceId: string): string {
  return javaName(serviceId).replace(/(?<=.)Service$/, '');
}

/**
 * A name as a class of the Java SDK: its words, each with one capital. `DynamoDB` is `DynamoDb`, `SFN` is `Sfn`,
 * `Secrets Manager` is `SecretsManager`, `KMSNotFoundException` is `KmsNotFoundException`.
 */
export function javaName(name: string): string {
  return name
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .replace(/([^a-z]{2,})v(\d+)/g, '$1 v$2 ')
    .replace(/([^A-Z]{2,})V(\d+)/g, '$1 V$2 ')
    .replace(/(?<=[a-z])(?=[A-Z][A-Za-z0-9])/g, ' ')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .replace(/(\d)([A-Za-z])/g, '$1 $2')
    .split(' ')
    .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1).toLowerCase()}`)
    .join('');
}
