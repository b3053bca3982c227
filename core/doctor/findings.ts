// What the doctor finds: things that are neither running, nor waiting for something known, nor finished.
import { Unavailable } from '../errors.ts';
import { sentenceOf } from '../store/stalled.ts';

/**
 * `shelved` a message that nobody could process; `stalled` an execution whose worker fails each time; `overdue` one that
 * nothing wakes any more; `not-begun` one that was accepted and never began; `orphan` one whose parent ended without it;
 * `lost-child` one that waits for a child that does not exist; `expired` one that outlived what it is stored in; `clock` one
 * whose times the clock has not reached; `list` an entry of ListExecutions that disagrees with the log; `definition` one that
 * cannot be loaded; `unreadable` what is stored cannot be read.
 */
export type FindingKind =
  | 'shelved'
  | 'stalled'
  | 'overdue'
  | 'not-begun'
  | 'orphan'
  | 'lost-child'
  | 'expired'
  | 'clock'
  | 'list'
  | 'definition'
  | 'unreadable';

export interface Finding {
  kind: FindingKind;
  /** ARN of an execution or state machine, or the id of a message. */
  subject: string;
  /** What is wrong, and since when: one sentence. */
  problem: string;
  /** What to do about it: one sentence. */
  advice: string;
  /** Why, where that is known: what was thrown. */
  cause?: string;
}

export interface Trouble extends Finding {
  /** Sends again what should have come, or corrects what is shown; harmless twice. Absent where only a person can help. */
  mend?: () => Promise<void>;
}

/** Clocks may differ by this much. */
export const SKEW_MS = 300_000;

export const REPAIR = 'stepwell doctor --repair wakes it.';

/** What something stored is found to be, said of it; trouble of the infrastructure says nothing and is thrown again. */
export function defectOf(thrown: unknown): string {
  const isPassing = thrown instanceof Unavailable || (thrown instanceof Error && '$metadata' in thrown);
  if (isPassing) throw thrown;
  return sentenceOf(thrown);
}

/** Times as people and logs read them. */
export function when(at: number): string {
  return new Date(at).toISOString().replace('.000Z', 'Z');
}
