// What a message is to the run that it wakes: activations. Calls are not among them; they have to be claimed first.
import type { Activation } from './engine/activation.ts';
import { BrokenInvariant } from './errors.ts';
import type { Message } from './message.ts';

/** The activations of a message that needs no look at the run. */
export function activationsOf(
  message: Exclude<Message, { kind: 'call' | 'timer' | 'orphan' }>,
  at: number,
): Activation[] {
  switch (message.kind) {
    case 'start':
      return [{ kind: 'Started', at: message.creation.startDate }];
    case 'stop':
      return [{ kind: 'StopRequested', at, ...given(message, 'error', 'cause', 'redriveCount', 'awaitedBy') }];
    case 'redrive':
      return [{ kind: 'Redriven', at, count: message.count, ...given(message, 'clientToken', 'awaitedBy') }];
    case 'callback':
      return [{ kind: 'CallbackReceived', at, wait: message.wait, outcome: message.outcome }];
    case 'continue':
      return message.waits.map((wait) => ({ kind: 'Continued', at, wait }));
    case 'express':
      throw new BrokenInvariant('An Express execution has no log');
    case 'poll':
    case 'cancel':
      throw new BrokenInvariant('Jobs are looked after before there is a worker');
  }
}

/** Those of the members that are there. */
function given<T extends object, K extends keyof T>(from: T, ...keys: K[]): Pick<T, K> {
  return Object.fromEntries(keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]])) as Pick<T, K>;
}
