// The four kinds of trouble, never converted into one another by accident:
//  1. StatesError: the workflow's own failure; thrown in expr and engine, caught in one place, then data for Retry and Catch.
//  2. ApiError: AWS's modelled exceptions, for the caller of an action.
//  3. Infrastructure trouble: adapters throw it untouched; the message returns to the queue.
//  4. A broken invariant: `assert`; the invocation ends, the message returns, in the end the dead-letter queue has it.

/** A failure of the execution itself. `cause` has no "An error occurred while executing the state" prefix: the engine adds it. */
export class StatesError extends Error {
  readonly error: string;
  readonly causeText: string | undefined;
  /** Where a JSONata field failed, e.g. `Output/result`: becomes the EvaluationFailed event's location. */
  readonly location: string | undefined;

  constructor(error: string, causeText: string | undefined, location?: string) {
    super(`${error}: ${causeText ?? ''}`);
    this.name = 'StatesError';
    this.error = error;
    this.causeText = causeText;
    this.location = location;
  }
}

/** Shorthand for the service's error of a definition that met data it cannot work on. */
export function runtimeError(cause: string): StatesError {
  return new StatesError('States.Runtime', cause);
}

/** Errors that no Retry and no Catch ever sees (spec section 1.8). */
export const TERMINAL_ERRORS: ReadonlySet<string> = new Set(['States.DataLimitExceeded', 'States.Runtime']);

/** An answer of the API that is an error: `code` is the wire's `__type`, `fields` further members of the shape. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  readonly fields: Record<string, unknown>;

  constructor(code: string, message: string, status = 400, fields: Record<string, unknown> = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
    this.fields = fields;
  }
}

/** Infrastructure trouble that may be over soon, such as a full disk; its message is for whoever can end it. */
export class Unavailable extends Error {
  override name = 'Unavailable';
}

/**
 * What is stored cannot be read, or is gone. Its message says which item and why, for whoever can restore it: callers of the
 * API see it, too.
 */
export class Unreadable extends Error {
  override name = 'Unreadable';
}

export class BrokenInvariant extends Error {
  override name = 'BrokenInvariant';
}

export function assert(condition: unknown, sentence: string): asserts condition {
  if (!condition) throw new BrokenInvariant(sentence);
}

export function assertNever(value: never): never {
  throw new BrokenInvariant(`Unexpected value ${JSON.stringify(value)}`);
}
