// A failed function in Lambda's own words: the payload that comes with `functionError: Unhandled`.

/** The payload of a function that failed, in the order of members that Lambda prints. */
export interface FunctionFailure {
  errorType: string;
  errorMessage: string;
  trace?: string[];
}

/** What a handler threw or rejected with. */
export function failureOf(thrown: unknown): FunctionFailure {
  if (!(thrown instanceof Error)) return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  return { errorType: thrown.name, errorMessage: thrown.message, trace: thrown.stack?.split('\n') ?? [] };
}

/** What importing the function's module threw. */
export function importFailureOf(thrown: unknown): FunctionFailure {
  const { trace = [] } = failureOf(thrown);
  const errorMessage = String(thrown);
  if (thrown instanceof SyntaxError) return { errorType: 'Runtime.UserCodeSyntaxError', errorMessage, trace };
  const code = (thrown as { code?: unknown } | null)?.code;
  if (code === 'ERR_INVALID_TYPESCRIPT_SYNTAX' || code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX')
    return { errorType: 'Runtime.UserCodeSyntaxError', errorMessage, trace };
  if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND')
    return { errorType: 'Runtime.ImportModuleError', errorMessage, trace };
  return failureOf(thrown);
}

export function timedOut(requestId: string, timeoutMs: number): FunctionFailure {
  const seconds = (timeoutMs / 1000).toFixed(2);
  return {
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`,
  };
}

export function exited(requestId: string, reason: string): FunctionFailure {
  return { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${requestId} Error: ${reason}` };
}

export function responseTooLarge(limitBytes: number): FunctionFailure {
  return {
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: `Response payload size exceeded maximum allowed payload size (${limitBytes} bytes).`,
  };
}
