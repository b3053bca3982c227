// A run in one process and without a log: what an Express execution is. The same interpreter as everywhere; each step's
// state stays in memory, calls are made as they come up, timers are waited for right here. Nobody else writes this run,
// so there is nothing to claim, to carry or to dispatch, and nobody to lose a race to.
//
// It ends with its process: whoever may lose it begins it again.
import type { Definition } from '../asl/definition.ts';
import type { Activation } from '../engine/activation.ts';
import { type Advance, advance, type Claimer } from '../engine/advance.ts';
import { type Head, initialHead, openWait, type RunState, waitName } from '../engine/state.ts';
import type { Env } from '../engine/step.ts';
import { BrokenInvariant } from '../errors.ts';
import type { Creation, HistoryEvent } from '../execution.ts';
import { EXPRESS_SECONDS_MAX } from '../limits.ts';
import type { Clock } from '../ports.ts';
import type { World } from '../world.ts';
import { heldCalls } from './calls.ts';

/** A definition that says when its run is over at the latest. */
export type TimedDefinition = Definition & { TimeoutSeconds: number };

/** Hears of the events as they happen. They are not gathered: such a run has no ceiling on their number. */
export type Listener = (events: readonly HistoryEvent[]) => void;

/** Bounds of one step, after which everybody else in the process has a turn. */
const STEP = { events: 1_000, ms: 250 };
const TURN_MS = 1;
/** Calls are let go this long after the end of the run, which is to say never: the end closes them first. */
const AFTER_THE_END_MS = 60_000;

/** Runs to the end, and gives the head as it then is: status, output, error and cause. */
export async function runInProcess(
  world: World,
  definition: TimedDefinition,
  creation: Creation,
  listener: Listener = () => {},
): Promise<Head> {
  const { clock } = world;
  const deadline = creation.startDate + definition.TimeoutSeconds * 1000;
  const claimer: Claimer = async () => ({ by: creation.run, until: deadline });
  const calls = heldCalls(world, creation, deadline + AFTER_THE_END_MS);
  const timers = new Map<string, number>();
  let inbox: Activation[] = [{ kind: 'Started', at: creation.startDate }];
  let state: RunState = { creation, head: initialHead(creation), frames: new Map(), outputs: new Map() };
  let nextCalls: Promise<void> | undefined;

  function begin(step: Advance): void {
    for (const { id, wait } of step.frames)
      if (wait?.kind === 'task' && step.claimed.includes(id)) calls.start(waitName(id, wait.since), wait, 0);
    calls.keepOnly((wait) => openWait(state, wait) !== undefined);
    for (const command of step.commands) if (command.kind === 'StartTimer') timers.set(command.wait, command.at);
  }

  /** Waits for the next end of a call, or the next timer. */
  async function arrival(): Promise<void> {
    // A timer may come first: then what the calls bring is still awaited, the next time.
    nextCalls ??= calls.next().then((arrivals) => {
      inbox.push(...arrivals.map(({ activation }) => activation));
      nextCalls = undefined;
    });
    const alarm = new AbortController();
    await Promise.race([nextCalls, clock.until(Math.min(...timers.values()), alarm.signal)]);
    alarm.abort();
    const now = clock.now();
    for (const [wait, at] of timers) {
      if (at > now) continue;
      timers.delete(wait);
      inbox.push({ kind: 'TimerFired', at: now, wait });
    }
  }

  try {
    for (let seq = 0; ; seq++) {
      const step = await advance(definition, state, inbox, seq, envOf(world), claimer);
      listener(step.events);
      state = step.state;
      inbox = inbox.slice(step.taken);
      if (state.head.status !== 'RUNNING') return state.head;
      begin(step);
      inbox.push(...(await goOn(step, clock)));
      while (inbox.length === 0) await arrival();
    }
  } finally {
    calls.keepOnly(() => false);
  }
}

/** The rest of a step that was cut off, after a pause. */
async function goOn({ commands }: Advance, clock: Clock): Promise<Activation[]> {
  const waits = commands.flatMap((command) => (command.kind === 'Continue' ? command.waits : []));
  if (waits.length > 0) await clock.until(clock.now() + TURN_MS, new AbortController().signal);
  return waits.map((wait) => ({ kind: 'Continued', at: clock.now(), wait }));
}

function envOf({ clock, random, newId, settings }: World): Env {
  const until = clock.now() + STEP.ms;
  return {
    random,
    newId,
    limits: { ...settings.limits, historyEvents: Number.POSITIVE_INFINITY, waitSeconds: EXPRESS_SECONDS_MAX },
    region: settings.region,
    tokenOf(wait) {
      throw new BrokenInvariant(`${wait} asks for a task token, which nobody could answer: this run is in no log`);
    },
    isSpent: (events) => events >= STEP.events || clock.now() >= until,
  };
}
