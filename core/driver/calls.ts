// The calls a worker holds: started after their claim is stored, ended by their answer, their timeout, or the end of
// the worker's own time, whichever is first. Their ends come back as activations.
import type { Activation } from '../engine/activation.ts';
import type { Call, CallOutcome, Job } from '../engine/call.ts';
import type { TaskWait } from '../engine/state.ts';
import type { Creation } from '../execution.ts';
import { callBoundMs, callTarget, lostWorker, startsJob } from '../integrations/index.ts';
import type { Caller } from '../integrations/states.ts';
import type { World } from '../world.ts';
import { lastOrders } from './claims.ts';
import type { Message } from './message.ts';

/** An activation on its way into a record, and where it came from. */
export interface Arrival {
  activation: Activation;
  /** Those that this worker has made one after the other to get here: the setting `transitionsPerMessage` bounds them. */
  transitions: number;
  message?: Message;
  /** Of a call that has ended. */
  call?: Call;
}

/** The job that has begun by this call. */
export function begunJob({ activation, call }: Arrival): Job[] {
  const outcome = activation.kind === 'CallEnded' ? activation.outcome : undefined;
  if (call === undefined || outcome?.kind !== 'submitted' || outcome.job === undefined) return [];
  const { resource, roleArn } = call;
  return [{ resource, ...(roleArn === undefined ? {} : { roleArn }), handle: outcome.job, since: activation.at }];
}

/** A call is begun only if its bound leaves this much of the worker's time. */
const SPARE_MS = 10_000;

/** Whether a worker with this deadline has the time that the call may take. */
export async function isFitting(
  world: World,
  call: Call,
  caller: Pick<Caller, 'roleArn'>,
  deadline: number,
): Promise<boolean> {
  const bound = await callBoundMs(world, call, caller);
  return bound !== undefined && world.clock.now() + bound <= deadline - SPARE_MS;
}

export interface Calls {
  readonly size: number;
  start(wait: string, task: TaskWait, transitions: number): void;
  /** Forgets the calls whose wait has closed; not those that begin a job, because somebody must stop it. */
  keepOnly(isOpen: (wait: string) => boolean): void;
  /** Everything that has ended since. */
  takeEnded(): Arrival[];
  /** The same; waits for the first if nothing has. */
  next(): Promise<Arrival[]>;
}

/** The calls of one run. */
export function heldCalls(world: World, { executionArn, run: id, roleArn }: Creation, workerDeadline: number): Calls {
  const held = new Map<string, { over: AbortController; call: Call }>();
  const arrived: Arrival[] = [];
  let wake: (() => void) | undefined;

  async function run(wait: string, task: TaskWait, transitions: number, over: AbortController): Promise<void> {
    const caller = { executionArn, run: id, wait, roleArn };
    const outcome = await firstEnd(world, task, caller, lastOrders(world, task.call, workerDeadline), over);
    if (held.get(wait)?.over !== over) return;
    held.delete(wait);
    arrived.push({
      activation: { kind: 'CallEnded', at: world.clock.now(), wait, outcome },
      transitions,
      call: task.call,
    });
    wake?.();
  }

  return {
    get size() {
      return held.size + arrived.length;
    },
    start(wait, task, transitions) {
      const over = new AbortController();
      held.set(wait, { over, call: task.call });
      void run(wait, task, transitions, over);
    },
    keepOnly(isOpen) {
      for (const [wait, { over, call }] of held) {
        if (isOpen(wait) || startsJob(call)) continue;
        held.delete(wait);
        over.abort();
      }
    },
    takeEnded: () => arrived.splice(0),
    async next() {
      if (arrived.length === 0)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      return arrived.splice(0);
    },
  };
}

async function firstEnd(
  world: World,
  task: TaskWait,
  caller: Caller,
  cutOff: number,
  over: AbortController,
): Promise<CallOutcome> {
  const { call, deadline = Number.POSITIVE_INFINITY } = task;
  const answer = callTarget(world, call, caller, over.signal).catch(
    (error: Error): CallOutcome => ({ ...lostWorker(call), kind: 'failed', cause: error.message }),
  );
  const timeout = world.clock
    .until(Math.min(deadline, cutOff), over.signal)
    .then((): CallOutcome => (deadline <= cutOff ? { kind: 'timed-out' } : lostWorker(call)));
  const outcome = await Promise.race([answer, timeout]);
  over.abort();
  return outcome;
}
