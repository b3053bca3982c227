// The integrations that AWS made for single services, by their table: `arn:aws:states:::<service>:<action>`.
import type { CallOutcome, Integration } from '../engine/call.ts';
import { StatesError } from '../errors.ts';
import { isObject, type JsonObject, parseJson, printJson } from '../expr/json.ts';
import { AwsServiceError, type AwsServices, type ServiceAnswer, ServiceError } from '../ports.ts';
import { clientName, errorCause, exceptionName, javaName, rolesOf, type ServiceCall } from './aws-sdk.ts';
import { type Ask, OPTIMISED, type OptimisedService, type Pattern } from './optimised-services.ts';

type Service = Extract<Integration, { kind: 'service' }>;

/** Undefined when this is none of the table's, or a pattern that AWS does not give the action. */
export function findOptimised({ service, action, pattern }: Service): OptimisedService | undefined {
  const row = Object.hasOwn(OPTIMISED, service) ? OPTIMISED[service] : undefined;
  return row?.actions[action]?.includes(pattern as Pattern) ? row : undefined;
}

export async function callOptimised(
  services: AwsServices,
  row: OptimisedService,
  { call, integration, caller }: ServiceCall,
  signal: AbortSignal,
): Promise<CallOutcome> {
  const { action, pattern } = integration;
  const translation = row.translations?.[action] ?? {};
  const given = parseJson(call.parameters);
  const parameters = isObject(given) ? given : {};
  const roles = rolesOf(call, caller);
  const ask: Ask = async (service, asked, of) =>
    (await services.call({ service, action: asked, parameters: of, spelling: 'v2', ...roles }, signal)).output;
  try {
    const prepared = (await translation.before?.(parameters, ask)) ?? parameters;
    const answer = await services.call(
      {
        service: serviceOf(row, integration),
        action: translation.action ?? action,
        parameters: translation.request?.(prepared, caller, pattern as Pattern) ?? prepared,
        spelling: row.v1 === undefined ? 'v2' : 'v1',
        ...roles,
      },
      signal,
    );
    const translated = translation.answer?.(answer.output) ?? answer.output;
    const output = (await translation.after?.(translated, parameters, ask)) ?? translated;
    const error = translation.error?.(output, pattern as Pattern);
    if (error !== undefined) return { kind: 'failed', error, cause: printJson(output) };
    return { kind: 'succeeded', output: printJson(row.v1 === undefined ? output : withMetadata(output, answer)) };
  } catch (error) {
    if (error instanceof ServiceError) return { kind: 'failed', ...failureOf(error, row) };
    if (!(error instanceof StatesError)) throw error;
    return { kind: 'failed', error: error.error, ...(error.causeText === undefined ? {} : { cause: error.causeText }) };
  }
}

/** The service as the SDK names it. */
export function serviceOf(row: OptimisedService, { service, action }: Service): string {
  return row.translations?.[action]?.service ?? row.service ?? service;
}

/** What a task fails with when the service refuses. */
export function failureOf(error: ServiceError, { prefix, v1 }: OptimisedService): { error: string; cause: string } {
  if (error.status === 0) return { error: `${prefix}.${error.code}`, cause: error.message };
  const exception = error instanceof AwsServiceError ? error.exception : error.code;
  if (v1 === undefined) {
    const serviceException = error instanceof AwsServiceError ? clientName(error.serviceId) : prefix;
    return { error: `${prefix}.${exceptionName(javaName(exception ?? serviceException))}`, cause: errorCause(error) };
  }
  const { message, status, code, requestId } = error;
  return {
    error: `${prefix}.${exception === undefined ? v1.exception : exceptionName(exception)}`,
    cause: `${message} (Service: ${v1.service}; Status Code: ${status}; Error Code: ${code}; Request ID: ${requestId}; Proxy: null)`,
  };
}

/** The answer among its HTTP headers, as the first Java SDK shows it; members in alphabetical order. */
function withMetadata(output: JsonObject, { headers, status, requestId }: ServiceAnswer): JsonObject {
  const shown = Object.fromEntries(Object.entries(headers).map(([name, value]) => [headerName(name), value]));
  const all: JsonObject = {
    ...output,
    SdkHttpMetadata: {
      AllHttpHeaders: Object.fromEntries(Object.entries(shown).map(([name, value]) => [name, [value]])),
      HttpHeaders: shown,
      HttpStatusCode: status,
    },
    SdkResponseMetadata: { RequestId: requestId },
  };
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** As services of AWS send them; Node hands headers out in small letters. */
function headerName(name: string): string {
  if (name === 'x-amzn-requestid') return 'x-amzn-RequestId';
  return name.startsWith('x-') ? name : name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}
