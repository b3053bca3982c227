// The state of one run as the interpreter sees it: the head, and the frames in question. Plain JSON throughout, so a
// record, a message and a test can all hold it.
import type { Creation, ExecutionStatus } from '../execution.ts';
import type { Call, CallOutcome, Job } from './call.ts';

/** What a parked frame waits for. Its name is `frame@since`, `since` being the seq of the record that opened it. */
export type Wait = { since: number } & (
  | { kind: 'ready' } // the macrostep was cut off here; Continue goes on
  | { kind: 'timer'; until: number } // Wait
  | { kind: 'retry'; until: number } // backoff of a Retry
  | { kind: 'group' } // its branches or iterations
  | TaskWait
);

export interface TaskWait {
  kind: 'task';
  since: number;
  call: Call;
  /** Absent until somebody claimed the call (D4). */
  claim?: Claim;
  /** When the call times out, counted from its start. */
  deadline?: number;
  /** Since when nobody holds the call, because its end comes as a callback. */
  submittedAt?: number;
  /** The child execution whose end it is. */
  child?: string;
  /** What names the job whose end it is to its service: JSON text. */
  job?: string;
  /** A callback that came before its own submission was recorded: used when the submission ends (D5). */
  answer?: CallOutcome;
}

/** Who makes a call, and when it must be over: past `until` + 30 s the worker was lost. */
export interface Claim {
  by: string;
  until: number;
}

/** One line of control: the root, a branch, or an iteration. */
export interface Frame {
  id: string;
  /** The frame whose Parallel or Map it belongs to; absent for the root. */
  parent?: string;
  /** Which branch or iteration it is. */
  index?: number;
  state: string;
  /** Raw input of that state: JSON text. */
  input: string;
  /** Variables of this frame's own scope: name -> JSON text. */
  variables?: Record<string, string>;
  /** Of the StateEntered event: its id, its time, and the id of the event before it in this chain. */
  entered?: { id: number; at: number; before: number };
  /** Id of the last event of this frame's chain. */
  previous: number;
  /** Attempts used up, by retrier of the current state. */
  retries?: number[];
  /** The items of the Map it is in: JSON text of an array. */
  items?: string;
  /** Keys of the items where the Map iterates an object. */
  keys?: string[];
  /** The child execution of the attempt that failed: a redrive goes on with it. */
  child?: string;
  wait?: Wait;
}

/** An open Parallel or Map, by the frame that is in it. */
export interface Group {
  since: number;
  total: number;
  /** Index of the next branch or iteration to begin. */
  next: number;
  done: number;
  concurrency: number;
}

export interface Head {
  status: ExecutionStatus;
  nextEventId: number;
  lastTimestamp: number;
  /** When the whole execution times out. */
  deadline?: number;
  /** Live frames: id -> seq of the record that holds the newest version. */
  frames: Record<string, number>;
  groups: Record<string, Group>;
  /** Calls asked for, by state: counted where the run is a test case. */
  calls?: Record<string, number>;
  redriveCount: number;
  redriveDate?: number;
  /** The client tokens of the last redrives, and when each was. */
  redriveTokens?: Record<string, number>;
  /** Of a child that was redriven: which wait of its parent it works for now. Empty: for none. */
  awaitedBy?: string;
  /** Of an ended run. */
  stopDate?: number;
  output?: string;
  error?: string;
  cause?: string;
}

export interface RunState {
  creation: Creation;
  head: Head;
  /** The frames known here; a live one that is missing makes `advance` ask for it. */
  frames: ReadonlyMap<string, Frame>;
  /** Outputs of ended branches and iterations by group frame, as far as known here: JSON texts by index. */
  outputs: ReadonlyMap<string, readonly (string | undefined)[]>;
}

export const ROOT = '0';

export function initialHead(creation: Creation): Head {
  return {
    status: 'RUNNING',
    nextEventId: 1,
    lastTimestamp: creation.startDate,
    frames: {},
    groups: {},
    redriveCount: 0,
  };
}

export function waitName(frame: string, since: number): string {
  return `${frame}@${since}`;
}

export function parseWaitName(name: string): { frame: string; since: number } {
  const at = name.lastIndexOf('@');
  return { frame: name.slice(0, at), since: Number(name.slice(at + 1)) };
}

/** The job that a task waits for. */
export function jobOf({ call, job: handle, submittedAt: since, deadline }: TaskWait): Job | undefined {
  if (handle === undefined || since === undefined) return undefined;
  const { resource, roleArn } = call;
  return {
    resource,
    ...(roleArn === undefined ? {} : { roleArn }),
    handle,
    since,
    ...(deadline === undefined ? {} : { deadline }),
  };
}

/** The name of the timer that ends the whole run: it waits on the run, not on a frame. */
export const RUN_WAIT = 'run@0';

/** The frame among those known here that has this wait open; an ended run has no open wait. */
export function openWait({ head, frames }: RunState, name: string): Frame | undefined {
  const { frame: id, since } = parseWaitName(name);
  const frame = head.status === 'RUNNING' ? frames.get(id) : undefined;
  return frame?.wait?.since === since ? frame : undefined;
}

/** The wait of its parent that a child works for; undefined where nobody waits for its end. */
export function awaitedByOf({ creation, head }: Pick<RunState, 'creation' | 'head'>): string | undefined {
  const wait = head.awaitedBy ?? creation.parent?.wait;
  return wait === '' ? undefined : wait;
}
