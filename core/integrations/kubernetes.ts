// The Kubernetes API of an EKS cluster: `eks:call`, and what `eks:runJob` stands on. The task names the endpoint and the
// certificate that it must have; who calls shows by a token of IAM, which the request's sender makes.
// https://docs.aws.amazon.com/step-functions/latest/dg/connect-eks.html#connect-eks-kubernetes-apis
import type { Call, CallOutcome } from '../engine/call.ts';
import { runtimeError, StatesError } from '../errors.ts';
import { isObject, type Json, type JsonObject, parseJson, printJson } from '../expr/json.ts';
import type { HttpAnswer, Roles } from '../ports.ts';
import type { HttpWorld, World } from '../world.ts';
import { rolesOf } from './aws-sdk.ts';
import { bodyOf, isSuccess, textOf, withoutAnswer } from './http-answer.ts';
import { pair, pairsOf } from './http-form.ts';
import type { Caller } from './states.ts';

/** The error of a request that nobody answered; no source tells AWS's name for it. */
export const SOCKET_ERROR = 'EKS.SdkClientException';

export interface KubernetesRequest {
  method: string;
  /** From the root of the API: `/api/v1/namespaces/default/pods`. */
  path: string;
  /** Lists of values by name. */
  query?: Json | undefined;
  /** JSON, or its text. */
  body?: Json | undefined;
}

/** A world that reaches endpoints. */
export type Reaching = World & { http: HttpWorld };

export function isReaching(world: World): world is Reaching {
  return world.http !== undefined;
}

export async function callKubernetes(
  world: Reaching,
  call: Call,
  caller: Caller,
  signal: AbortSignal,
): Promise<CallOutcome> {
  return await outcomeOf(async () => {
    const parameters = parametersOf(call);
    const request = {
      method: textIn(parameters, 'Method'),
      path: textIn(parameters, 'Path'),
      query: parameters.QueryParameters,
      body: parameters.RequestBody,
    };
    return await ask(world, parameters, request, rolesOf(call, caller), signal);
  });
}

export function parametersOf({ parameters }: Call): JsonObject {
  const given = parseJson(parameters);
  return isObject(given) ? given : {};
}

/** The answer as a task sees it; every status but 2xx is an error of that number. */
export async function outcomeOf(send: () => Promise<HttpAnswer>): Promise<CallOutcome> {
  try {
    const answer = await send();
    const output = printJson(resultOf(answer));
    return isSuccess(answer)
      ? { kind: 'succeeded', output }
      : { kind: 'failed', error: `EKS.${answer.status}`, cause: output };
  } catch (trouble) {
    return withoutAnswer(trouble, 'eks', SOCKET_ERROR);
  }
}

function resultOf(answer: HttpAnswer): JsonObject {
  const { status, statusText } = answer;
  return { ResponseBody: bodyOf(answer, textOf(answer)), StatusCode: status, StatusText: statusText };
}

/** One request to the cluster that the parameters name. Throws HttpTrouble, and StatesError for parameters that name none. */
export async function ask(
  { http, settings }: Reaching,
  parameters: JsonObject,
  { method, path, query, body }: KubernetesRequest,
  roles: Roles,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const cluster = {
    name: textIn(parameters, 'ClusterName'),
    certificateAuthority: textIn(parameters, 'CertificateAuthority'),
    roles,
  };
  const hasBody = body !== undefined && body !== null;
  return await http.endpoints.send(
    {
      method,
      url: urlOf(textIn(parameters, 'Endpoint'), path, query),
      headers: hasBody ? [['Content-Type', contentType(method, body)]] : [],
      ...(hasBody ? { body: typeof body === 'string' ? body : printJson(body) } : {}),
      maxBytes: settings.limits.payloadBytes,
      cluster,
    },
    signal,
  );
}

/** The path stays behind the endpoint, however many slashes it begins with. */
function urlOf(endpoint: string, path: string, query: Json | undefined): string {
  const base = /^https?:\/\//.test(endpoint) ? endpoint : `https://${endpoint}`;
  const pairs = pairsOf(query).map(([name, value]) => pair(name, value));
  const [before = '', given = ''] = path.split('?', 2);
  const search = [given, ...pairs].filter((text) => text !== '').join('&');
  const text = `${base.replace(/\/+$/, '')}/${before.replace(/^\/+/, '')}${search === '' ? '' : `?${search}`}`;
  if (!URL.canParse(text)) throw runtimeError(`'${text}' is not the address of a Kubernetes API.`);
  return new URL(text).href;
}

/** Kubernetes takes no plain JSON as a patch. A list is a JSON Patch; of the others every resource takes a merge patch. */
function contentType(method: string, body: Json): string {
  if (method !== 'PATCH') return 'application/json';
  return Array.isArray(body) ? 'application/json-patch+json' : 'application/merge-patch+json';
}

function textIn(parameters: JsonObject, name: string): string {
  const value = parameters[name];
  if (typeof value !== 'string' || value === '') throw runtimeError(`The field '${name}' is required but was missing`);
  return value;
}

/** What went wrong, for a place where it does not end the task. */
export function troubleOf(trouble: unknown): { error: string; cause: string } {
  if (trouble instanceof StatesError) return { error: trouble.error, cause: trouble.causeText ?? '' };
  const { error, cause } = withoutAnswer(trouble, 'eks', SOCKET_ERROR) as { error: string; cause?: string };
  return { error, cause: cause ?? '' };
}
