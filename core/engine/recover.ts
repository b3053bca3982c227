// What happens after something failed: Retry, then Catch, then the failure goes up through Map and Parallel until the
// execution itself fails. Errors are data here: `{error, cause}`.
import type { Catcher, Retrier, State } from '../asl/definition.ts';
import { StatesError, TERMINAL_ERRORS } from '../errors.ts';
import { departByCatcher, languageOf } from './dataflow.ts';
import { errorDetails } from './history.ts';
import { endRun, leave } from './move.ts';
import { stopChild } from './nested.ts';
import type { Frame } from './state.ts';
import type { Standpoint, Step } from './step.ts';

export interface Failure {
  error?: string | undefined;
  cause?: string | undefined;
  /** The timeout is a heartbeat that did not come: `States.Timeout` by name, and Retry and Catch know it by either. */
  isHeartbeat?: boolean;
}

/**
 * The state failed by itself, not by what it called: a path that leads nowhere, an expression that throws. What Retry
 * and Catch may see goes to them; `States.Runtime` and `States.DataLimitExceeded` end the execution.
 */
export async function failState(step: Step, frame: Frame, { error, causeText, location }: StatesError): Promise<void> {
  const cause = error === 'States.DataLimitExceeded' ? causeText : located(step, frame, causeText);
  let failed = frame;
  if (error === 'States.QueryEvaluationError') {
    const details = {
      state: frame.state,
      ...(location === undefined ? {} : { location }),
      ...errorDetails(error, cause),
    };
    const { id, before } = frame.entered ?? { id: -1, before: 0 };
    const isFirst = frame.previous === id && step.stateOf(frame).Type !== 'Wait';
    const previous = step.record(isFirst ? before : frame.previous, 'EvaluationFailed', {
      evaluationFailedEventDetails: details,
    });
    failed = step.set({ ...frame, previous });
  }
  if (TERMINAL_ERRORS.has(error)) failRun(step, failed.previous, { error, cause });
  else await fail(step, failed, { error, cause });
}

/** The cause with the place where it arose; without it where one state is tested on its own. */
function located({ env }: Step, { state, entered }: Frame, cause = ''): string {
  if (env.bench !== undefined) return cause;
  return `An error occurred while executing the state '${state}' (entered at the event id #${entered?.id}). ${cause}`;
}

/**
 * The frame's state failed, and `frame.previous` is the event that says so. What a call answered can be caught whatever
 * its name: recorded of a Lambda result over the size limit.
 */
export async function fail(
  step: Step,
  frame: Frame,
  failure: Failure,
  start: Standpoint = step.remember(),
): Promise<void> {
  const state = step.stateOf(frame);
  const retriers = 'Retry' in state ? (state.Retry ?? []) : [];
  const retrierIndex = retriers.findIndex((retrier) => matches(retrier, failure));
  const retryIndex = retrierIndex === -1 ? undefined : retrierIndex;
  step.env.bench?.observe({ kind: 'failed', failure, retryIndex });
  const used = frame.retries?.[retrierIndex] ?? 0;
  const retrier = retriers[retrierIndex];
  if (retrier !== undefined && used < (retrier.MaxAttempts ?? 3))
    return retry(step, frame, retriers.length, retrierIndex, retrier);

  const catchers = 'Catch' in state ? (state.Catch ?? []) : [];
  const catcherIndex = catchers.findIndex((catcher) => matches(catcher, failure));
  const failed = failGroupState(step, frame, state);
  if (catcherIndex === -1) return await giveUp(step, failed, failure, start);
  step.env.bench?.observe({ kind: 'caught', index: catcherIndex });
  await handle(step, failed, state, catchers[catcherIndex]!, catcherIndex, failure, start);
}

/** `States.ALL` takes everything that can be caught; `States.TaskFailed` everything but a timeout (spec section 1.8). */
function matches({ ErrorEquals }: Retrier | Catcher, { error = '', isHeartbeat = false }: Failure): boolean {
  return ErrorEquals.some(
    (name) =>
      name === error ||
      name === 'States.ALL' ||
      (name === 'States.TaskFailed' && error !== 'States.Timeout') ||
      (name === 'States.HeartbeatTimeout' && isHeartbeat),
  );
}

