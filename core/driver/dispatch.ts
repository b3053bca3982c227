// What a committed record owes to the world, sent: messages for calls nobody here makes, timers, the rest of a cut
// macrostep, the end of the run. Everything here is harmless twice (D3).

import type { Command } from '../engine/activation.ts';
import type { Call, Job } from '../engine/call.ts';
import { PARENT_ENDED } from '../engine/nested.ts';
import {
  awaitedByOf,
  jobOf,
  openWait,
  parseWaitName,
  RUN_WAIT,
  type RunState,
  type TaskWait,
  type Wait,
} from '../engine/state.ts';
import { assertNever } from '../errors.ts';
import type { Creation } from '../execution.ts';
import { mockedOutcome } from '../integrations/mocked.ts';
import type { QueueName } from '../ports.ts';
import { announce } from '../store/names.ts';
import { offerTask } from '../store/offers.ts';
import type { World } from '../world.ts';
import { closedWait, endOfChild, workingChild } from './children.ts';
import { type Message, type Purpose, type Sending, send } from './message.ts';
import { cancelMessage, nextPoll } from './polling.ts';
import type { HeartbeatTimer } from './timers.ts';

/** Waits that one message names at most. */
const WAITS_PER_MESSAGE = 50;

type StopChild = Extract<Command, { kind: 'StopChild' }>;

/** What is owed, gathered while commands are looked at and sent in one go. */
export interface Owed {
  calls: Record<QueueName, string[]>;
  /** Waits by the moment they are due. */
  timers: Map<number, string[]>;
  /** Timers that have found a heartbeat, and go on. */
  heartbeats: HeartbeatTimer[];
  ready: string[];
  /** Tasks for the workers of an activity. */
  offers: string[];
  /** Child executions whose parent no longer waits for them. */
  children: StopChild[];
  /** Waits for jobs that have to be asked for. */
  polls: string[];
  /** Jobs that nobody waits for any longer. */
  cancelled: Job[];
  /** The list entry says something else than the log; of an end, who waits for it has to hear. */
  isNews: boolean;
  /** This child has to look whether its parent waits for it. */
  isParentAsked: boolean;
  /**
   * By wait, the ids of messages that were about it so far and are let go now. For each a next one takes its id: somebody else may
   * hold the old one still, act on it, and be lost, and what its records owe is found under the id that caused them.
   */
  heirs: Map<string, string[]>;
}

export function nothingOwed(): Owed {
  return {
    calls: { advance: [], call: [] },
    timers: new Map(),
    heartbeats: [],
    ready: [],
    offers: [],
    children: [],
    polls: [],
    cancelled: [],
    isNews: false,
    isParentAsked: false,
    heirs: new Map(),
  };
}

/** What of these commands is still owed, because its wait is open; and the calls of them that somebody has claimed. */
export async function stillOwed(
  commands: Command[],
  isRunning: boolean,
  open: (wait: string) => Promise<Wait | undefined>,
  queueFor: (call: Call) => Promise<QueueName> = async () => 'advance',
): Promise<{ owed: Owed; claimed: Map<string, TaskWait> }> {
  const owed = nothingOwed();
  const claimed = new Map<string, TaskWait>();
  const isOpen = async (wait: string) => (wait === RUN_WAIT ? isRunning : (await open(wait)) !== undefined);
  for (const command of commands) {
    switch (command.kind) {
      case 'AnnounceEnd':
      case 'AnnounceRedrive':
      case 'StopChild':
      case 'CheckParent':
      case 'CancelJob':
        oweAsIs(owed, command);
        break;
      case 'PollJob':
        if (await isOpen(command.wait)) oweAsIs(owed, command);
        break;
      case 'StartTimer':
        if (await isOpen(command.wait)) owe(owed.timers, command.at, command.wait);
        break;
      case 'Continue':
        for (const wait of command.waits) if (await isOpen(wait)) owed.ready.push(wait);
        break;
      case 'CallTarget':
      case 'OfferTask': {
        const wait = await open(command.wait);
        if (wait?.kind !== 'task' || wait.submittedAt !== undefined) break;
        if (wait.claim !== undefined) claimed.set(command.wait, wait);
        else if (command.kind === 'OfferTask') owed.offers.push(command.wait);
        else owed.calls[await queueFor(wait.call)].push(command.wait);
        break;
      }
      default:
        assertNever(command);
    }
  }
  return { owed, claimed };
}

/** Adds what needs no decision. */
export function oweAsIs(
  owed: Owed,
  command: Exclude<Command, { kind: 'CallTarget' | 'StartTimer' | 'Continue' }>,
): void {
  switch (command.kind) {
    case 'OfferTask':
      owed.offers.push(command.wait);
      break;
    case 'StopChild':
      owed.children.push(command);
      break;
    case 'CheckParent':
      owed.isParentAsked = true;
      break;
    case 'PollJob':
      owed.polls.push(command.wait);
      break;
    case 'CancelJob':
      owed.cancelled.push(command.job);
      break;
    default:
      owed.isNews = true;
  }
}

/** Adds a timer. */
export function owe(timers: Owed['timers'], at: number, wait: string): void {
  timers.set(at, [...(timers.get(at) ?? []), wait]);
}

