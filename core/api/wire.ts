// The wire: AWS JSON 1.0. One POST with `X-Amz-Target: AWSStepFunctions.<Action>`, or `Stepwell.<Action>` for what AWS
// does not have; errors as `__type` and `message`.
// This file alone knows headers, status codes and the text of a body. Whatever goes wrong inside is answered as
// InternalFailure with the request's id, or as ServiceUnavailable or ThrottlingException where the caller should come
// again; the trouble itself goes to `onTrouble`, never to the caller.
import { ApiError, Unavailable, Unreadable } from '../errors.ts';
import type { Json } from '../expr/json.ts';
import type { World } from '../world.ts';
import { type AccessPolicy, checkAccess, resourcesOf } from './access.ts';
import type { Action, Unsupported } from './action.ts';
import { ACTIONS } from './actions/index.ts';
import { EXTENSIONS } from './extensions/index.ts';
import { readInput } from './shape.ts';

export interface ApiRequest {
  method: string;
  /** Names in lower case. */
  headers: Record<string, string | undefined>;
  body: string;
  /** Who asks, where that decides what may be done; undefined: whoever gets here may do everything. */
  access?: { caller: string | undefined; policy: AccessPolicy };
  /** Says that whoever asked is gone, where that can be known. */
  signal?: AbortSignal;
}

export interface ApiResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

const SERVICES: Record<string, Record<string, Action | Unsupported>> = {
  AWSStepFunctions: ACTIONS,
  Stepwell: EXTENSIONS,
};
const CONTENT_TYPE = 'application/x-amz-json-1.0';
/** As AWS's answer names it. */
const REQUEST_BYTES = 1_049_600;

export async function handleRequest(
  world: World,
  request: ApiRequest,
  onTrouble: (trouble: unknown, requestId: string) => void = () => {},
): Promise<ApiResponse> {
  const requestId = world.newId();
  try {
    const output = await perform(world, request);
    return respond(requestId, 200, JSON.stringify(output));
  } catch (trouble) {
    if (!(trouble instanceof ApiError)) onTrouble(trouble, requestId);
    return errorResponse(requestId, trouble instanceof ApiError ? trouble : failureOf(trouble));
  }
}

export function errorResponse(requestId: string, { code, message, status, fields }: ApiError): ApiResponse {
  return respond(requestId, status, JSON.stringify({ __type: code, message, ...fields }));
}

async function perform(world: World, request: ApiRequest): Promise<object> {
  if (request.method !== 'POST') throw unknownOperation();
  const [, service = '', name = ''] = /^(\w+)\.(\w+)$/.exec(request.headers['x-amz-target'] ?? '') ?? [];
  const actions = Object.hasOwn(SERVICES, service) ? SERVICES[service] : undefined;
  const action = actions !== undefined && Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined) throw unknownOperation();
  if ('unsupported' in action) throw unknownOperation(`${name} is not supported: ${action.unsupported}`);
  const limit = requestBytes(world);
  if (Buffer.byteLength(request.body) > limit)
    throw new ApiError('RequestEntityTooLargeException', `HTTP content length exceeded ${limit} bytes.`, 413);
  const input = parseBody(request.body);
  authorize(world, request.access, `${service === 'Stepwell' ? 'stepwell' : 'states'}:${name}`, action, input);
  return action.run(readInput(action.members, input), world, request.signal);
}

function authorize(
  world: World,
  access: ApiRequest['access'],
  name: string,
  { members }: Action,
  input: unknown,
): void {
  if (access === undefined) return;
  for (const resource of resourcesOf(world, name, members, input as Json))
    checkAccess(access.policy, { caller: access.caller, action: name, resource });
}

/** AWS's limit, or more where payloads may be larger: quoted as JSON text they can double. */
function requestBytes({ settings }: World): number {
  return Math.max(REQUEST_BYTES, 2 * settings.limits.payloadBytes);
}

function parseBody(body: string): unknown {
  try {
    return JSON.parse(body === '' ? '{}' : body);
  } catch {
    throw new ApiError('SerializationException', 'Could not parse request body into json');
  }
}

function unknownOperation(message = 'The requested operation is not supported'): ApiError {
  return new ApiError('UnknownOperationException', message);
}

/** How the services below us say that they are asked too much. */
const THROTTLES = new Set([
  'ThrottlingException',
  'Throttling',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'SlowDown',
]);

/** What the caller is told of trouble that is not theirs: whether to come again. */
function failureOf(trouble: unknown): ApiError {
  if (trouble instanceof Unavailable) return new ApiError('ServiceUnavailable', trouble.message, 503);
  if (trouble instanceof Unreadable)
    return new ApiError('InternalFailure', `${trouble.message}. 'stepwell doctor --thorough' says what to do.`, 500);
  if (trouble instanceof Error && THROTTLES.has(trouble.name))
    return new ApiError('ThrottlingException', 'Rate exceeded');
  return new ApiError('InternalFailure', 'The request processing has failed because of an unknown error', 500);
}

function respond(requestId: string, status: number, body: string): ApiResponse {
  return { status, headers: { 'content-type': CONTENT_TYPE, 'x-amzn-requestid': requestId }, body };
}
