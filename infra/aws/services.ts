// Any action of any service of AWS, through the SDK's client of that service. One attempt: what may have taken effect is
// never done again by us (D4). What the service says comes back as it said it.
import { runtimeError } from '../../core/errors.ts';
import { type JsonObject, printJson } from '../../core/expr/json.ts';
import {
  AwsServiceError,
  type AwsServices,
  type ServiceAnswer,
  type ServiceError,
  type ServiceRequest,
} from '../../core/ports.ts';
import { assumedRoles, type RoleCredentials, type RoleOf, type RolesOptions } from './assumed-roles.ts';
import { type ClientOptions, clientConfig, withoutRecursionDetection } from './clients.ts';
import { operationOf } from './schema.ts';
import { type Client, type ClientPackage, type Command, loadClient, packageName } from './service-clients.ts';
import { fromOutput, toInput } from './service-json.ts';

export interface ServicesOptions {
  region?: string;
  /** Of our own; absent: wherever the SDK finds them. */
  credentials?: ClientOptions['credentials'] | undefined;
  now: () => number;
  /** `never` unless told otherwise. */
  machineRoles?: RolesOptions['machineRoles'];
  /** False where there is no STS to ask for roles: then every request is made with our own credentials. */
  assumesRoles?: boolean;
  /** Where AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_<SERVICE> are read from. */
  environment: Record<string, string | undefined>;
}

interface Service {
  exports: ClientPackage;
  client: Client;
}

/** `roleOf`: the credentials for whoever makes requests of another kind under the same roles. */
export function awsServices(options: ServicesOptions): AwsServices & { roleOf: RoleOf } {
  const { region, credentials: own, now, environment, machineRoles = 'never', assumesRoles = true } = options;
  /** One client per service and role, until the role has new credentials. */
  const services = new Map<string, { accessKeyId: string | undefined; service: Promise<Service> }>();
  const roleOf: RoleOf = assumesRoles
    ? assumedRoles({
        assumeRole: (parameters, signal) =>
          call({ service: 'sts', action: 'assumeRole', parameters, spelling: 'v2' }, signal),
        now,
        machineRoles,
      })
    : async () => undefined;

  async function open(service: string, credentials: ClientOptions['credentials'] = own): Promise<Service> {
    const exports = await loadClient(service);
    const ServiceClient = exportNamed(exports, /[^_]Client$/);
    if (ServiceClient === undefined) throw new Error(`${packageName(service)} exports no client`);
    const config = clientConfig({ endpoint: endpointOf(service, environment), region, credentials });
    const client = withoutRecursionDetection(new ServiceClient({ ...config, ...CLIENT }) as Client);
    return { exports, client };
  }

  function opened(
    { service: name, roleArn, machineRoleArn }: ServiceRequest,
    credentials: RoleCredentials | undefined,
  ): Promise<Service> {
    const key = credentials === undefined ? name : `${name} ${roleArn ?? machineRoleArn}`;
    const known = services.get(key);
    if (known !== undefined && known.accessKeyId === credentials?.accessKeyId) return known.service;
    const service = open(name, credentials);
    services.set(key, { accessKeyId: credentials?.accessKeyId, service });
    // Whoever installs a missing client need not start again.
    service.catch(() => services.delete(key));
    return service;
  }

  async function call(request: ServiceRequest, signal: AbortSignal): Promise<ServiceAnswer> {
    const credentials = await roleOf(request, signal);
    return await send(await opened(request, credentials), request, signal);
  }

  return { call, roleOf };
}

/** Only checksums that S3 demands: those of answers would show as members of them. */
const CLIENT = { maxAttempts: 1, responseChecksumValidation: 'WHEN_REQUIRED' };

/** As the SDK reads it: the service's own variable before the one for all. */
export function endpointOf(service: string, environment: ServicesOptions['environment']): string | undefined {
  const id = packageName(service).replace('@aws-sdk/client-', '').replaceAll('-', '_').toUpperCase();
  return environment[`AWS_ENDPOINT_URL_${id}`] ?? environment.AWS_ENDPOINT_URL;
}

