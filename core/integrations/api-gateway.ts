// `arn:aws:states:::apigateway:invoke`: one request to an API of API Gateway.
// https://docs.aws.amazon.com/step-functions/latest/dg/connect-api-gateway.html
import type { Call, CallOutcome } from '../engine/call.ts';
import { isObject, type Json, type JsonObject, parseJson, printJson } from '../expr/json.ts';
import type { HttpRequest } from '../ports.ts';
import type { HttpWorld, World } from '../world.ts';
import { rolesOf } from './aws-sdk.ts';
import { bodyOf, headerLists, isSuccess, textOf, withoutAnswer } from './http-answer.ts';
import { pair, pairsOf } from './http-form.ts';
import type { Caller } from './states.ts';

/** The error of a request that nobody answered. */
export const SOCKET_ERROR = 'ApiGateway.SdkClientException';

const WITH_BODY = new Set(['PATCH', 'POST', 'PUT']);

export async function invokeApi(
  { http, settings }: World & { http: HttpWorld },
  call: Call,
  caller: Caller,
  signal: AbortSignal,
): Promise<CallOutcome> {
  const given = parseJson(call.parameters);
  const parameters = withoutNulls(isObject(given) ? given : {});
  // A resource policy lets in who signs: on AWS the service, here the role that calls.
  const isSigned = parameters.AuthType === 'IAM_ROLE' || parameters.AuthType === 'RESOURCE_POLICY';
  const apiGateway = isSigned ? { sign: rolesOf(call, caller) } : {};
  try {
    const maxBytes = settings.limits.payloadBytes;
    const answer = await http.endpoints.send({ ...apiRequest(parameters), maxBytes, apiGateway }, signal);
    const text = textOf(answer);
    if (!isSuccess(answer)) return { kind: 'failed', error: `ApiGateway.${answer.status}`, cause: text };
    const output = {
      Headers: headerLists(answer.headers.toSorted(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))),
      ResponseBody: bodyOf(answer, text),
      StatusCode: answer.status,
      StatusText: answer.statusText,
    };
    return { kind: 'succeeded', output: printJson(output) };
  } catch (trouble) {
    return withoutAnswer(trouble, 'apigateway', SOCKET_ERROR);
  }
}

/** `https://<endpoint>/<stage>/<path>?<query>` */
export function apiRequest(parameters: JsonObject): Omit<HttpRequest, 'maxBytes' | 'apiGateway'> {
  const { ApiEndpoint, Method, Stage = '', Path = '', Headers, QueryParameters, RequestBody } = parameters;
  const method = String(Method);
  const endpoint = String(ApiEndpoint);
  const base = /^https?:\/\//.test(endpoint) ? endpoint : `https://${endpoint}`;
  const path = [base, String(Stage), String(Path)].map((part) => part.replace(/^\/+|\/+$/g, '')).filter(Boolean);
  const query = pairsOf(QueryParameters).map(([name, value]) => pair(name, value));
  const headers = pairsOf(Headers);
  const hasBody = WITH_BODY.has(method) && RequestBody !== undefined;
  const isTyped = headers.some(([name]) => name.toLowerCase() === 'content-type');
  return {
    method,
    url: new URL(`${path.join('/')}${path.length === 1 ? '/' : ''}${query.length > 0 ? `?${query.join('&')}` : ''}`)
      .href,
    headers: hasBody && !isTyped ? [...headers, ['Content-Type', 'application/json']] : headers,
    ...(hasBody ? { body: typeof RequestBody === 'string' ? RequestBody : printJson(RequestBody) } : {}),
  };
}

/** Nulls are not sent unless AllowNullValues says so; an argument that is null is none. */
function withoutNulls(parameters: JsonObject): JsonObject {
  const prune = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(prune);
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, member]) => member !== null)
        .map(([name, member]) => [name, prune(member)]),
    );
  };
  const { RequestBody = null, ...rest } = parameters;
  const body = parameters.AllowNullValues === true ? RequestBody : prune(RequestBody);
  return { ...(prune(rest) as JsonObject), ...(body === null ? {} : { RequestBody: body }) };
}
