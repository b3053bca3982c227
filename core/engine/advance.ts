// The interpreter. Pure: no clock, no chance, no I/O; what it decides is returned, and nothing it was given changes.
//
// One `advance` applies activations in order of arrival, each to what the one before left, and runs the frames they
// wake until nothing more can move (a macrostep), or until the step is spent; then the rest parks with Continue.
// Events have their final ids. A live frame that is not at hand makes it throw `Missing`: read it, and call again.
import type { Definition, State } from '../asl/definition.ts';
import { assertNever, runtimeError, StatesError } from '../errors.ts';
import type { HistoryEvent } from '../execution.ts';
import type { Activation, Command } from './activation.ts';
import { inputDetails } from './history.ts';
import { endRun, enter, limitRun } from './move.ts';
import { PARENT_ENDED } from './nested.ts';
import { failRun, failState } from './recover.ts';
import { redrive } from './redrive.ts';
import { awaitedByOf, type Claim, type Frame, ROOT, RUN_WAIT, type RunState, type TaskWait } from './state.ts';
import * as choice from './states/choice.ts';
import * as failing from './states/fail.ts';
import * as map from './states/map.ts';
import * as parallel from './states/parallel.ts';
import * as pass from './states/pass.ts';
import * as succeed from './states/succeed.ts';
import * as task from './states/task.ts';
import * as wait from './states/wait.ts';
import { type Env, HistoryFull, Step } from './step.ts';

export interface Advance {
  state: RunState;
  events: HistoryEvent[];
  commands: Command[];
  /** The activation that a command comes of, where it is one alone. */
  due: ReadonlyMap<Command, Activation>;
  /** New versions of frames that live on. */
  frames: Frame[];
  /** Frames whose call was claimed in this step. */
  claimed: string[];
  /** Outputs of branches and iterations that ended: by group frame, by index. */
  ended: Record<string, Record<number, string>>;
  /** How many of the activations were taken; the rest belongs into the next record. */
  taken: number;
  /** Those of the taken ones that changed nothing, because what they were for is over. */
  stale: Activation[];
}

/** Decides which new calls this worker makes itself; they start in the same record. */
export type Claimer = (wait: TaskWait) => Promise<Claim | undefined>;

export async function advance(
  definition: Definition,
  run: RunState,
  activations: readonly Activation[],
  seq: number,
  env: Env,
  claimer?: Claimer,
): Promise<Advance> {
  const step = new Step(definition, run, seq, env);
  const stale: Activation[] = [];
  const due = new Map<Command, Activation>();
  let taken = 0;
  try {
    for (const activation of activations) {
      if (taken > 0 && step.isSpent) break;
      taken++;
      step.now = Math.max(activation.at, step.head.lastTimestamp);
      const before = step.commands.length;
      if (!(await apply(step, activation))) stale.push(activation);
      await settle(step);
      for (const command of step.commands.slice(before)) due.set(command, activation);
    }
    cutOff(step);
    if (claimer !== undefined) await startCalls(step, claimer);
  } catch (problem) {
    if (!(problem instanceof HistoryFull)) throw problem;
    const cause = `The execution reached the maximum number of history events (${env.limits.historyEvents}).`;
    failRun(step, step.head.nextEventId - 1, { error: 'States.Runtime', cause });
    taken = activations.length;
  }
  return { ...result(step, taken, stale), due };
}

/** False when the activation is for something that is over. */
async function apply(step: Step, activation: Activation): Promise<boolean> {
  if (activation.kind === 'Started') return begin(step, activation);
  if (activation.kind === 'Redriven')
    return await redrive(step, activation, (frame, act) => guarded(step, frame, act), work);
  if (step.isOver) return false;
  const { deadline } = step.head;
  if (deadline !== undefined && activation.at >= deadline) {
    if (!isAwaited(step, activation)) return false;
    timeOut(step, deadline);
    return true;
  }
  if (activation.kind === 'StopRequested') return stop(step, activation);
  if (activation.kind === 'Awaited') return workFor(step, activation);
  if (activation.kind === 'TimerFired' && activation.wait === RUN_WAIT) {
    if (deadline === undefined) return false;
    step.commands.push({ kind: 'StartTimer', wait: RUN_WAIT, at: deadline });
    return true;
  }
  const frame = step.openWait(activation.wait);
  return frame === undefined ? false : await wake(step, frame, activation);
}

/**
 * Whether it does something here, now and whenever it is delivered again: a message that one delivery lets go must not
 * be the cause of another's record (D3). An answer that comes too late is refused; the end is for the timers to say.
 */
function isAwaited(step: Step, activation: Activation): boolean {
  if (activation.kind === 'CallbackReceived') return false;
  return !('wait' in activation) || activation.wait === RUN_WAIT || step.openWait(activation.wait) !== undefined;
}

