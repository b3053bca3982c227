// What a message is to the run that it wakes: activations (but for calls, which have to be claimed first). And what of a
// record is for which message.

import type { Definition } from '../asl/definition.ts';
import type { Activation, Command } from '../engine/activation.ts';
import type { Advance } from '../engine/advance.ts';
import { type Frame, RUN_WAIT, type TaskWait, waitName } from '../engine/state.ts';
import { BrokenInvariant, Unreadable } from '../errors.ts';
import type { Creation } from '../execution.ts';
import { definitionOf } from '../store/definitions.ts';
import type { LogRecord } from '../store/log.ts';
import type { World } from '../world.ts';
import type { Arrival } from './calls.ts';
import type { Message } from './message.ts';

/** The activations of a message that needs no look at the run. */
export function activationsOf(
  message: Exclude<Message, { kind: 'call' | 'timer' | 'taken' | 'start' }>,
  at: number,
): Activation[] {
  switch (message.kind) {
    case 'stop':
      return [{ kind: 'StopRequested', at, ...given(message, 'error', 'cause', 'redriveCount', 'awaitedBy') }];
    case 'redrive':
      return [{ kind: 'Redriven', at, count: message.count, ...given(message, 'clientToken', 'awaitedBy') }];
    case 'adopt':
      return [{ kind: 'Awaited', at, by: message.awaitedBy, redriveCount: message.redriveCount }];
    case 'callback':
      // The request and its insurance judge alike whether the answer came in time.
      return [{ kind: 'CallbackReceived', at: message.at ?? at, wait: message.wait, outcome: message.outcome }];
    case 'continue':
      return message.waits.map((wait) => ({ kind: 'Continued', at, wait }));
    case 'express':
      throw new BrokenInvariant('An Express execution has no log');
    case 'poll':
    case 'cancel':
      throw new BrokenInvariant('Jobs are looked after before there is a worker');
    default:
      throw new Unreadable(`A message is of the kind '${(message as Message).kind}', which this version does not know`);
  }
}

/** Those of the members that are there. */
function given<T extends object, K extends keyof T>(from: T, ...keys: K[]): Pick<T, K> {
  return Object.fromEntries(keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]])) as Pick<T, K>;
}

const GRANTED = new Set<Activation['kind']>(['CallbackReceived', 'Redriven']);

/** What a record owes, each command to the message that it is for, and which requests it grants. */
export function grantsOf(
  { commands, due, taken, stale }: Advance,
  arrivals: Arrival[],
  causes: string[],
): Pick<LogRecord, 'commands' | 'granted'> {
  const messages = new Map(arrivals.map(({ activation, message }) => [activation, message?.id]));
  const owed = commands.map((command) => {
    const activation = due.get(command);
    const by = causes.indexOf((activation && messages.get(activation)) ?? '');
    return by === -1 || causes.length === 1 ? command : { ...command, by };
  });
  const granted = arrivals
    .slice(0, taken)
    .filter(({ activation }) => GRANTED.has(activation.kind) && !stale.includes(activation))
    .flatMap(({ message }) => message?.id ?? []);
  return { commands: owed, ...(granted.length === 0 ? {} : { granted }) };
}

/** What a record owes to this message. */
export function owedFor(id: string, { causes, commands }: LogRecord): Command[] {
  if (!causes.includes(id)) return [];
  return commands.filter(({ by }) => by === undefined || causes[by] === id);
}

/**
 * Whether a record claimed the call for this message. Who claimed it for another answers to that one: of what came of the
 * call, this message would know nothing when it is delivered again.
 */
export function claims({ causes, frames }: LogRecord, id: string, wait: string, { claim }: TaskWait): boolean {
  const isOf = (frame: Frame) =>
    frame.wait?.kind === 'task' && waitName(frame.id, frame.wait.since) === wait && frame.wait.claim?.by === claim?.by;
  return causes.includes(id) && frames.some(isOf);
}

/** Whoever stops an execution needs no definition: one that cannot be read any more can be stopped, too. */
export async function definitionFor(world: World, creation: Creation, activations: Activation[]): Promise<Definition> {
  try {
    return await definitionOf(world, creation);
  } catch (trouble) {
    if (trouble instanceof Unreadable && activations.every(({ kind }) => kind === 'StopRequested')) return LOST;
    throw trouble;
  }
}

/** Whatever it said, states of it may wait for children and jobs, which have to stop. */
const LOST: Definition = {
  StartAt: '',
  States: { '': { Type: 'Task', Resource: 'arn:aws:states:::states:startExecution.sync', End: true } },
};

/** The waits of frames that activations are about. */
export function waitsOf(activations: Activation[]): string[] {
  return activations.flatMap((activation) =>
    'wait' in activation && activation.wait !== RUN_WAIT ? activation.wait : [],
  );
}
