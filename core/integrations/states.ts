// Step Functions calling Step Functions: `states:startExecution` in its four patterns, and `aws-sdk:sfn:<action>`.
// Both end in the API of this deployment.
import type { Call, CallOutcome, Integration } from '../engine/call.ts';
import { ApiError, assert } from '../errors.ts';
import { isObject, type Json, type JsonObject, parseJson, printJson } from '../expr/json.ts';
import { EXPRESS_SECONDS_MAX } from '../limits.ts';
import type { World } from '../world.ts';
import type { Exchange } from './http.ts';

type Service = Extract<Integration, { kind: 'service' }>;

/** The wait of the execution that calls: its child tells it how it ended. */
export interface Caller {
  executionArn: string;
  run: string;
  wait: string;
  /** The machine's role. */
  roleArn?: string;
  /** Sees what an HTTP task sends and gets, where somebody tests one. */
  trace?(exchange: Exchange): void;
}

/** `arn:aws:states:::states:startExecution`, alone, `.sync`, `.sync:2` or `.waitForTaskToken`. */
export async function startExecution(
  world: World,
  call: Call,
  { executionArn: callerArn, run, wait }: Caller,
  pattern: Service['pattern'],
): Promise<CallOutcome> {
  const parameters = parseJson(call.parameters);
  const input = isObject(parameters) ? withTextInput(requestOf(parameters)) : {};
  const requestId = world.newId();
  const answer = (executionArn: string, startDate: number) =>
    printJson({
      ExecutionArn: executionArn,
      SdkHttpMetadata: metadata(requestId),
      SdkResponseMetadata: { RequestId: requestId },
      StartDate: Math.round(startDate),
    });
  const { visit, child, redrives } = call.nested ?? {};
  const parent =
    pattern === 'sync' || pattern === 'sync:2'
      ? { executionArn: callerArn, run, wait, pattern, ...(visit === undefined ? {} : { visit }) }
      : undefined;
  try {
    if (parent !== undefined && redrives !== undefined) {
      const resumed = await api(world).resumeChild(redrives, parent);
      if (resumed !== undefined) {
        const { startDate, ...end } = resumed;
        return { kind: 'submitted', output: answer(redrives, startDate), child: redrives, ...end };
      }
    }
    const named = child === undefined ? input : { ...input, name: input.name ?? child.split(':')[7] ?? '' };
    const { executionArn, startDate } = await api(world).perform('StartExecution', named, parent);
    const output = answer(String(executionArn), Number(startDate) * 1000);
    if (pattern === '') return { kind: 'succeeded', output };
    return { kind: 'submitted', output, ...(parent === undefined ? {} : { child: String(executionArn) }) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const cause = `${error.message} (Service: AWSStepFunctions; Status Code: ${error.status}; Error Code: ${error.code}; Request ID: ${requestId}; Proxy: null)`;
    return { kind: 'failed', error: `StepFunctions.${exceptionName(error.code)}`, cause };
  }
}

/** How long an action may keep its caller waiting, in milliseconds; undefined for those that answer at once. */
export function heldMs({ settings }: World, action: string): number | undefined {
  if (action === 'startSyncExecution' || action === 'testState') return EXPRESS_SECONDS_MAX * 1000;
  return action === 'getActivityTask' ? settings.activityPollMs : undefined;
}

/** `arn:aws:states:::aws-sdk:sfn:<action>`. */
export async function callSfn(world: World, call: Call, { action, pattern }: Service): Promise<CallOutcome> {
  const parameters = parseJson(call.parameters);
  const name = `${action[0]?.toUpperCase()}${action.slice(1)}`;
  try {
    const request = requestOf(isObject(parameters) ? parameters : {});
    const answer = await api(world).perform(name, withTextInput(request));
    const output = printJson(answerOf(answer));
    return pattern === 'waitForTaskToken' ? { kind: 'submitted', output } : { kind: 'succeeded', output };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const place = `(Service: Sfn, Status Code: ${error.status}, Request ID: ${world.newId()}) (SDK Attempt Count: 1)`;
    return { kind: 'failed', error: `Sfn.${exceptionName(error.code)}`, cause: `${error.message} ${place}` };
  }
}

function api(world: World): NonNullable<World['ownApi']> {
  assert(world.ownApi !== undefined, 'The handlers give every world its own API');
  return world.ownApi;
}

function exceptionName(code: string): string {
  return code.endsWith('Exception') ? code : `${code}Exception`;
}

/** Members that hold a payload: what is inside is the author's. */
const PAYLOADS = new Set(['Input', 'Output']);

/** Tasks write the members of a request in PascalCase, the wire has them in camelCase. */
function requestOf(parameters: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      `${name[0]?.toLowerCase()}${name.slice(1)}`,
      PAYLOADS.has(name) ? value : deep(value, requestOf),
    ]),
  );
}

/** Payloads are JSON text on the wire and may be written as JSON in a definition; null is an empty object (recorded). */
function withTextInput(request: JsonObject): JsonObject {
  const text = (value: Json) => (typeof value === 'string' ? value : printJson(value ?? {}));
  const { input, output } = request;
  return {
    ...request,
    ...(input === undefined ? {} : { input: text(input) }),
    ...(output === undefined ? {} : { output: text(output) }),
  };
}

/** Members whose keys are names that the author gave. */
const MAPS = new Set(['variableReferences', 'assignedVariables']);

/** The answer as AWS's Java SDK shows it: PascalCase, times as text. */
function answerOf(answer: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(answer)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [
        `${name[0]?.toUpperCase()}${name.slice(1)}`,
        MAPS.has(name) ? value : deep(isTime(name) && typeof value === 'number' ? timeText(value) : value, answerOf),
      ]),
  );
}

function isTime(name: string): boolean {
  return name.endsWith('Date') || name === 'timestamp';
}

function timeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

function deep(value: Json, rename: (object: JsonObject) => JsonObject): Json {
  if (Array.isArray(value)) return value.map((each) => deep(each, rename));
  return isObject(value) ? rename(value) : value;
}

function metadata(requestId: string): JsonObject {
  const headers: JsonObject = { 'Content-Type': 'application/x-amz-json-1.0', 'x-amzn-RequestId': requestId };
  return {
    AllHttpHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    HttpHeaders: headers,
    HttpStatusCode: 200,
  };
}