async function wake(
  step: Step,
  frame: Frame,
  activation: Exclude<Activation, { kind: 'Started' | 'StopRequested' | 'Redriven' | 'Awaited' }>,
): Promise<boolean> {
  const { wait: open, ...woken } = frame;
  switch (activation.kind) {
    case 'Continued':
      if (open?.kind !== 'ready') return false;
      step.set(woken);
      step.ready.push(frame.id);
      return true;
    case 'CallClaimed':
      if (open?.kind !== 'task' || open.claim?.by !== activation.lost || open.submittedAt !== undefined) return false;
      step.claimed.push(frame.id);
      task.start(step, frame, activation.claim);
      return true;
    case 'CallEnded': {
      if (open?.kind !== 'task') return false;
      const { lost } = activation;
      if (lost !== undefined && (open.claim?.by !== lost || open.submittedAt !== undefined)) return false;
      const state = step.stateOf(frame);
      if (state.Type !== 'Task') return false;
      await guarded(step, frame.id, () => task.resume(step, frame, state, activation.outcome));
      return true;
    }
    case 'CallbackReceived': {
      const state = step.stateOf(frame);
      if (open?.kind !== 'task' || state.Type !== 'Task') return false;
      let isTaken = false;
      await guarded(step, frame.id, async () => {
        isTaken = true;
        isTaken = await task.answer(step, frame, state, activation.outcome);
      });
      return isTaken;
    }
    case 'ActivityTaken':
      if (open?.kind !== 'task' || open.submittedAt !== undefined) return false;
      task.taken(step, frame, activation.workerName);
      return true;
    case 'TimerFired':
      return await timerFired(step, frame, woken, activation);
    default:
      return assertNever(activation);
  }
}

/** A timer that came early is set again; a late one is as good as a punctual one (D7). */
async function timerFired(
  step: Step,
  frame: Frame,
  woken: Frame,
  { at, wait: name }: { at: number; wait: string },
): Promise<boolean> {
  const open = frame.wait;
  const state = step.stateOf(frame);
  if (open?.kind === 'task' && open.submittedAt !== undefined && state.Type === 'Task') {
    await guarded(step, frame.id, () => task.expire(step, frame, state));
    return true;
  }
  if (open?.kind !== 'timer' && open?.kind !== 'retry') return false;
  if (at < open.until) {
    step.commands.push({ kind: 'StartTimer', wait: name, at: open.until });
    return true;
  }
  step.set(woken);
  await guarded(step, frame.id, async () => {
    if (open.kind === 'retry') await work(step, woken, state);
    else if (state.Type === 'Wait') await wait.resume(step, woken, state);
  });
  return true;
}

function begin(step: Step, { isTooLate = false }: { isTooLate?: boolean }): boolean {
  const { creation } = step.run;
  const { fork } = creation;
  if (step.head.nextEventId > 1) return false;
  // It began when it was asked for; what follows, and how long it may take, counts from now.
  const { now } = step;
  step.now = creation.startDate;
  step.record(0, 'ExecutionStarted', {
    executionStartedEventDetails: {
      ...inputDetails(creation.input),
      roleArn: creation.roleArn,
      ...(creation.aliasArn === undefined ? {} : { stateMachineAliasArn: creation.aliasArn }),
      ...(creation.versionArn === undefined ? {} : { stateMachineVersionArn: creation.versionArn }),
      ...(fork === undefined ? {} : { forkedFrom: fork.from }),
    },
  });
  step.now = now;
  const { state, input, variables } = fork ?? { state: step.definition.StartAt, input: creation.input };
  step.set({ id: ROOT, state, input, previous: 1, ...(variables === undefined ? {} : { variables }) });
  limitRun(step, creation.startDate);
  if (isTooLate) abort(step, { error: PARENT_ENDED });
  else step.ready.push(ROOT);
  return true;
}

/** AWS shows stopDate = startDate + TimeoutSeconds exactly, and no error in Describe. */
function timeOut(step: Step, deadline: number): void {
  step.now = Math.max(deadline, step.head.lastTimestamp);
  step.record(0, 'ExecutionTimedOut', { executionTimedOutEventDetails: { error: 'States.Timeout' } });
  endRun(step, { status: 'TIMED_OUT' });
}

function stop(
  step: Step,
  { error, cause, redriveCount, awaitedBy }: Omit<Extract<Activation, { kind: 'StopRequested' }>, 'at' | 'kind'>,
): boolean {
  if (redriveCount !== undefined && redriveCount !== step.head.redriveCount) return false;
  if (awaitedBy !== undefined && awaitedBy !== awaitedByOf({ creation: step.run.creation, head: step.head }))
    return false;
  abort(step, { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) });
  return true;
}

function abort(step: Step, reason: { error?: string; cause?: string }): void {
  step.record(0, 'ExecutionAborted', { executionAbortedEventDetails: reason });
  endRun(step, { status: 'ABORTED', ...reason });
}

