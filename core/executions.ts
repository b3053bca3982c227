// What the API needs of executions: begin one, read one, end one. The name item (execution ARN -> creation) decides
// who owns a name; the log (see `log.ts`) is the truth about everything after.
import type { World } from './world.ts';

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
}

/** AWS's HistoryEvent in AWS's names, timestamps in epoch milliseconds. */
export interface HistoryEvent {
  id: number;
  previousEventId: number;
  timestamp: number;
  type: string;
  [details: string]: unknown;
}

/** Begins the execution, or gives the creation that holds the name already. */
export declare function startExecution(world: World, creation: Creation): Promise<{ begun: boolean; holder: Creation }>;
export declare function readCreation(world: World, executionArn: string): Promise<Creation | undefined>;
export declare function readStanding(world: World, creation: Creation): Promise<Standing>;
/** Events from the oldest on, or the newest first; `after` is the id of the last event of the page before. */
export declare function readHistory(
  world: World,
  creation: Creation,
  page: { after?: number; limit: number; reverse: boolean },
): Promise<{ events: HistoryEvent[]; more: boolean }>;
/** Aborts the execution; of one that has ended gives its standing unchanged. */
export declare function stopExecution(
  world: World,
  creation: Creation,
  reason: { error?: string; cause?: string },
): Promise<Standing>;
export declare function listExecutions(
  world: World,
  query: { machineArn: string; status?: ExecutionStatus; limit: number; after?: string },
): Promise<{ executions: Listed[]; next?: string }>;
