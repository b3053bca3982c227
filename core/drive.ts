// The durable driver: one actor per worker (DESIGN section 3). A worker holds messages of one run, and calls. Its loop:
// take all that arrived, `advance` over it, COMMIT one record, DISPATCH what the record owes, wait for the next of its
// calls; again. The order is law:
//   D1  one conditional put is the transition; who loses it reads back and applies its result to the newer state.
//   D2  nothing leaves before the record that makes it true is stored.
//   D3  a message is a hint: wait open -> work; wait closed -> dispatch again what this message's records still owe.
//   D4  a call is claimed in a record before it is made; a call whose worker was lost fails, it is never made again unasked.
//   D8  infrastructure trouble throws: the message returns to the queue, and the execution knows nothing of it.
import { activationsOf, claims, definitionFor, grantsOf, owedFor, waitsOf } from './driver/arrivals.ts';
import { type Arrival, begunJob, type Calls, heldCalls, isFitting } from './driver/calls.ts';
import { closedWait } from './driver/children.ts';
import { atWork, isWaitedOut, lostAt } from './driver/claims.ts';
import { dispatch, nothingOwed, type Owed, owe, oweAsIs, stillOwed } from './driver/dispatch.ts';
import { envOf, RECORD } from './driver/env.ts';
import { KnownRun } from './driver/known-run.ts';
import { type Message, send } from './driver/message.ts';
import { lookAfterJobs } from './driver/polling.ts';
import { sharesOf } from './driver/shares.ts';
import { fire } from './driver/timers.ts';
import type { Activation, Command } from './engine/activation.ts';
import { type Advance, advance, type Claimer } from './engine/advance.ts';
import type { Call } from './engine/call.ts';
import { openWait, type TaskWait, waitName } from './engine/state.ts';
import { Missing } from './engine/step.ts';
import { assert } from './errors.ts';
import type { Creation } from './execution.ts';
import { isRepeatable, lostWorker } from './integrations/index.ts';
import type { QueueName } from './ports.ts';
import { type LogRecord, putRecord, readRecord } from './store/log.ts';
import { holdName, readCreation, restoreName } from './store/names.ts';
import { mayBeOpen } from './store/run-state.ts';
import type { World } from './world.ts';

/** What a worker may use: how long it lives, and whether it makes calls at all (an API call does not). */
export interface Shift {
  queue: QueueName | 'api';
  deadline: number;
}

/** What becomes of a message: deleted, or visible again later. */
export type Disposition = { kind: 'done' } | { kind: 'postpone'; until: number };

/** The time a fresh worker of the `advance` queue has; what may take longer goes to the `call` queue. */
const ADVANCE_SHIFT_MS = 60_000;

/** How long the insurance of a poll is put off, longer each time. */
const POLL_PAUSE_MS = 10_000;
const POLL_PAUSE_MS_MAX = 900_000;

/** Works on messages of one run until nothing is left that this worker can do. */
export async function drive(world: World, messages: Message[], shift: Shift): Promise<Map<string, Disposition>> {
  const dispositions = new Map<string, Disposition>(messages.map(({ id }) => [id, { kind: 'done' }]));
  const shares = sharesOf(await lookAfterJobs(world, messages, shift.deadline), world.settings.callsPerWorker);
  const ends = await Promise.allSettled(
    shares.map(async (share) => await (await openWorker(world, share, shift, dispositions))?.run()),
  );
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return dispositions;
}

/** A worker that acts for requests of the API (desk.ts): it makes no calls, and has the newest state. */
export async function openDeskWorker(world: World, creation: Creation, causes: string[]) {
  const worker = new Worker(world, creation, causes, { queue: 'api', deadline: world.clock.now() }, new Map());
  return { worker, seq: await worker.known.reload() };
}

/** Undefined when the messages are of a run that does not hold its name. */
async function openWorker(
  world: World,
  messages: Message[],
  shift: Shift,
  dispositions: Map<string, Disposition>,
): Promise<Worker | undefined> {
  const first = messages[0];
  assert(first !== undefined, 'A worker needs a message');
  const carrier = messages.reduce((best, each) =>
    (each.carried?.seq ?? -1) > (best.carried?.seq ?? -1) ? each : best,
  );
  const start = messages.find((each) => each.kind === 'start');
  const holder =
    carrier.carried?.creation ??
    (start?.kind === 'start' ? await holdName(world, start.creation) : await readCreation(world, first.executionArn)) ??
    (await restoreName(world, first.run));
  if (holder === undefined || holder.run !== first.run) return undefined;
  const causes = messages.map(({ id }) => id);
  const worker = new Worker(world, holder, causes, shift, dispositions);
  // What a message is about may be newer than the state that another one carries.
  if (messages.some((each) => each.carried === undefined && each.kind !== 'start')) await worker.known.reload();
  else if (carrier.carried !== undefined) worker.known.adopt(carrier.carried);
  for (const message of messages) await worker.take(message);
  return worker;
}