/** Sends all that is owed as of record `seq`, whose state is `state`. */
export async function dispatch(world: World, state: RunState, seq: number, owed: Owed): Promise<void> {
  const messages: Sending[] = [];
  const add = (kind: 'call' | 'timer' | 'continue', waits: string[], queue: QueueName, at?: number) => {
    const most = kind === 'call' ? Math.min(world.settings.callsPerWorker, WAITS_PER_MESSAGE) : WAITS_PER_MESSAGE;
    const named = [...new Set(waits)].flatMap((wait) =>
      [...new Set(owed.heirs.get(wait) ?? [undefined])].map((heir) => ({ heir, wait })),
    );
    for (const [heir, ofOne] of Map.groupBy(named, ({ heir }) => heir))
      for (let i = 0; i < ofOne.length; i += most) {
        const some = ofOne.slice(i, i + most).map(({ wait }) => wait);
        const purpose = kind === 'timer' ? { kind, waits: some, turn: 0 } : { kind, waits: some };
        messages.push({ message: messageOf(heir ?? world.newId(), state, seq, some, purpose), queue, at });
      }
  };
  add('call', owed.calls.advance, 'advance');
  add('call', owed.calls.call, 'call');
  add('continue', owed.ready, 'advance');
  for (const [at, waits] of owed.timers) add('timer', waits, 'advance', at);
  for (const { wait, at, turn, id = world.newId() } of owed.heartbeats) {
    const message = messageOf(id, state, seq, [wait], { kind: 'timer', waits: [wait], turn });
    messages.push({ message, queue: 'advance', at });
  }
  for (const wait of owed.polls) messages.push(...pollMessage(world, state, seq, wait));
  for (const job of owed.cancelled) messages.push(cancelMessage(world, state.creation, job));
  messages.push(...(await stopMessages(world, state, owed.children)));
  if (owed.isParentAsked) messages.push(...(await ownStop(world, state)));
  if (owed.isNews) messages.push(...endMessage(world, state));
  const mocked = new Map(owed.offers.map((wait) => [wait, mockedAnswer(world, state, seq, wait)]));
  messages.push(...[...mocked.values()].flat());
  const offers = owed.offers.filter((wait) => mocked.get(wait)?.length === 0);
  await Promise.all([
    send(world, messages),
    ...offers.map((wait) => offerTask(world, state, wait)),
    owed.isNews ? announce(world, state.creation, state.head) : undefined,
  ]);
}

/** Tells the execution that waits for this one how it ended, if it has; harmless twice. */
export function endMessage(world: World, { creation, head }: Pick<RunState, 'creation' | 'head'>): Sending[] {
  if (head.status === 'RUNNING') return [];
  const { parent } = creation;
  const wait = awaitedByOf({ creation, head });
  if (parent === undefined || wait === undefined) return [];
  const { run, executionArn, pattern } = parent;
  const outcome = endOfChild(creation, head, pattern);
  return [{ message: { id: world.newId(), run, executionArn, kind: 'callback', wait, outcome }, queue: 'advance' }];
}

/** To each child that works for a wait that is closed now. */
async function stopMessages(world: World, { creation }: RunState, children: StopChild[]): Promise<Sending[]> {
  const working = await Promise.all(
    children.map(async (each) => {
      const child = await workingChild(world, creation.run, each);
      return child === undefined ? [] : [stopMessage(world, child, each.awaitedBy)];
    }),
  );
  return working.flat();
}

/** To this child itself, where its parent has closed the wait that it works for. */
async function ownStop(world: World, state: RunState): Promise<Sending[]> {
  const wait = await closedWait(world, state);
  return wait === undefined ? [] : [stopMessage(world, state.creation, wait)];
}

/** Tells a child that the wait it works for is closed. */
export function stopMessage(world: World, { run, executionArn }: Creation, awaitedBy: string): Sending {
  const message = { id: world.newId(), run, executionArn, kind: 'stop' as const, error: PARENT_ENDED, awaitedBy };
  return { message, queue: 'advance' };
}

/** What a mock says in place of an activity's worker. */
function mockedAnswer(world: World, state: RunState, seq: number, wait: string): Sending[] {
  const open = openWait(state, wait)?.wait;
  const outcome = open?.kind === 'task' ? mockedOutcome(world.mocks, open.call) : undefined;
  if (outcome === undefined) return [];
  const message = messageOf(world.newId(), state, seq, [wait], { kind: 'callback', wait, outcome });
  return [{ message, queue: 'advance' }];
}

/** Begins the line of messages that asks for a job. */
function pollMessage(world: World, state: RunState, seq: number, wait: string): Sending[] {
  const open = openWait(state, wait)?.wait;
  const job = open?.kind === 'task' ? jobOf(open) : undefined;
  if (job === undefined) return [];
  const machineRoleArn = state.creation.roleArn;
  const { at, ...line } = nextPoll(world, job);
  const message = messageOf(world.newId(), state, seq, [wait], { kind: 'poll', wait, job, machineRoleArn, ...line });
  return [{ message, queue: 'advance', at }];
}

/** A message about these waits that carries the frames they are in, and those around them. */
function messageOf(id: string, state: RunState, seq: number, waits: string[], purpose: Purpose): Message {
  const ids = new Set<string>();
  for (const wait of waits) {
    if (wait === RUN_WAIT) continue;
    for (let id: string | undefined = parseWaitName(wait).frame; id !== undefined; id = state.frames.get(id)?.parent)
      ids.add(id);
  }
  const frames = [...ids].flatMap((id) => state.frames.get(id) ?? []);
  const { creation, head } = state;
  return {
    id,
    run: creation.run,
    executionArn: creation.executionArn,
    ...purpose,
    carried: { seq, head, frames, creation },
  };
}
