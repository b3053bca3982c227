// What a check is, and what it says.
import type { Place } from './place.ts';

export interface Settings {
  /** How many executions run through a deployment. */
  executions: number;
  /** How long the long call takes. */
  longCallSeconds: number;
}

export interface Check {
  /** What it proves, in one sentence. */
  title: string;
  /** Whether LocalStack can show it, too. */
  onLocalStack: boolean;
  /** Throws when it is not so; gives the facts for the report. */
  run(place: Place, settings: Settings): Promise<Record<string, string | number>>;
}

export class NotSo extends Error {
  override name = 'NotSo';
}

/** Throws with what was seen. */
export function expectSame(what: string, seen: unknown, expected: unknown): void {
  if (JSON.stringify(seen) === JSON.stringify(expected)) return;
  throw new NotSo(`${what}: expected ${JSON.stringify(expected)}, saw ${JSON.stringify(seen)}`);
}
