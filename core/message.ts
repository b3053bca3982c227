// What goes through the queue: hints to look at a run (D3). A message names the waits it is about, and carries the
// state it was sent from where that is small, so that the usual receiver reads nothing (D9).
import type { CallOutcome } from './engine/call.ts';
import type { Frame, Head } from './engine/state.ts';
import type { Creation } from './executions.ts';
import type { Outgoing, QueueName } from './ports.ts';

export type Purpose =
  | { kind: 'start'; creation: Creation }
  /** An asynchronous Express execution, all of it. */
  | { kind: 'express'; creation: Creation }
  /** Make the calls these waits name. */
  | { kind: 'call'; waits: string[] }
  | { kind: 'timer'; waits: string[] }
  | { kind: 'continue'; waits: string[] }
  /** Insurance of an accepted StopExecution (D5). */
  | { kind: 'stop'; error?: string; cause?: string }
  /** Insurance of an accepted RedriveExecution: `count` is the redrive it is about. */
  | { kind: 'redrive'; count: number; clientToken?: string }
  /** A task token's answer (as insurance, D5), or the end of a child execution. */
  | { kind: 'callback'; wait: string; outcome: CallOutcome };

export type Message = {
  /** New for every send; the cause of the records that its holder writes. */
  id: string;
  run: string;
  executionArn: string;
  carried?: Carried;
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

export function outgoing(message: Message, queue: QueueName, at?: number): Outgoing {
  const whole = JSON.stringify(message);
  const { carried: _left, ...light } = message;
  const body = message.carried !== undefined && whole.length > CARRIED_BYTES_MAX ? JSON.stringify(light) : whole;
  return { queue, body, ...(at === undefined ? {} : { at }) };
}

export function readMessage(body: string): Message {
  return JSON.parse(body) as Message;
}
