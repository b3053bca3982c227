// When a failed state is tried again: the history does not say it before it happens, the definition does.
import type { StateNode } from './tree.ts';

interface Retrier {
  ErrorEquals: string[];
  IntervalSeconds?: number;
  MaxAttempts?: number;
  BackoffRate?: number;
  MaxDelaySeconds?: number;
  JitterStrategy?: string;
}

interface StateLike {
  Retry?: Retrier[];
  Branches?: ScopeLike[];
  ItemProcessor?: ScopeLike;
  Iterator?: ScopeLike;
}

interface ScopeLike {
  States?: Record<string, StateLike>;
}

/** The retriers of each state by its name, which is unique in a definition. */
export type Retriers = Map<string, Retrier[]>;

export function retriersOf(definition: string): Retriers {
  const retriers: Retriers = new Map();
  const collect = (scope: ScopeLike | undefined) => {
    for (const [name, state] of Object.entries(scope?.States ?? {})) {
      if (state.Retry !== undefined) retriers.set(name, state.Retry);
      for (const inner of [...(state.Branches ?? []), state.ItemProcessor, state.Iterator]) collect(inner);
    }
  };
  collect(JSON.parse(definition) as ScopeLike);
  return retriers;
}

export interface NextRetry {
  /** Epoch milliseconds. */
  at: number;
  /** With jitter the delay is anything up to this. */
  isLatest: boolean;
}

/** Undefined when the state runs, has ended, or will not be tried again. */
export function nextRetry(node: StateNode, retriers: Retriers): NextRetry | undefined {
  const failures = node.attempts.flatMap(({ failure }) => failure ?? []);
  const last = node.attempts.at(-1);
  if (node.status !== 'running' || last?.failure === undefined || last.endedAt === undefined) return undefined;
  const own = retriers.get(node.name) ?? [];
  const retrierOf = (error: string) => own.find((retrier) => matches(retrier, error));
  const retrier = retrierOf(last.failure.error);
  if (retrier === undefined) return undefined;
  const used = failures.filter(({ error }) => retrierOf(error) === retrier).length;
  if (used > (retrier.MaxAttempts ?? 3)) return undefined;
  const grown = (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** (used - 1);
  const seconds = Math.min(grown, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY);
  return { at: last.endedAt + seconds * 1000, isLatest: retrier.JitterStrategy === 'FULL' };
}

function matches({ ErrorEquals }: Retrier, error: string): boolean {
  return ErrorEquals.some(
    (name) => name === error || name === 'States.ALL' || (name === 'States.TaskFailed' && error !== 'States.Timeout'),
  );
}
