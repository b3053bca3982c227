// What wakes a run, and what it then asks of the world: the two unions between the interpreter and its drivers.
import type { CallOutcome, Job } from './call.ts';
import type { Claim } from './state.ts';

/** `at` is the time of arrival: deadlines passed by then win over the answer (D7). */
export type Activation = { at: number } & (
  | { kind: 'Started'; isTooLate?: boolean } // of a child whose parent waits for it no longer: it ends as it begins
  | { kind: 'Continued'; wait: string }
  /** `lost`: by whom it was claimed before, of a call that may be made again. */
  | { kind: 'CallClaimed'; wait: string; claim: Claim; lost?: string }
  /** `lost`: by whom it was claimed, where another says so; it counts only as long as that one has not come to an end. */
  | { kind: 'CallEnded'; wait: string; outcome: CallOutcome; lost?: string }
  /** The end of a call that was submitted: a token's answer, or a child execution's end. */
  | { kind: 'CallbackReceived'; wait: string; outcome: CallOutcome }
  /** A worker of the activity took the task. */
  | { kind: 'ActivityTaken'; wait: string; workerName?: string }
  /** Of a call that must send heartbeats: none has come in time. */
  | { kind: 'TimerFired'; wait: string }
  /** Stops the execution only where it stands at that redrive, and only while it works for that wait of its parent. */
  | { kind: 'StopRequested'; error?: string; cause?: string; redriveCount?: number; awaitedBy?: string }
  /** An execution that failed, timed out or was stopped goes on where it broke; for a parent that waits for it, or for nobody. */
  | { kind: 'Redriven'; count: number; clientToken?: string; awaitedBy?: string }
  /** A child that runs for nobody since that redrive works for this wait of its parent from now on. */
  | { kind: 'Awaited'; by: string; redriveCount: number }
);

export type Command =
  /** Somebody must claim and make the call that this wait names. */
  | { kind: 'CallTarget'; wait: string }
  | { kind: 'StartTimer'; wait: string; at: number }
  /** The macrostep was cut; these frames are ready to go on. */
  | { kind: 'Continue'; waits: string[] }
  /** An activity's workers may have this task. */
  | { kind: 'OfferTask'; wait: string }
  /** The parent's call is over, so its child must stop. */
  | { kind: 'StopChild'; executionArn: string; awaitedBy: string }
  /** This child works for another wait of its parent now, and must stop if that is closed already. */
  | { kind: 'CheckParent' }
  /** Somebody must ask how the job that this wait is for stands, until it has ended. */
  | { kind: 'PollJob'; wait: string }
  /** The task's call is over before its job is, so the job must stop. */
  | { kind: 'CancelJob'; job: Job }
  /** The execution has ended: the list entry must say so, and whoever waits for it. */
  | { kind: 'AnnounceEnd' }
  /** The execution goes on: the list entry must say so. */
  | { kind: 'AnnounceRedrive' };
