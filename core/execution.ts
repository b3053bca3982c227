// An execution as data: what it was started with, how it stands, what a list and a history show of it. Types only, so
// the interpreter can know them without knowing who keeps them.

/** All that StartExecution decided; carried whole by both the name item and the start message (D5). */
export interface Creation {
  run: string;
  executionArn: string;
  name: string;
  machineArn: string;
  machineName: string;
  revisionId: string;
  roleArn: string;
  /** JSON text, as the caller sent it. */
  input: string;
  startDate: number;
  versionArn?: string;
  aliasArn?: string;
  traceHeader?: string;
  /** The test case of the mock configuration that it runs. */
  testCase?: string;
  /** Where it begins, if it is the fork of another execution: the state, its input, and variables as JSON texts. */
  fork?: {
    from: { executionArn: string; eventId?: number };
    state: string;
    input: string;
    variables: Record<string, string>;
  };
  /** The execution that waits for the end of this one. */
  parent?: {
    executionArn: string;
    run: string;
    wait: string;
    pattern: 'sync' | 'sync:2';
    /** Id of the parent's event that entered the state. */
    visit?: number;
  };
}

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** Where an execution stands, as its newest record says. */
export interface Standing {
  status: ExecutionStatus;
  stopDate?: number;
  output?: string;
  error?: string;
  cause?: string;
  redriveCount: number;
  redriveDate?: number;
  /** The client tokens of the last redrives, and when each was. */
  redriveTokens?: Record<string, number>;
  /** Id of the newest event. */
  lastEventId: number;
}

/** One entry of ListExecutions, from the list index: eventually consistent. */
export interface Listed {
  executionArn: string;
  name: string;
  machineArn: string;
  status: ExecutionStatus;
  startDate: number;
  stopDate?: number;
  versionArn?: string;
  aliasArn?: string;
  redriveCount: number;
  redriveDate?: number;
  /** Somebody is about to redrive it, so the log may know that it runs. */
  isBeingRedriven?: boolean;
}

/** AWS's HistoryEvent in AWS's names, timestamps in epoch milliseconds. */
export interface HistoryEvent {
  id: number;
  previousEventId: number;
  timestamp: number;
  type: string;
  [details: string]: unknown;
}
