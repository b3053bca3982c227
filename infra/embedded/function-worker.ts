// The inside of one execution environment: imports one function's module and answers one invocation at a time, as
// Lambda's Node 24 runtime does. Runs as a thread of its own, so an endless loop, a crash or process.exit ends only it.
import { registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { type FunctionFailure, failureOf, importFailureOf } from './function-errors.ts';

export interface EnvironmentData {
  file: string;
  functionName: string;
  memoryMb: number;
}

export interface Invocation {
  requestId: string;
  arn: string;
  payload: string;
  /** Epoch milliseconds. */
  deadline: number;
  clientContext?: string | undefined;
}

export type FromWorker =
  | { kind: 'ready'; timeoutSeconds?: number | undefined; files: string[] }
  | { kind: 'log'; text: string }
  | { kind: 'answer'; requestId: string; payload: string }
  | { kind: 'failure'; requestId: string; failure: FunctionFailure }
  /** The environment is lost: its module does not load, or something threw outside the handler. */
  | { kind: 'crash'; failure: FunctionFailure };

type Handler = (event: unknown, context: object) => unknown;

/** Node 24 on Lambda has no callbacks any more and says so. */
const CALLBACK_TEXT =
  'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.';

const port = parentPort!;
const { file, functionName, memoryMb } = workerData as EnvironmentData;
const post = (message: FromWorker) => port.postMessage(message);

function crash(failure: FunctionFailure, code: number): never {
  post({ kind: 'crash', failure });
  process.exit(code);
}

/** Output goes through the same port as answers, so a line never arrives after the answer it was written before. */
function forwardOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
      post({ kind: 'log', text: typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString() });
      const written = rest.at(-1);
      if (typeof written === 'function') queueMicrotask(() => written());
      return true;
    };
  }
}

/** Collects the files the function consists of: when one changes, the environment is out of date. */
function watchImports(): string[] {
  const files = [file];
  registerHooks({
    load(url, context, next) {
      if (url.startsWith('file:') && !url.includes('/node_modules/')) files.push(fileURLToPath(url));
      return next(url, context);
    },
  });
  return files;
}

function handlerOf(module: Record<string, unknown>): Handler {
  const inner = module.default as Record<string, unknown> | undefined;
  const handler = module.handler ?? inner?.handler;
  const problem = !handler
    ? 'is undefined or not exported'
    : typeof handler === 'function'
      ? undefined
      : 'is not a function';
  if (problem === undefined) return handler as Handler;
  return crash(
    { errorType: 'Runtime.HandlerNotFound', errorMessage: `${functionName}.handler ${problem}`, trace: [] },
    1,
  );
}

function contextOf({ requestId, arn, deadline, clientContext }: Invocation): object {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: '$LATEST',
    functionName,
    memoryLimitInMB: String(memoryMb),
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext:
      clientContext === undefined ? undefined : JSON.parse(Buffer.from(clientContext, 'base64').toString()),
    identity: undefined,
    invokedFunctionArn: arn,
    awsRequestId: requestId,
    getRemainingTimeInMillis: () => Math.max(deadline - Date.now(), 0),
  };
}

function toPayload(result: unknown): string {
  try {
    return JSON.stringify(result) ?? 'null';
  } catch {
    const error = new Error('Unable to stringify response body');
    error.name = 'Runtime.JSONStringifyError';
    throw error;
  }
}

async function answer(handler: Handler, invocation: Invocation): Promise<void> {
  const { requestId } = invocation;
  try {
    if (handler.length >= 3) {
      throw Object.assign(new Error(CALLBACK_TEXT), { name: 'Runtime.CallbackHandlerDeprecated' });
    }
    const result = await handler(JSON.parse(invocation.payload), contextOf(invocation));
    post({ kind: 'answer', requestId, payload: toPayload(result) });
  } catch (thrown) {
    post({ kind: 'failure', requestId, failure: failureOf(thrown) });
  }
}

async function main(): Promise<void> {
  forwardOutput();
  process.on('uncaughtException', (error) => crash(failureOf(error), 129));
  process.on('unhandledRejection', (reason) => {
    const { trace = [] } = failureOf(reason);
    crash({ errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: String(reason), trace }, 128);
  });
  const files = watchImports();
  let module: Record<string, unknown>;
  try {
    module = await import(pathToFileURL(file).href);
  } catch (thrown) {
    return crash(importFailureOf(thrown), 1);
  }
  const handler = handlerOf(module);
  const timeout = Number(module.timeout ?? (module.default as Record<string, unknown> | undefined)?.timeout);
  post({ kind: 'ready', files: [...new Set(files)], timeoutSeconds: timeout > 0 ? timeout : undefined });
  port.on('message', (invocation: Invocation) => void answer(handler, invocation));
}

void main();
