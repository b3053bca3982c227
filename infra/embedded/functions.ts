// Lambda on a laptop: functions are files in directories, run by Node in environments that behave as Lambda's do.
// Answers, errors and limits are Lambda's own. Where the two differ: nothing is throttled (calls stand in line), an
// environment is not frozen between invocations, and an asynchronous invocation is not tried again when it fails.
import { jsonComplaint } from '../../core/expr/json-complaint.ts';
import { type LambdaAnswer, type LambdaFunctions, type LambdaRequest, ServiceError } from '../../core/ports.ts';
import type { Result } from './function-environment.ts';
import { responseTooLarge } from './function-errors.ts';
import { findFunction, type Home, parseFunctionName, stampOf } from './function-files.ts';
import { FunctionPool, type PoolLimits } from './function-pool.ts';

const REQUEST_BYTES_MAX = 6_291_456;
const RESPONSE_BYTES_MAX = 6_291_556;
const LOG_RESULT_BYTES_MAX = 4096;

const DEFAULT_LIMITS: PoolLimits = {
  perFunctionAtOnce: 10,
  perFunction: 50,
  patienceMs: 200,
  total: 100,
  memoryMb: 512,
  idleMs: 60_000,
};

export interface FunctionsOptions extends Home {
  /** Looked through at every call; the first that has the function wins. */
  directories: readonly string[];
  /** For functions that export no `timeout`. */
  defaultTimeoutMs?: number;
  limits?: Partial<PoolLimits>;
  /** Environment variables beside those of our own process; asked for when an environment starts. */
  variables?: () => Record<string, string>;
  /** One line of what a function printed. */
  log?: (functionName: string, line: string) => void;
  /** Called before a function is handed its event: the journal of what was started. */
  onInvoke?: (start: { functionName: string; requestId: string; payload: string }) => void;
}

export interface EmbeddedFunctions extends LambdaFunctions {
  /** Ends all environments; calls in flight are never answered, as in a process that dies. */
  close(): void;
}

interface Target {
  name: string;
  arn: string;
  file: string;
}

export function embeddedFunctions(options: FunctionsOptions): EmbeddedFunctions {
  const { directories, defaultTimeoutMs = 30_000, onInvoke = () => {} } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const pool = new FunctionPool({
    limits,
    variables: (name) => environmentVariables(name, limits.memoryMb, options),
    log(name, text) {
      for (const line of text.trimEnd().split('\n')) options.log?.(name, line);
    },
  });
  const timeoutOf = timeouts(pool, defaultTimeoutMs);

  function locate({ functionName, qualifier }: Pick<LambdaRequest, 'functionName' | 'qualifier'>): Target {
    const { name, arn, qualifiedArn } = parseFunctionName(functionName, qualifier, options);
    const file = findFunction(directories, name);
    if (file !== undefined) return { name, arn, file };
    throw new ServiceError(
      'ResourceNotFoundException',
      `Function not found: ${qualifiedArn}`,
      404,
      crypto.randomUUID(),
    );
  }

  async function run({ name, arn, file }: Target, request: LambdaRequest, requestId: string, signal: AbortSignal) {
    const environment = await pool.acquire(name, file, signal);
    const { payload, clientContext } = request;
    const outcome = environment.loaded.then(() => {
      if (signal.aborted) throw signal.reason;
      if (environment.isAlive) onInvoke({ functionName: name, requestId, payload });
      // Whoever gives up on the answer from here on does not stop the function, which keeps its environment to the end.
      return environment.run({ requestId, arn, payload, clientContext }, defaultTimeoutMs);
    });
    const released = outcome.finally(() => pool.release(environment));
    return withAbort(released, signal);
  }

  return {
    async timeoutMs(functionName) {
      const target = locatedOrUndefined(() => locate({ functionName }));
      return target === undefined ? defaultTimeoutMs : await timeoutOf(target);
    },
    async invoke(request, signal) {
      const requestId = crypto.randomUUID();
      const target = locate(request);
      checkRequestSize(request, requestId);
      checkJson(request, requestId);
      if (request.invocationType === 'DryRun') return answerOf({ payload: '' }, 204, requestId);
      if (request.invocationType === 'Event') {
        const unstoppable = new AbortController().signal;
        run(target, request, requestId, unstoppable).catch(() => {});
        return answerOf({ payload: '' }, 202, requestId);
      }
      const outcome = await run(target, request, requestId, signal);
      const answer = answerOf(withinLimit(outcome), 200, requestId);
      if (request.logType !== 'Tail') return answer;
      return { ...answer, logResult: logResult(requestId, outcome.output) };
    },
    close: () => pool.close(),
  };
}

/** What functions export as their timeout: known from loading them, for as long as their files do not change. */
function timeouts(pool: FunctionPool, defaultTimeoutMs: number): (target: Target) => Promise<number> {
  const known = new Map<string, { files: readonly string[]; stamp: string; timeoutMs: number }>();
  return async ({ name, file }) => {
    const before = known.get(file);
    if (before !== undefined && stampOf(before.files) === before.stamp) return before.timeoutMs;
    const environment = await pool.acquire(name, file, new AbortController().signal);
    await environment.loaded;
    const { files, timeoutMs = defaultTimeoutMs } = environment;
    if (environment.isAlive) known.set(file, { files, stamp: stampOf(files), timeoutMs });
    pool.release(environment);
    return timeoutMs;
  };
}

function locatedOrUndefined(locate: () => Target): Target | undefined {
  try {
    return locate();
  } catch {
    // The call itself will say it; refusing takes no time.
    return undefined;
  }
}

function checkRequestSize({ payload }: LambdaRequest, requestId: string): void {
  if (Buffer.byteLength(payload) <= REQUEST_BYTES_MAX) return;
  const message = `Request must be smaller than ${REQUEST_BYTES_MAX} bytes for the InvokeFunction operation`;
  throw new ServiceError('RequestTooLargeException', message, 413, requestId);
}

/** Lambda refuses it before any function sees it. */
function checkJson({ payload }: LambdaRequest, requestId: string): void {
  try {
    JSON.parse(payload);
  } catch {
    const message = `Could not parse request body into json: ${jsonComplaint(payload).message}`;
    throw new ServiceError('InvalidRequestContentException', message, 400, requestId);
  }
}

function withinLimit(outcome: Result): Result {
  const isTooLarge = 'payload' in outcome && Buffer.byteLength(outcome.payload) > RESPONSE_BYTES_MAX;
  return isTooLarge ? { failure: responseTooLarge(RESPONSE_BYTES_MAX) } : outcome;
}

function answerOf(outcome: Result, statusCode: number, requestId: string): LambdaAnswer {
  const common = { statusCode, executedVersion: '$LATEST', requestId };
  if ('payload' in outcome) return { ...common, payload: outcome.payload };
  return { ...common, payload: JSON.stringify(outcome.failure), functionError: 'Unhandled' };
}

function logResult(requestId: string, output: string): string {
  const text = `START RequestId: ${requestId} Version: $LATEST\n${output}END RequestId: ${requestId}\n`;
  return Buffer.from(text).subarray(-LOG_RESULT_BYTES_MAX).toString('base64');
}

/** Settles as the promise does, or rejects with the signal's reason if that comes first. */
function withAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function environmentVariables(name: string, memoryMb: number, { region, variables }: FunctionsOptions) {
  const { NODE_OPTIONS: _ours, ...inherited } = process.env;
  return {
    ...inherited,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: '[$LATEST]local',
    _HANDLER: `${name}.handler`,
    ...variables?.(),
  };
}
