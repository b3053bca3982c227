// One state through the interpreter, in process and without a log: the same `advance` as every execution, cut off as
// soon as the state is left. Calls are made here, or answered by the mock; waits are waited for.
import type { Activation } from '../engine/activation.ts';
import { type Advance, advance } from '../engine/advance.ts';
import type { CallOutcome } from '../engine/call.ts';
import { type Frame, initialHead, ROOT, type RunState, type TaskWait, waitName } from '../engine/state.ts';
import type { Env } from '../engine/step.ts';
import { assert, assertNever } from '../errors.ts';
import type { Creation, HistoryEvent } from '../execution.ts';
import { callTarget } from '../integrations/index.ts';
import type { Caller } from '../integrations/states.ts';
import type { World } from '../world.ts';
import type { Answer } from './mock.ts';
import type { Subject } from './subject.ts';

/** How the state was left. Absent where it was not: a retry would come next, or the execution has failed. */
export interface Departed {
  output?: string;
  nextState?: string;
  error?: string;
  cause?: string;
  /** Variables the state assigned: JSON texts by name. */
  assigned: Record<string, string>;
}

export interface Trial {
  subject: Subject;
  input: string;
  roleArn: string;
  variables: Record<string, string>;
  /** Attempts used up by every retrier. */
  retryCount: number;
  answer: Answer | undefined;
  bench: NonNullable<Env['bench']>;
  /** Sees what an HTTP task sends and gets. */
  trace: NonNullable<Caller['trace']>;
}

/** The longest a test may last. */
const LONGEST_MS = 5 * 60_000;
const TIMED_OUT = { error: 'States.Timeout' };

export async function runTrial(world: World, trial: Trial): Promise<Departed> {
  const end = world.clock.now() + LONGEST_MS;
  const claim = { by: 'test', until: end };
  let run = beginning(world, trial);
  let activation: Activation = { kind: 'Continued', at: world.clock.now(), wait: waitName(ROOT, 0) };
  let assigned: Departed['assigned'] = {};
  for (let seq = 1; ; seq++) {
    const env = envOf(world, trial, seq);
    const step: Advance = await advance(trial.subject.definition, run, [activation], seq, env, async () => claim);
    run = step.state;
    assigned = { ...assigned, ...assignedIn(step.events) };
    if (run.head.status !== 'RUNNING') return { ...ending(run), assigned };
    const frame = run.frames.get(ROOT)!;
    const next = await wake(world, trial, frame, end);
    if (next === 'left') return { output: frame.input, nextState: frame.state, assigned };
    if (next === 'retrying') return { assigned };
    if (next === 'late') return { ...TIMED_OUT, assigned };
    activation = next;
  }
}

/** What goes on from where the frame is parked. */
async function wake(
  world: World,
  trial: Trial,
  frame: Frame,
  end: number,
): Promise<Activation | 'left' | 'retrying' | 'late'> {
  const { wait } = frame;
  assert(wait !== undefined && wait.kind !== 'group', 'A tested state is parked, and never on a group');
  const name = waitName(frame.id, wait.since);
  switch (wait.kind) {
    case 'ready':
      return 'left';
    case 'retry':
      return 'retrying';
    case 'timer':
      await world.clock.until(Math.min(wait.until, end), new AbortController().signal);
      return wait.until > end ? 'late' : { kind: 'TimerFired', at: wait.until, wait: name };
    case 'task': {
      const outcome = trial.answer ?? (await firstEnd(world, trial, wait, end));
      return { kind: 'CallEnded', at: world.clock.now(), wait: name, outcome };
    }
    default:
      return assertNever(wait);
  }
}

/** The call's own end, or its timeout, or that of the test. */
async function firstEnd(
  world: World,
  { roleArn, trace }: Trial,
  { call, deadline = Number.POSITIVE_INFINITY }: TaskWait,
  end: number,
): Promise<CallOutcome> {
  const over = new AbortController();
  // No child execution reports to a test: integrations that would are only ever mocked.
  const caller = { executionArn: '', run: world.newId(), wait: waitName(ROOT, 1), roleArn, trace };
  const timeout = world.clock
    .until(Math.min(deadline, end), over.signal)
    .then((): CallOutcome => ({ kind: 'timed-out' }));
  try {
    return await Promise.race([callTarget(world, call, caller, over.signal), timeout]);
  } finally {
    over.abort();
  }
}

/** A run that stands at the entrance of the state. */
function beginning(world: World, { subject, input, roleArn, variables, retryCount }: Trial): RunState {
  const { name, state } = subject;
  const creation: Creation = {
    run: '',
    executionArn: '',
    name: '',
    machineArn: '',
    machineName: '',
    revisionId: '',
    roleArn,
    input,
    startDate: world.clock.now(),
  };
  const retriers = 'Retry' in state ? (state.Retry ?? []) : [];
  const frame: Frame = {
    id: ROOT,
    state: name,
    input,
    variables,
    retries: retriers.map(() => retryCount),
    previous: 1,
    wait: { kind: 'ready', since: 0 },
  };
  const head = { ...initialHead(creation), frames: { [ROOT]: 0 } };
  return { creation, head, frames: new Map([[ROOT, frame]]), outputs: new Map() };
}

/** The first step ends after Entered and what the state did next, every later one with its own activation. */
function envOf({ random, newId, settings }: World, { bench }: Trial, seq: number): Env {
  const { limits, region } = settings;
  return { random, newId, limits, region, bench, tokenOf: newId, isSpent: (events) => seq > 1 || events > 1 };
}

function ending({ head: { status, output, error, cause } }: RunState): Omit<Departed, 'assigned'> {
  if (status === 'SUCCEEDED') return output === undefined ? {} : { output };
  return { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
}

function assignedIn(events: HistoryEvent[]): Record<string, string> {
  const details = events.flatMap(({ stateExitedEventDetails }) => stateExitedEventDetails ?? []);
  return Object.assign({}, ...details.map((each) => (each as { assignedVariables?: object }).assignedVariables ?? {}));
}
