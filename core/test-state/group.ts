// A tested Parallel or Map: what is inside never runs, the mock says how it ended.
import type { MapState, ParallelState } from '../asl/definition.ts';
import { departWithResult } from '../engine/dataflow.ts';
import { leave } from '../engine/move.ts';
import { payload } from '../engine/payload.ts';
import { fail } from '../engine/recover.ts';
import type { Frame } from '../engine/state.ts';
import type { Step } from '../engine/step.ts';
import type { MapDetails } from './inspection.ts';
import { evaluateMap } from './map.ts';
import type { Answer } from './mock.ts';
import type { StateConfiguration } from './request.ts';

const OVER_TOLERANCE = {
  error: 'States.ExceedToleratedFailureThreshold',
  cause: 'The specified tolerated failure threshold was exceeded',
};

export async function answerGroup(
  step: Step,
  frame: Frame,
  state: ParallelState | MapState,
  answer: Answer,
  configuration: StateConfiguration,
  details: MapDetails,
): Promise<void> {
  const isOver = state.Type === 'Map' && (await evaluateMap(step, frame, state, configuration, details));
  // A mocked error is the Map's own, however many iterations failed.
  if (answer.kind === 'failed') return await fail(step, frame, answer);
  if (isOver) return await fail(step, frame, OVER_TOLERANCE);
  leave(step, frame, state, await departWithResult(step, frame, state, payload(answer.output)));
}
