// Lambda functions that are plain TypeScript, with starts counted as they happen: what a test world calls.
import { type LambdaFunctions, ServiceError } from '../../core/ports.ts';

/** Gets the payload and how many times it has been started, this time included. What it throws is the function's error. */
export type TestFunction = (payload: never, attempt: number) => unknown;

export interface TestFunctions {
  /** The configured timeout of functions, by name; 30 seconds where none is given. */
  timeouts: Map<string, number>;
  /** Starts of functions, by name. */
  invocations: Map<string, number>;
  lambda: LambdaFunctions;
}

const TIMEOUT_MS = 30_000;

export function testFunctions(functions: Record<string, TestFunction>): TestFunctions {
  const timeouts = new Map<string, number>();
  const invocations = new Map<string, number>();
  const nameOf = (arn: string) => arn.split(':').at(-1) ?? '';
  const lambda: LambdaFunctions = {
    async timeoutMs(functionName) {
      return timeouts.get(nameOf(functionName)) ?? TIMEOUT_MS;
    },
    async invoke({ functionName, payload }) {
      const name = nameOf(functionName);
      const attempt = (invocations.get(name) ?? 0) + 1;
      invocations.set(name, attempt);
      const behaviour = functions[name];
      const answer = { statusCode: 200, executedVersion: '$LATEST', requestId: `request-${name}-${attempt}` };
      if (behaviour === undefined)
        throw new ServiceError(
          'ResourceNotFoundException',
          `Function not found: ${functionName}`,
          404,
          answer.requestId,
        );
      try {
        return { ...answer, payload: JSON.stringify((await behaviour(JSON.parse(payload) as never, attempt)) ?? null) };
      } catch (error) {
        const { name: errorType, message: errorMessage } = error as Error;
        return {
          ...answer,
          functionError: 'Unhandled',
          payload: JSON.stringify({ errorType, errorMessage, trace: [] }),
        };
      }
    },
  };
  return { timeouts, invocations, lambda };
}
