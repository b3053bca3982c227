// What TestState may set and see of a state under way. The interpreter tells its observer what it does and never asks
// it anything, but for the two things that a test replaces: the context object, and what is inside a Parallel or Map.
import type { MapState, ParallelState } from '../asl/definition.ts';
import type { JsonObject } from '../expr/json.ts';
import type { Failure } from './recover.ts';
import type { Frame } from './state.ts';
import type { Step } from './step.ts';

/** The stages of a data flow, in the words of TestState's inspection data. */
export type DataStage =
  | 'afterInputPath'
  | 'afterParameters'
  | 'afterArguments'
  | 'result'
  | 'afterResultSelector'
  | 'afterResultPath';

export type Observation =
  | { kind: 'data'; stage: DataStage; text: string }
  /** The state failed; `retryIndex` is that of the retrier for this error, whether or not it has attempts left. */
  | { kind: 'failed'; failure: Failure; retryIndex: number | undefined }
  | { kind: 'retried'; seconds: number }
  | { kind: 'caught'; index: number };

export interface Bench {
  context: JsonObject;
  observe(observation: Observation): void;
  beginGroup(step: Step, frame: Frame, state: ParallelState | MapState): Promise<void>;
}
