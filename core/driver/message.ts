// What goes through the queue: hints to look at a run (D3). A message names the waits it is about, and carries the
// state it was sent from where that is small, so that the usual receiver reads nothing (D9).

import type { CallOutcome, Job } from '../engine/call.ts';
import type { Frame, Head } from '../engine/state.ts';
import { Unreadable } from '../errors.ts';
import type { Creation } from '../execution.ts';
import type { Outgoing, QueueName } from '../ports.ts';
import { loadBody, storeBody } from '../store/body.ts';
import type { World } from '../world.ts';

export type Purpose =
  | { kind: 'start'; creation: Creation }
  /** An asynchronous Express execution, all of it. */
  | { kind: 'express'; creation: Creation }
  /** Make the calls these waits name. */
  | { kind: 'call'; waits: string[] }
  /** `turn`: the one it has, where it is a heartbeat's (timers.ts); messages of earlier versions have none. */
  | { kind: 'timer'; waits: string[]; turn?: number }
  | { kind: 'continue'; waits: string[] }
  /** Insurance of an accepted StopExecution (D5): it stops nothing that was redriven since. */
  | { kind: 'stop'; error?: string; cause?: string; redriveCount?: number; awaitedBy?: string }
  /** Insurance of an accepted RedriveExecution: `count` is the redrive it is about. */
  | { kind: 'redrive'; count: number; clientToken?: string; awaitedBy?: string }
  /** Insurance of a parent's going on with a child that somebody redrove: what the child works for from now on. */
  | { kind: 'adopt'; awaitedBy: string; redriveCount: number }
  /** Insurance of a worker's poll for a task; `pause`: how long it was put off the last time. */
  | { kind: 'taken'; wait: string; pause?: number }
  /** A task token's answer (as insurance, D5; `at`: when it was given), or the end of a child execution. */
  | { kind: 'callback'; wait: string; outcome: CallOutcome; at?: number }
  /** Ask how a job stands, for a wait; core/driver/polling.ts says what a line is. */
  | ({ kind: 'poll'; wait: string; job: Job; machineRoleArn: string } & PollLine)
  /** End a job that nobody waits for any longer. */
  | { kind: 'cancel'; job: Job; machineRoleArn: string };

/** A line of polls: its name, new for every send, the turn it has, the turn it needs to go on, and requests unanswered. */
export interface PollLine {
  line: string;
  turn: number;
  due: number;
  missed: number;
}

export type Message = {
  /** New for every send, but for one that takes another's place (dispatch.ts); the cause of the records that its holder writes. */
  id: string;
  run: string;
  executionArn: string;
  carried?: Carried;
  /** Of an insurance: seq of the newest record when the API was asked, so what it caused came after. */
  since?: number;
} & Purpose;

/** The state as of record `seq`: the head, and the frames that the waits are about with those around them. */
export interface Carried {
  seq: number;
  head: Head;
  frames: Frame[];
  creation: Creation;
}

/** State above this size is read from the log instead. */
const CARRIED_BYTES_MAX = 60_000;
/** A message above this size goes into the payload store, where there is one, and its reference onto the queue. */
const BODY_BYTES_MAX = 200_000;

export interface Sending {
  message: Message;
  queue: QueueName;
  at?: number | undefined;
}

export async function send(world: World, sendings: Sending[]): Promise<void> {
  if (sendings.length > 0) await world.queue.send(await Promise.all(sendings.map((each) => outgoing(world, each))));
}

async function outgoing(world: World, { message, queue, at }: Sending): Promise<Outgoing> {
  let body = JSON.stringify(message);
  if (message.carried !== undefined && body.length > CARRIED_BYTES_MAX) {
    const { carried: _left, ...light } = message;
    body = JSON.stringify(light);
  }
  if (body.length > BODY_BYTES_MAX) {
    const stored = await storeBody(world.payloads, `run#${message.run}`, JSON.parse(body));
    if ('ref' in stored) body = JSON.stringify(stored);
  }
  return { queue, body, ...(at === undefined ? {} : { at }) };
}

/** Throws on a text that is no message of ours. */
export async function readMessage(world: World, body: string): Promise<Message> {
  const message = parsed(body) as Partial<Message> & { ref?: string };
  if (typeof message.ref === 'string')
    return (await loadBody(world.payloads, { pk: '', sk: '', ref: message.ref })) as Message;
  if (typeof message.run !== 'string' || typeof message.kind !== 'string')
    throw new Unreadable('It is no message of Stepwell: it names no run and no kind');
  return ofToday(message as Message | Orphan);
}

/** Of earlier versions: a parent stopped a child that might begin late. Such a child looks after that itself today. */
type Orphan = Omit<Message, 'kind'> & { kind: 'orphan' };

function ofToday(message: Message | Orphan): Message {
  return message.kind === 'orphan' ? ({ ...message, kind: 'timer', waits: [] } as Message) : (message as Message);
}

function parsed(body: string): object {
  try {
    return Object(JSON.parse(body));
  } catch {
    throw new Unreadable('It is no message of Stepwell: it is not JSON');
  }
}
