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
  /** Seconds that the end of a Wait may lie ahead: 2^31 (recorded: 24,855 days pass, 24,856 do not); Express has less. */
  waitSeconds: number;
  /** Days after its end that an execution can be redriven. */
  redriveDays: number;
}

/** How long an Express execution may take, and a Wait in it. */
export const EXPRESS_SECONDS_MAX = 300;

const MEBIBYTE = 1024 * 1024;

export const LIMITS = {
  aws: {
    payloadBytes: 262_144,
    historyEvents: 25_000,
    inlineMapConcurrency: 40,
    variableBytes: 262_144,
    variablesTotalBytes: 10 * MEBIBYTE,
    definitionBytes: MEBIBYTE,
    waitSeconds: 2 ** 31,
    redriveDays: 14,
  },
  extended: {
    payloadBytes: 6 * MEBIBYTE,
    historyEvents: 1_000_000,
    inlineMapConcurrency: 1_000,
    variableBytes: 6 * MEBIBYTE,
    variablesTotalBytes: 10 * MEBIBYTE,
    definitionBytes: MEBIBYTE,
    waitSeconds: 2 ** 31,
    redriveDays: 365,
  },
} satisfies Record<string, Limits>;
