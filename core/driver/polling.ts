// Jobs that services run for a task (`.sync`): a message asks how one stands and is sent again, ever later, until the job
// has ended. Asking can be repeated, so it is not claimed (D4), and that a job still runs is not recorded: such a poll is
// one receive, one request to the service and one send; nothing is read, nothing written.
//
// One line of such messages lives for each job. What may break it (a crash between the request and the send) leaves the
// message in the queue, which brings it again. What may double it (a message that comes twice) ends at the next turn:
// every ten minutes a line must take the job's turn, one item of the table, and goes no further when another has it, or
// when nobody waits for the job any longer. Which turn that is stands in the message: whoever receives it again, with
// whatever clock, takes the same. A line that was lost with its queue is begun again by the audit.
import type { CallOutcome, Job } from '../engine/call.ts';
import { jobOf, type TaskWait } from '../engine/state.ts';
import type { Creation } from '../execution.ts';
import { askForJob, pollPause, stopJob } from '../integrations/jobs.ts';
import { isWaitOpen } from '../store/run-state.ts';
import { newestTurn, takeTurn, turnKey } from '../store/turns.ts';
import type { World } from '../world.ts';
import { type Message, type PollLine, type Sending, send } from './message.ts';

type Poll = Extract<Message, { kind: 'poll' }>;

/** How long a line goes on before it must take its turn. */
const TURN_MS = 600_000;
/** A request about a job is given up after this time, or this long before its worker's deadline. */
const REQUEST_MS = 10_000;
const LAST_ORDERS_MS = 3_000;
/** Where the service does not answer, the pause doubles up to this. */
const MISSED_PAUSE_MS_MAX = 300_000;

/** When and how a job is asked for next; a little apart from others that began in the same moment. */
export function nextPoll(world: World, job: Job, turn = 0, missed = 0): PollLine & { at: number } {
  const now = world.clock.now();
  const pause = pollPause(job.resource, now - job.since);
  const grown = Math.max(pause, Math.min(pause * 2 ** missed, MISSED_PAUSE_MS_MAX));
  const at = Math.round(now + grown * (0.9 + 0.2 * world.random()));
  // A worker whose clock is behind gives no turn back.
  const due = Math.max(turn, turnAt(at, job));
  return { line: world.newId(), turn, due, missed, at };
}

export function cancelMessage(world: World, { run, executionArn, roleArn }: Creation, job: Job): Sending {
  const message = { id: world.newId(), run, executionArn, kind: 'cancel' as const, job, machineRoleArn: roleArn };
  return { message, queue: 'advance' };
}

/**
 * Does what the messages about jobs are for, and gives the others. A job that has ended becomes the callback that its
 * wait is for; one that still runs leaves nothing here.
 */
export async function lookAfterJobs(world: World, messages: Message[], deadline: number): Promise<Message[]> {
  const again: Sending[] = [];
  const rest = await Promise.all(
    messages.map(async (message): Promise<Message[]> => {
      if (message.kind === 'cancel') await withinTime(world, deadline, (signal) => stopJob(world, message, signal));
      if (message.kind === 'poll') return await poll(world, message, deadline, again);
      return message.kind === 'cancel' ? [] : [message];
    }),
  );
  await send(world, again);
  return rest.flat();
}

async function poll(world: World, message: Poll, deadline: number, again: Sending[]): Promise<Message[]> {
  const { id, run, executionArn, carried, job, wait } = message;
  const about = { id, run, executionArn, ...(carried === undefined ? {} : { carried }) };
  const ended = (outcome: CallOutcome): Message[] => [{ ...about, kind: 'callback', wait, outcome }];
  const now = world.clock.now();
  if (job.deadline !== undefined && now >= job.deadline) return ended({ kind: 'timed-out' });
  if (message.due > message.turn) {
    // The end of the job is recorded, or the wait is over for another reason: what its record still owes is looked up.
    if (!(await isWaitOpen(world, run, wait))) return ended({ kind: 'timed-out' });
    const { line, turn, due } = message;
    const taken = { ...turnKey('job', run, wait), turn: due, by: line };
    if ((await takeTurn(world, taken, turn)) === undefined) return [];
  }
  const answer = await withinTime(world, deadline, (signal) => askForJob(world, message, signal));
  if (typeof answer === 'object') return ended(answer);
  const missed = answer === 'missed' ? message.missed + 1 : 0;
  // It keeps the id: another delivery of this message may have recorded the job's end under it, and be lost (D3).
  const { at, ...line } = nextPoll(world, job, message.due, missed);
  again.push({ message: { ...message, ...line }, queue: 'advance', at });
  return [];
}

function turnAt(at: number, { since }: Job): number {
  return Math.floor((at - since) / TURN_MS);
}

/** Since when nobody asks for a wait's job, roughly; undefined while somebody may: a line took this turn or the last. */
export async function forgottenSince(
  world: World,
  run: string,
  wait: string,
  task: TaskWait,
): Promise<number | undefined> {
  const job = jobOf(task);
  if (job === undefined) return undefined;
  const turn = (await newestTurn(world, turnKey('job', run, wait)))?.turn ?? 0;
  return turnAt(world.clock.now(), job) - turn < 2 ? undefined : job.since + (turn + 1) * TURN_MS;
}

async function withinTime<T>(world: World, deadline: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { clock } = world;
  const [request, timer] = [new AbortController(), new AbortController()];
  void clock
    .until(Math.min(clock.now() + REQUEST_MS, deadline - LAST_ORDERS_MS), timer.signal)
    .then(() => request.abort());
  try {
    return await work(request.signal);
  } finally {
    timer.abort();
  }
}
