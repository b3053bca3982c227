// Lambda, both ways: a function's ARN as the Resource, and the optimised integration `lambda:invoke`. Errors and
// results in the shapes recorded on AWS.
import type { Call, CallOutcome } from '../engine/call.ts';
import { StatesError } from '../errors.ts';
import { isObject, type Json, type JsonObject, parseJson, printJson } from '../expr/json.ts';
import { type LambdaAnswer, type LambdaFunctions, type LambdaRequest, ServiceError } from '../ports.ts';
import { rolesOf } from './aws-sdk.ts';
import type { Caller } from './states.ts';

/** The payload of a call is the arguments themselves, the result the function's own answer. */
export async function callFunction(
  lambda: LambdaFunctions,
  call: Call,
  caller: Caller,
  signal: AbortSignal,
): Promise<CallOutcome> {
  const request = { functionName: call.resource, payload: call.parameters, ...rolesOf(call, caller) };
  return await outcome(request, lambda, signal, (answer) => answer.payload);
}

/** `arn:aws:states:::lambda:invoke`: arguments as of the Invoke API, the result with the service's metadata. */
export async function invoke(
  lambda: LambdaFunctions,
  call: Call,
  caller: Caller,
  signal: AbortSignal,
): Promise<CallOutcome> {
  const request = invokeRequest(parseJson(call.parameters));
  if (request === undefined)
    return { kind: 'failed', error: 'States.Runtime', cause: "The field 'FunctionName' is required but was missing" };
  return await outcome({ ...request, ...rolesOf(call, caller) }, lambda, signal, (answer) =>
    printJson(invokeResult(answer)),
  );
}

/** The function that a call of either kind names. */
export function functionOf(call: Call): string | undefined {
  return call.resource.includes(':states:') ? invokeRequest(parseJson(call.parameters))?.functionName : call.resource;
}

function invokeRequest(parameters: Json): LambdaRequest | undefined {
  if (!isObject(parameters) || typeof parameters.FunctionName !== 'string') return undefined;
  const { FunctionName, Payload, Qualifier, InvocationType, ClientContext, LogType } = parameters;
  return {
    functionName: FunctionName,
    payload: requestPayload(Payload),
    ...(typeof Qualifier === 'string' ? { qualifier: Qualifier } : {}),
    ...(typeof InvocationType === 'string' ? { invocationType: InvocationType } : {}),
    ...(typeof ClientContext === 'string' ? { clientContext: ClientContext } : {}),
    ...(typeof LogType === 'string' ? { logType: LogType } : {}),
  };
}

/** No payload, or null, is an empty object to the function; a string is JSON text already (both recorded). */
function requestPayload(payload: Json | undefined): string {
  if (payload === undefined || payload === null) return '{}';
  return typeof payload === 'string' ? payload : printJson(payload);
}

async function outcome(
  request: LambdaRequest,
  lambda: LambdaFunctions,
  signal: AbortSignal,
  output: (answer: LambdaAnswer) => string,
): Promise<CallOutcome> {
  try {
    const answer = await lambda.invoke(request, signal);
    if (answer.functionError === undefined) return { kind: 'succeeded', output: output(answer) };
    return { kind: 'failed', error: errorType(answer.payload), cause: answer.payload };
  } catch (error) {
    if (error instanceof StatesError)
      return {
        kind: 'failed',
        error: error.error,
        ...(error.causeText === undefined ? {} : { cause: error.causeText }),
      };
    if (!(error instanceof ServiceError)) throw error;
    return { kind: 'failed', error: `Lambda.${error.code}`, cause: serviceCause(error) };
  }
}

/** The text of the SDK that AWS's own optimised integrations use. */
function serviceCause({ message, status, code, requestId }: ServiceError): string {
  if (code === 'SdkClientException') return message;
  return `${message} (Service: AWSLambda; Status Code: ${status}; Error Code: ${code}; Request ID: ${requestId}; Proxy: null)`;
}

function errorType(payload: string): string {
  try {
    const error = parseJson(payload);
    if (isObject(error) && typeof error.errorType === 'string') return error.errorType;
  } catch {
    // A function error that is no JSON object has no type to name.
  }
  return 'Lambda.Unknown';
}

function invokeResult(answer: LambdaAnswer): JsonObject {
  const length = String(Buffer.byteLength(answer.payload));
  const headers: JsonObject = {
    Connection: 'keep-alive',
    'Content-Length': length,
    'Content-Type': 'application/json',
    'X-Amz-Executed-Version': answer.executedVersion,
    'x-amzn-RequestId': answer.requestId,
  };
  return {
    ExecutedVersion: answer.executedVersion,
    ...(answer.logResult === undefined ? {} : { LogResult: answer.logResult }),
    Payload: parsedOrText(answer.payload),
    SdkHttpMetadata: {
      AllHttpHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
      HttpHeaders: headers,
      HttpStatusCode: answer.statusCode,
    },
    SdkResponseMetadata: { RequestId: answer.requestId },
    StatusCode: answer.statusCode,
  };
}

function parsedOrText(payload: string): Json {
  if (payload === '') return {};
  try {
    return parseJson(payload);
  } catch {
    return payload;
  }
}
