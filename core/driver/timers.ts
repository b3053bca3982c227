// The timer of a task that must send heartbeats (D7). A heartbeat wakes nothing: it is read when the timer fires, and a
// timer that finds a new one is set again, to when the next must have come.
//
// Each firing takes a turn, and decides with it once and for all: set again, or the task is over. So whoever receives the
// message again, with whatever clock, does the same, and however often messages come there is one timer for each turn that
// goes on. What a firing records is caused by the message that has its turn; one that goes no further has caused nothing,
// and can be dropped (D3).
import type { Activation } from '../engine/activation.ts';
import { RUN_WAIT, type TaskWait } from '../engine/state.ts';
import { dueAt } from '../engine/states/task.ts';
import { readHeartbeat } from '../store/heartbeats.ts';
import { newestTurn, type Turn, takeTurn, turnKey } from '../store/turns.ts';
import type { World } from '../world.ts';
import type { KnownRun } from './known-run.ts';
import type { Message } from './message.ts';

type TimerMessage = Extract<Message, { kind: 'timer' }>;

/** A timer that goes on: when it fires next, the turn it has, and the id of its message where that is not a new one. */
export interface HeartbeatTimer {
  wait: string;
  at: number;
  turn: number;
  id?: string;
}

/** What was decided with a turn: at `at` the task was over if `due` had come. */
interface Firing extends Turn {
  at: number;
  due: number;
}

/** What comes of a timer's firing: what it wakes, and what is set again. */
export async function fire(
  world: World,
  known: KnownRun,
  message: TimerMessage,
): Promise<{ fired: Activation[]; again: HeartbeatTimer[] }> {
  const fired: Activation[] = [];
  const again: HeartbeatTimer[] = [];
  for (const wait of message.waits) {
    const now = world.clock.now();
    const open = wait === RUN_WAIT ? undefined : (await known.openFrame(wait))?.wait;
    if (open?.kind !== 'task' || !mustBeat(open)) {
      fired.push({ kind: 'TimerFired', at: now, wait });
      continue;
    }
    const firing = await decide(world, message, wait, open);
    if (firing === undefined) continue;
    const { at, due, turn } = firing;
    if (at < due) again.push({ wait, at: due, turn });
    // Decided is decided, even where this clock is behind the one that decided.
    else fired.push({ kind: 'TimerFired', at: Math.max(now, at), wait });
  }
  return { fired, again };
}

/** A job has no token to send heartbeats with; before a call was submitted its worker looks after it. */
export function mustBeat({ call, job, submittedAt }: TaskWait): boolean {
  return call.heartbeatSeconds !== undefined && job === undefined && submittedAt !== undefined;
}

/** Undefined where this message goes no further. */
async function decide(
  world: World,
  { run, id, turn: given }: TimerMessage,
  wait: string,
  task: TaskWait,
): Promise<Firing | undefined> {
  const key = turnKey('timer', run, wait);
  const due = dueAt(task, (await readHeartbeat(world, run, wait)) ?? 0) ?? 0;
  // A message of an earlier version has none, and goes on from wherever the others are.
  const newest = given === undefined ? await newestTurn(world, key) : undefined;
  const before = given ?? (newest?.by === id ? newest.turn - 1 : (newest?.turn ?? 0));
  const firing = { ...key, turn: before + 1, by: id, at: world.clock.now(), due };
  return (await takeTurn(world, firing, before)) as Firing | undefined;
}

/** The timer once more whose message was lost: as the one that has the last turn, because that may have been decided. */
export async function lostTimer(world: World, run: string, wait: string): Promise<Pick<HeartbeatTimer, 'turn' | 'id'>> {
  const newest = await newestTurn(world, turnKey('timer', run, wait));
  return newest === undefined ? { turn: 0 } : { turn: newest.turn - 1, id: newest.by };
}
