// What wakes a run, and what it then asks of the world: the two unions between the interpreter and its drivers.
import type { CallOutcome } from './call.ts';
import type { Claim } from './state.ts';

/** `at` is the time of arrival: deadlines passed by then win over the answer (D7). */
export type Activation = { at: number } & (
  | { kind: 'Started' }
  | { kind: 'Continued'; wait: string }
  | { kind: 'CallClaimed'; wait: string; claim: Claim }
  | { kind: 'CallEnded'; wait: string; outcome: CallOutcome }
  | { kind: 'TimerFired'; wait: string }
  | { kind: 'StopRequested'; error?: string; cause?: string }
);

export type Command =
  /** Somebody must claim and make the call that this wait names. */
  | { kind: 'CallTarget'; wait: string }
  | { kind: 'StartTimer'; wait: string; at: number }
  /** The macrostep was cut; these frames are ready to go on. */
  | { kind: 'Continue'; waits: string[] }
  /** The execution has ended: the list entry must say so. */
  | { kind: 'AnnounceEnd' };

/** The wait an activation acts on; undefined where it acts on the run as a whole. */
export function waitOf(activation: Activation): string | undefined {
  return 'wait' in activation ? activation.wait : undefined;
}