function retry(step: Step, frame: Frame, count: number, index: number, retrier: Retrier): void {
  const retries = Array.from({ length: count }, (_, i) => (frame.retries?.[i] ?? 0) + (i === index ? 1 : 0));
  const grown = (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** (retries[index]! - 1);
  // Nobody waits longer than a Wait may: what grows without end would be no time at all.
  const capped = Math.min(grown, retrier.MaxDelaySeconds ?? step.env.limits.waitSeconds);
  const delay = retrier.JitterStrategy === 'FULL' ? capped * step.env.random() : capped;
  step.env.bench?.observe({ kind: 'retried', seconds: delay });
  const until = step.now + Math.round(delay * 1000);
  const { child: _tried, ...retried } = frame;
  const wait = step.park({ ...retried, retries }, { kind: 'retry', until });
  step.commands.push({ kind: 'StartTimer', wait, at: until });
}

/** Map and Parallel record their failure; the failure of any other state is the event that brought us here. */
function failGroupState(step: Step, frame: Frame, state: State): Frame {
  return state.Type === 'Map' || state.Type === 'Parallel' ? step.emit(frame, `${state.Type}StateFailed`) : frame;
}

async function handle(
  step: Step,
  frame: Frame,
  state: State,
  catcher: Catcher,
  index: number,
  { error, cause }: Failure,
  start: Standpoint,
): Promise<void> {
  // Recorded: what a failure does not say is null. A timeout says nothing, in an empty text.
  const errorOutput = { Error: error ?? null, Cause: cause ?? (error === 'States.Timeout' ? '' : null) };
  try {
    const departure = await departByCatcher(step, frame, state, catcher, `Catch[${index}]/`, errorOutput);
    leave(step, frame, state, departure, catcher.Next);
  } catch (problem) {
    if (!(problem instanceof StatesError)) throw problem;
    await failInCatch(step, frame, problem, languageOf(step, state) === 'JSONata', start);
  }
}

/** A catcher that fails itself is not caught again. */
async function failInCatch(
  step: Step,
  frame: Frame,
  problem: StatesError,
  isJsonata: boolean,
  start: Standpoint,
): Promise<void> {
  const failure = { error: problem.error, cause: located(step, frame, problem.causeText) };
  const { location } = problem;
  const failed = isJsonata
    ? step.emit(frame, 'EvaluationFailed', {
        evaluationFailedEventDetails: {
          state: frame.state,
          ...(location === undefined ? {} : { location }),
          ...failure,
        },
      })
    : frame;
  if (TERMINAL_ERRORS.has(problem.error)) failRun(step, failed.previous, failure);
  else await giveUp(step, failed, failure, start);
}

/**
 * Nobody here handles it: the group around the frame fails too, or the execution does. Then frames and groups are left
 * as they stood where the failure began, because redrive goes on from there.
 */
async function giveUp(step: Step, frame: Frame, failure: Failure, start: Standpoint): Promise<void> {
  if (frame.parent === undefined) {
    step.restore(start);
    return failRun(step, frame.previous, failure);
  }
  const parent = step.frame(frame.parent);
  const cause = frame.previous;
  if (step.stateOf(parent).Type === 'Map')
    step.record(cause, 'MapIterationFailed', {
      mapIterationFailedEventDetails: { name: parent.state, index: frame.index },
    });
  step.remove(frame.id);
  abortGroup(step, parent, cause);
  const { wait: _closed, ...open } = parent;
  await fail(step, step.set({ ...open, previous: cause }), failure, start);
}

/** Ends the branches or iterations of a group that still live; every event points at the failure. */
function abortGroup(step: Step, parent: Frame, cause: number): void {
  const isMap = step.stateOf(parent).Type === 'Map';
  const children = step.descendants(parent.id).filter((each) => each.parent === parent.id);
  for (const child of children.sort((a, b) => a.index! - b.index!)) {
    if (child.wait?.kind === 'group') abortGroup(step, child, cause);
    stopChild(step, child);
    if (child.wait !== undefined && child.wait.kind !== 'ready')
      step.record(cause, `${step.stateOf(child).Type}StateAborted`);
    if (isMap)
      step.record(cause, 'MapIterationAborted', {
        mapIterationAbortedEventDetails: { name: parent.state, index: child.index },
      });
    step.remove(child.id);
  }
  delete step.head.groups[parent.id];
}

/** Ends the execution as failed. Frames and groups stay in the head: redrive reopens them. */
export function failRun(step: Step, previousEventId: number, { error, cause }: Failure): void {
  step.record(previousEventId, 'ExecutionFailed', { executionFailedEventDetails: errorDetails(error, cause) });
  endRun(step, { status: 'FAILED', ...errorDetails(error, cause) });
}