/** A record has at least one frame: the root, as it stands, carries the new head. */
function workFor(step: Step, { by, redriveCount }: { by: string; redriveCount: number }): boolean {
  if (step.head.awaitedBy !== '' || step.head.redriveCount !== redriveCount) return false;
  step.head.awaitedBy = by;
  step.set(step.frame(ROOT));
  step.commands.push({ kind: 'CheckParent' });
  return true;
}

/** Runs what can run, branches taking turns state by state, until nothing can or the step is spent. */
async function settle(step: Step): Promise<void> {
  for (;;) {
    const ending = step.endings.shift();
    if (ending !== undefined) {
      const parent = step.frame(ending.frame.parent ?? ROOT);
      await guarded(step, parent.id, () => childEnded(step, parent, ending.frame, ending.output));
      continue;
    }
    if (step.ready.length === 0 || step.isSpent) return;
    const id = step.ready.shift()!;
    if (!step.frames.has(id)) continue;
    const state = step.stateOf(step.frame(id));
    await guarded(step, id, async () => work(step, enter(step, step.frame(id), state), state));
  }
}

async function childEnded(step: Step, parent: Frame, child: Frame, output: string): Promise<void> {
  const state = step.stateOf(parent);
  if (state.Type === 'Map') await map.childEnded(step, parent, state, child, output);
  else if (state.Type === 'Parallel') await parallel.childEnded(step, parent, state, child, output);
}

/** What the state does once entered, and again at each retry. */
async function work(step: Step, frame: Frame, state: State): Promise<void> {
  switch (state.Type) {
    case 'Pass':
      return await pass.begin(step, frame, state);
    case 'Task':
      return await task.begin(step, frame, state);
    case 'Choice':
      return await choice.begin(step, frame, state);
    case 'Wait':
      return await wait.begin(step, frame, state);
    case 'Succeed':
      return await succeed.begin(step, frame, state);
    case 'Fail':
      return await failing.begin(step, frame, state);
    case 'Parallel':
      return await (step.env.bench?.beginGroup ?? parallel.begin)(step, frame, state);
    case 'Map':
      return await (step.env.bench?.beginGroup ?? map.begin)(step, frame, state);
    default:
      return assertNever(state);
  }
}

/** The one place where a failure of the workflow's own is caught. */
async function guarded(step: Step, id: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (problem) {
    // First of all: what is no failure goes up as it is. A Missing can come from where the frame is gone already.
    const failure = statesError(problem);
    const { wait: _closed, ...frame } = step.frame(id);
    await failState(step, step.set(frame), failure);
  }
}

/** Data nested deeper than the stack is the definition's trouble, not ours; everything else that is no StatesError is. */
function statesError(problem: unknown): StatesError {
  if (problem instanceof StatesError) return problem;
  if (problem instanceof RangeError) return runtimeError('The data is nested too deeply to be processed.');
  throw problem;
}

/** Parks what the step had no room for. */
function cutOff(step: Step): void {
  const waits = step.ready.splice(0).flatMap((id) => {
    const frame = step.frames.get(id);
    return frame === undefined ? [] : [step.park(frame, { kind: 'ready' })];
  });
  if (waits.length > 0) step.commands.push({ kind: 'Continue', waits });
}

/** Starts those of the step's new calls that the worker keeps, after all that could move has moved, as AWS does. */
async function startCalls(step: Step, claimer: Claimer): Promise<void> {
  for (const id of step.called) {
    const frame = step.frames.get(id);
    if (frame?.wait?.kind !== 'task' || frame.wait.since !== step.seq || step.isOver) continue;
    const claim = await claimer(frame.wait);
    if (claim === undefined) continue;
    step.claimed.push(id);
    task.start(step, frame, claim);
  }
}

function result(step: Step, taken: number, stale: Activation[]): Omit<Advance, 'due'> {
  const outputs = new Map(step.run.outputs);
  const ended: Advance['ended'] = {};
  for (const [id, texts] of step.ended) {
    if (step.head.groups[id] === undefined) continue;
    const known = [...(outputs.get(id) ?? [])];
    for (const [index, text] of Object.entries(texts)) known[Number(index)] = text;
    outputs.set(id, known);
    ended[id] = texts;
  }
  const frames = [...step.changed].flatMap((id) => step.frames.get(id) ?? []);
  const state = { creation: step.run.creation, head: step.head, frames: step.frames, outputs };
  return {
    state,
    events: step.events,
    commands: openCommands(step),
    frames,
    claimed: step.claimed,
    ended,
    taken,
    stale,
  };
}

/** A command for a wait that the same step opened and closed again is owed to nobody. */
function openCommands(step: Step): Command[] {
  const isOpen = (name: string) => name === RUN_WAIT || step.openWait(name) !== undefined;
  return step.commands.flatMap((command): Command[] => {
    if ('wait' in command) return isOpen(command.wait) ? [command] : [];
    if (command.kind === 'Continue') return [{ ...command, waits: command.waits.filter(isOpen) }];
    return [command];
  });
}