async function send(
  { exports, client }: Service,
  request: ServiceRequest,
  signal: AbortSignal,
): Promise<ServiceAnswer> {
  const { service, action, parameters, spelling } = request;
  const ServiceCommand = exportNamed(exports, new RegExp(`^${action}Command$`, 'i'));
  const operation = ServiceCommand && operationOf(new ServiceCommand({}) as Command);
  if (ServiceCommand === undefined || operation === undefined)
    throw runtimeError(`The action ${action} of ${service} is not in the installed ${packageName(service)}.`);
  const command = new ServiceCommand(inputOf(parameters, operation.input)) as Command;
  const response = watchResponse(command);
  try {
    const answer = await client.send(command, { abortSignal: signal });
    const output = (await fromOutput(answer, operation.output, spelling)) as JsonObject | null;
    const { requestId = '' } = answer.$metadata as { requestId?: string };
    return { output: output ?? {}, requestId, status: response.statusCode, headers: response.headers };
  } catch (error) {
    throw serviceError(named(error as SdkError, action), client.config.serviceId, exports);
  }
}

function exportNamed(exports: ClientPackage, pattern: RegExp): ClientPackage[string] | undefined {
  const name = Object.keys(exports).find((key) => pattern.test(key));
  return name === undefined ? undefined : exports[name];
}

function inputOf(parameters: JsonObject, schema: unknown): object {
  try {
    return toInput(parameters, schema) as object;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw runtimeError(
      `The Parameters '${printJson(parameters)}' could not be used to start the Task: [${error.message}]`,
    );
  }
}

/** Status and headers, which the SDK does not hand out with an answer. */
function watchResponse(command: Command): { statusCode: number; headers: Record<string, string> } {
  const seen = { statusCode: 200, headers: {} as Record<string, string> };
  const middleware = (next: (args: unknown) => Promise<{ response: typeof seen }>) => async (args: unknown) => {
    const result = await next(args);
    const { statusCode, headers } = result.response;
    Object.assign(seen, { statusCode, headers });
    return result;
  };
  command.middlewareStack.add(middleware, { step: 'deserialize', name: 'watchResponse' });
  return seen;
}

interface SdkError extends Error {
  $fault?: string;
  $metadata?: { httpStatusCode?: number; requestId?: string; extendedRequestId?: string };
  /** The code on the wire, where it differs from the exception's name. */
  Code?: string;
  code?: string;
  hostname?: string;
}

/** S3 answers a HEAD without a body. Java's SDK names the exception by the action, and has no message. */
const MISSING: Record<string, string> = { headObject: 'NoSuchKey', headBucket: 'NoSuchBucket' };

function named(error: SdkError, action: string): SdkError & { exception?: string } {
  const exception = MISSING[action];
  if (exception === undefined || error.$metadata?.httpStatusCode !== 404) return error;
  return Object.assign(error, { exception, Code: exception, message: 'null' });
}

function serviceError(
  error: SdkError & { exception?: string },
  serviceId: string,
  exports: ClientPackage,
): ServiceError {
  const { httpStatusCode: status = 0, requestId = '', extendedRequestId } = error.$metadata ?? {};
  if (error.$fault === undefined) {
    const unsent = { code: 'SdkClientException', message: clientCause(error), status: 0, requestId: '' };
    return new AwsServiceError(unsent, { serviceId });
  }
  const refused = { code: error.Code ?? error.name, message: error.message, status, requestId };
  const Exception = exports[error.name];
  const isModelled = Exception !== undefined && error instanceof Exception;
  const exception = error.exception ?? (isModelled ? error.name : undefined);
  return new AwsServiceError(refused, {
    serviceId,
    ...(exception === undefined ? {} : { exception }),
    ...(extendedRequestId === undefined ? {} : { extendedRequestId }),
  });
}

/** Trouble between here and there, in the words of the Java SDK where AWS shows them. */
function clientCause({ message, code, hostname }: SdkError): string {
  if (code === 'ENOTFOUND') return `Unable to execute HTTP request: ${hostname}: Name or service not known`;
  return code === undefined ? message : `Unable to execute HTTP request: ${message}`;
}
