// `arn:aws:states:::http:invoke`: one request to an HTTPS endpoint, let in by an EventBridge connection.
//   arguments -> connection -> authorization -> request -> answer, within 60 seconds
// https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html
import type { Call, CallOutcome } from '../engine/call.ts';
import { isObject, type JsonObject, parseJson, printJson } from '../expr/json.ts';
import type { HttpAnswer } from '../ports.ts';
import type { HttpWorld, World } from '../world.ts';
import { rolesOf } from './aws-sdk.ts';
import { bodyOf, headerLists, isSuccess, textOf, withoutAnswer } from './http-answer.ts';
import { authorize, forgetToken } from './http-authorization.ts';
import { type TaskRequest, taskRequest, withContentType } from './http-request.ts';
import type { Caller } from './states.ts';

/** AWS's own limit for the whole of it, whatever TimeoutSeconds says. */
export const HTTP_TASK_MS = 60_000;
/** The error of a request that nobody answered. */
export const SOCKET_ERROR = 'States.Http.Socket';

/** What TestState shows of a request: with and without what the connection added. */
export interface Exchange {
  request: { revealed: TaskRequest; open: TaskRequest };
  response?: { status: number; statusText: string; headers: HttpAnswer['headers']; body: string };
}

export async function invoke(
  world: World & { http: HttpWorld },
  call: Call,
  caller: Caller,
  signal: AbortSignal,
): Promise<CallOutcome> {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const late = world.clock.until(world.clock.now() + HTTP_TASK_MS, either).then(
    (): CallOutcome => ({
      kind: 'failed',
      error: SOCKET_ERROR,
      cause: `The endpoint did not answer within ${HTTP_TASK_MS / 1000} seconds.`,
    }),
  );
  try {
    return await Promise.race([exchange(world, call, caller, either), late]);
  } catch (trouble) {
    return withoutAnswer(trouble, 'http', SOCKET_ERROR);
  } finally {
    over.abort();
  }
}

async function exchange(
  world: World & { http: HttpWorld },
  call: Call,
  caller: Caller,
  signal: AbortSignal,
): Promise<CallOutcome> {
  const { http, settings } = world;
  const given = parseJson(call.parameters);
  const parameters: JsonObject = isObject(given) ? given : {};
  const sender = { region: settings.region, maxBytes: settings.limits.payloadBytes };
  const found = await http.connections.find(connectionArn(parameters), rolesOf(call, caller), signal);
  const connection = { ...found, authorized: await authorize(world, found, signal) };
  const revealed = taskRequest(parameters, sender, connection);
  const request = { revealed, open: taskRequest(parameters, sender) };
  caller.trace?.({ request });
  const { method, url, body } = revealed;
  const answer = await http.endpoints.send(
    {
      method,
      url,
      headers: withContentType(revealed),
      maxBytes: sender.maxBytes,
      ...(body === undefined ? {} : { body }),
    },
    signal,
  );
  if (answer.status === 401 || answer.status === 407) forgetToken(http, found);
  return outcomeOf(answer, (text) =>
    caller.trace?.({ request, response: { ...answer, headers: small(answer), body: text } }),
  );
}

/** A failure says no more than its status: AWS, too, drops the body. */
function outcomeOf(answer: HttpAnswer, show: (body: string) => void): CallOutcome {
  const { status, statusText } = answer;
  if (!isSuccess(answer)) {
    show(Buffer.from(answer.body).toString());
    return { kind: 'failed', error: `States.Http.StatusCode.${status}`, cause: statusText };
  }
  const text = textOf(answer);
  show(text);
  const output = {
    Headers: headerLists(small(answer)),
    ResponseBody: bodyOf(answer, text),
    StatusCode: status,
    StatusText: statusText,
  };
  return { kind: 'succeeded', output: printJson(output) };
}

/** HTTP tasks show names of headers in small letters. */
function small({ headers }: HttpAnswer): HttpAnswer['headers'] {
  return headers.map(([name, value]) => [name.toLowerCase(), value] as const);
}

function connectionArn({ InvocationConfig, Authentication }: JsonObject): string {
  const { ConnectionArn } = isObject(InvocationConfig)
    ? InvocationConfig
    : isObject(Authentication)
      ? Authentication
      : {};
  return String(ConnectionArn);
}