/**
 * `take` makes of each message what arrives here, or finds that it is for something that is over (D3, D4); `run` makes
 * records of all that arrives, until nothing does any more (D1, D2).
 */
class Worker {
  /** The run as far as it is known here. */
  readonly known: KnownRun;
  readonly mailbox: Arrival[] = [];
  /** Activations that came too late for what they were for. */
  readonly stale: Activation[] = [];
  readonly #world: World;
  readonly #shift: Shift;
  readonly #dispositions: Map<string, Disposition>;
  /** Ids of its messages: the causes of its records. */
  readonly #causes: string[];
  readonly #calls: Calls;
  /** Stands in the claims of this worker. */
  readonly #by: string;
  /** Messages whose owed commands were looked up since the last record. */
  readonly #checked = new Set<Message>();

  constructor(
    world: World,
    creation: Creation,
    causes: string[],
    shift: Shift,
    dispositions: Map<string, Disposition>,
  ) {
    this.#world = world;
    this.#shift = shift;
    this.#dispositions = dispositions;
    this.#causes = causes;
    this.#by = `${world.settings.bootId ?? ''}/${world.newId()}`;
    this.#calls = heldCalls(world, creation, shift.deadline);
    this.known = new KnownRun(world, creation);
  }

  /** Turns a message into activations, as far as what it is about is still open here. */
  async take(message: Message): Promise<void> {
    const at = this.#world.clock.now();
    const arrive = (activation: Activation) => this.mailbox.push({ activation, transitions: 0, message });
    switch (message.kind) {
      case 'timer': {
        const { fired, again } = await fire(this.#world, this.known, message);
        for (const activation of fired) arrive(activation);
        return await this.#send({ heartbeats: again });
      }
      case 'call':
        for (const wait of message.waits) await this.#takeCall(message, wait);
        return;
      case 'taken':
        return await this.#awaitPoll(message);
      case 'start': {
        const isTooLate = (await closedWait(this.#world, this.known.state)) !== undefined;
        arrive({ kind: 'Started', at, isTooLate });
        return;
      }
      default:
        for (const activation of activationsOf(message, at)) arrive(activation);
    }
  }

  /**
   * Nobody but the poll itself can take its task for somebody. As long as nobody has, it may yet, however late, and its
   * record needs a message that answers for it.
   */
  async #awaitPoll(message: Extract<Message, { kind: 'taken' }>): Promise<void> {
    const open = (await this.known.openFrame(message.wait))?.wait;
    if (open?.kind !== 'task' || open.submittedAt !== undefined) return await this.#settleClosed(message, message.wait);
    const pause = Math.min(2 * (message.pause ?? POLL_PAUSE_MS), POLL_PAUSE_MS_MAX);
    const at = this.#world.clock.now() + pause;
    await send(this.#world, [{ message: { ...message, pause }, queue: 'advance', at }]);
  }

  /** D4: claims a call, leaves it to the worker that has claimed it, or finds that worker lost. */
  async #takeCall(message: Message, wait: string): Promise<void> {
    const at = this.#world.clock.now();
    const frame = await this.known.openFrame(wait);
    if (frame?.wait?.kind !== 'task' || frame.wait.submittedAt !== undefined)
      return await this.#settleClosed(message, wait);
    if (frame.wait.claim !== undefined) return this.#awaitClaim(message, wait, frame.wait);
    if (this.#shift.queue === 'advance' && !(await this.#isFitting(frame.wait.call, this.#shift.deadline)))
      return await this.#send({ calls: { advance: [], call: [wait] }, heirs: new Map([[wait, [message.id]]]) });
    const claim = { by: this.#by, until: this.#shift.deadline };
    this.mailbox.push({ activation: { kind: 'CallClaimed', at, wait, claim }, transitions: 0, message });
  }

  /** Somebody else claimed the call: come back when they must be done, or say that they were lost. */
  #awaitClaim(message: Message, wait: string, { call, claim }: TaskWait): void {
    assert(claim !== undefined, 'Only a claimed call is awaited');
    if (claim.by === this.#by) return;
    const at = this.#world.clock.now();
    const over = lostAt(this.#world, claim);
    if (at < over) {
      this.#postpone(message, over);
      return;
    }
    const mine = { by: this.#by, until: this.#shift.deadline };
    const activation: Activation = isRepeatable(call)
      ? { kind: 'CallClaimed', at, wait, claim: mine, lost: claim.by }
      : { kind: 'CallEnded', at, wait, outcome: lostWorker(call), lost: claim.by };
    this.mailbox.push({ activation, transitions: 0, message });
  }

  #postpone(message: Message, until: number): void {
    const before = this.#dispositions.get(message.id);
    const later = before?.kind === 'postpone' ? Math.min(before.until, until) : until;
    this.#dispositions.set(message.id, { kind: 'postpone', until: later });
  }

  /** D3: what this message was for is over; whatever its records still owe is done again. */
  async #settleClosed(message: Message, wait: string | undefined): Promise<void> {
    if (this.#checked.has(message)) return;
    this.#checked.add(message);
    const records = await this.known.recordsSince(message, wait);
    const commands = records.flatMap((record) => owedFor(message.id, record));
    const isRunning = this.known.state.head.status === 'RUNNING';
    const { owed, claimed } = await stillOwed(
      commands,
      isRunning,
      async (name) => (await this.known.openFrame(name))?.wait,
      (call) => this.#queueFor(call),
    );
    for (const [name, task] of claimed)
      if (records.some((record) => claims(record, message.id, name, task))) this.#awaitClaim(message, name, task);
    for (const name of owed.ready) owed.heirs.set(name, [message.id]);
    await this.#send(owed);
  }

  run(): Promise<void> {
    return atWork(this.#world, this.#by, async () => {
      while (this.mailbox.length > 0 || this.#calls.size > 0) {
        this.mailbox.push(...(this.mailbox.length > 0 ? this.#calls.takeEnded() : await this.#calls.next()));
        await this.#transition(this.mailbox.splice(0));
      }
    });
  }

  /** One record, if there is anything to record: commit, then dispatch (D2). */
  async #transition(arrivals: Arrival[]): Promise<void> {
    // The first record begins the run, whoever writes it (D5).
    const [first] = arrivals;
    if (this.known.seq === -1 && first !== undefined && first.activation.kind !== 'Started')
      arrivals.unshift({ activation: { kind: 'Started', at: first.activation.at }, transitions: 0 });
    const transitions = Math.max(...arrivals.map((each) => each.transitions)) + 1;
    const step = await this.#commit(arrivals, transitions);
    this.mailbox.unshift(...arrivals.slice(step.taken));
    this.#startClaimed(step, transitions);
    this.#calls.keepOnly((wait) => mayBeOpen(this.known.state, wait));
    const owed = await this.#sort(step.commands, transitions, arrivals);
    await this.#patiently(() => this.#send(owed));
    this.stale.push(...step.stale);
    const late = arrivals.slice(0, step.taken).filter(({ activation }) => step.stale.includes(activation));
    const orphans = late.flatMap(begunJob);
    if (orphans.length > 0) await this.#patiently(() => this.#send({ cancelled: orphans }), true);
    // What was looked up before this record may be out of date.
    this.#checked.clear();
    this.known.forgetLog();
    if (this.#shift.queue !== 'api')
      for (const { activation, message } of late) if (message !== undefined) await this.#retake(message, activation);
  }

  /** D1: wins the next seq for what these arrivals make of the state, as often as others win it first. */
  async #commit(arrivals: Arrival[], transitions: number): Promise<Advance> {
    const isAnswerInHand = arrivals.some(({ activation }) => activation.kind === 'CallEnded');
    for (let attempt = 0; ; attempt++) {
      const step = await this.#patiently(() => this.#advance(arrivals, transitions), isAnswerInHand);
      if (step.events.length === 0 && step.frames.length === 0) return step;
      const record = this.#recordOf(step, arrivals);
      // A claim that may be stored has to be known: nobody else makes that call.
      if (await this.#patiently(() => this.#put(record), isAnswerInHand || step.claimed.length > 0)) {
        this.known.goOn(step.state, record.seq);
        return step;
      }
      await this.#pause(attempt);
      await this.#patiently(() => this.known.reload(), isAnswerInHand);
    }
  }

  async #advance(arrivals: Arrival[], transitions: number): Promise<Advance> {
    const activations = arrivals.map(({ activation }) => activation);
    const definition = await definitionFor(this.#world, this.known.state.creation, activations);
    await this.known.bring(waitsOf(activations));
    for (;;) {
      try {
        const env = envOf(this.#world, this.known.state.creation, this.known.key);
        return await advance(
          definition,
          this.known.state,
          activations,
          this.known.seq + 1,
          env,
          this.#claimer(transitions),
        );
      } catch (problem) {
        if (!(problem instanceof Missing)) throw problem;
        await this.known.supply(problem);
      }
    }
  }

  /** Keeps new calls as long as this worker has hands, turns and time left. */
  #claimer(transitions: number): Claimer {
    let hands = this.#world.settings.callsPerWorker - this.#calls.size;
    return async ({ call }) => {
      if (hands <= 0 || !this.#mayGoOn(transitions)) return undefined;
      if (!(await this.#isFitting(call, this.#shift.deadline))) return undefined;
      hands--;
      return { by: this.#by, until: this.#shift.deadline };
    };
  }

  #mayGoOn(transitions: number): boolean {
    return this.#shift.queue !== 'api' && transitions < this.#world.settings.transitionsPerMessage;
  }

  #recordOf(step: Advance, arrivals: Arrival[]): LogRecord {
    const { events, frames, ended, state } = step;
    const seq = this.known.seq + 1;
    return {
      seq,
      nonce: this.#world.newId(),
      causes: this.#causes,
      events,
      frames,
      ...(Object.keys(ended).length === 0 ? {} : { ended }),
      head: state.head,
      ...grantsOf(step, arrivals, this.#causes),
      ...(seq === 0 ? { creation: this.known.state.creation } : {}),
    };
  }

  /** A put that failed may still be mine: its answer was lost and it was sent twice. */
  async #put(record: LogRecord): Promise<boolean> {
    const { run } = this.known.state.creation;
    if (await putRecord(this.#world, run, record)) return true;
    const winner = await readRecord(this.#world, run, record.seq);
    return winner?.nonce === record.nonce;
  }

  /** Makes the calls whose claim has just been stored. */
  #startClaimed(step: Advance, transitions: number): void {
    for (const { id, wait } of step.frames)
      if (wait?.kind === 'task' && wait.claim?.by === this.#by && step.claimed.includes(id))
        this.#calls.start(waitName(id, wait.since), wait, transitions);
  }

  /** Sorts what a record owes: what this worker goes on with itself, and what has to be sent. */
  async #sort(commands: Command[], transitions: number, arrivals: Arrival[]): Promise<Owed> {
    const owed = nothingOwed();
    const now = this.#world.clock.now();
    for (const command of commands) {
      switch (command.kind) {
        case 'CallTarget': {
          const wait = openWait(this.known.state, command.wait)?.wait;
          if (wait?.kind !== 'task' || wait.claim !== undefined) break;
          owed.calls[await this.#queueFor(wait.call)].push(command.wait);
          break;
        }
        case 'StartTimer': {
          // A timer that came early, to go by the clock here: somebody with another clock may have let it fire.
          const early = arrivals.flatMap(({ activation, message }) =>
            activation.kind === 'TimerFired' && activation.wait === command.wait ? (message?.id ?? []) : [],
          );
          if (early.length > 0) owed.heirs.set(command.wait, early);
          owe(owed.timers, command.at, command.wait);
          break;
        }
        case 'Continue':
          if (this.#mayGoOn(transitions) && now < this.#shift.deadline - RECORD.ms)
            for (const wait of command.waits)
              this.mailbox.push({ activation: { kind: 'Continued', at: now, wait }, transitions });
          else owed.ready.push(...command.waits);
          break;
        default:
          oweAsIs(owed, command);
      }
    }
    return owed;
  }

  /** The state moved on before this message's activation could be applied: look at it again as it stands now. */
  async #retake(message: Message, activation: Activation): Promise<void> {
    if (activation.kind === 'CallClaimed') await this.#takeCall(message, activation.wait);
    else await this.#settleClosed(message, 'wait' in activation ? activation.wait : undefined);
  }

  /** Sends what is owed as of the newest record known. */
  async #send(owed: Partial<Owed>): Promise<void> {
    await dispatch(this.#world, this.known.state, this.known.seq, { ...nothingOwed(), ...owed });
  }

  async #isFitting(call: Call, deadline: number): Promise<boolean> {
    return await isFitting(this.#world, call, this.known.state.creation, deadline);
  }

  /** Whose workers have the time that the call may take. */
  async #queueFor(call: Call): Promise<QueueName> {
    const { clock } = this.#world;
    return (await this.#isFitting(call, clock.now() + ADVANCE_SHIFT_MS)) ? 'advance' : 'call';
  }

  /**
   * Tries again through infrastructure trouble while an answer is in hand or on its way, because giving up would lose
   * it. Without one the trouble goes up, and the queue brings the message again (D8).
   */
  async #patiently<T>(work: () => Promise<T>, isAnswerInHand = false): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (trouble) {
        const isInHand = isAnswerInHand || this.#calls.size > 0;
        if (!isInHand || !isWaitedOut(this.#world, trouble, this.#shift.deadline)) throw trouble;
        await this.#pause(attempt);
      }
    }
  }

  /** Full jitter; the first time none, because one competitor is the usual case. */
  async #pause(attempt: number): Promise<void> {
    if (attempt === 0) return;
    const { clock, random } = this.#world;
    await clock.until(clock.now() + random() * Math.min(5 * 2 ** attempt, 1_000), new AbortController().signal);
  }
}
