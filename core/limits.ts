// Every number of the service that a definition or payload can run into, in one table. `aws` is exact AWS and the
// default of the local server; `extended` is the default when deployed to an account.

export interface Limits {
  /** Bytes of UTF-8 of any input, output or result. */
  payloadBytes: number;
  /** Event number at which an execution is ended. */
  historyEvents: number;
  /** Iterations of an inline Map that run at once when MaxConcurrency leaves it open. */
  inlineMapConcurrency: number;
  /** Bytes of one variable, and of all variables set by one Assign. */
  variableBytes: number;
  /** Bytes of all variables of an execution. */
  variablesTotalBytes: number;
  definitionBytes: number;
  /** Seconds a Wait may last. */
  waitSeconds: number;
  /** Days after its end that an execution can be redriven. */
  redriveDays: number;
}

const MEBIBYTE = 1024 * 1024;

export const LIMITS = {
  aws: {
    payloadBytes: 262_144,
    historyEvents: 25_000,
    inlineMapConcurrency: 40,
    variableBytes: 262_144,
    variablesTotalBytes: 10 * MEBIBYTE,
    definitionBytes: MEBIBYTE,
    waitSeconds: 99_999_999,
    redriveDays: 14,
  },
  extended: {
    payloadBytes: 6 * MEBIBYTE,
    historyEvents: 1_000_000,
    inlineMapConcurrency: 1_000,
    variableBytes: 6 * MEBIBYTE,
    variablesTotalBytes: 10 * MEBIBYTE,
    definitionBytes: MEBIBYTE,
    waitSeconds: 99_999_999,
    redriveDays: 365,
  },
} satisfies Record<string, Limits>;
