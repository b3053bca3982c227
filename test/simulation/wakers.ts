// No open wait without something that wakes it (D8): looked at whenever nobody is at work, and whenever a message is gone,
// because whoever is at work then may be lost the next moment. A wait is covered by a message
// that names it, or by one that caused a record which owes something about it (D3). Only what waits for somebody
// outside, and for nothing else, may have nothing.

import type { Message } from '../../core/driver/message.ts';
import type { Frame, Head, TaskWait } from '../../core/engine/state.ts';
import type { LogRecord } from '../../core/store/log.ts';

export interface Wakers {
  stored(run: string, record: LogRecord): void;
  /** Waits that nothing will wake, given all messages that there are and the tasks on offer. */
  forgotten(messages: Message[], offers: { run: string; wait: string }[]): string[];
}

interface Run {
  head: Head;
  frames: Map<string, Frame>;
  /** Ids of the messages whose records owe something about a wait, or claim its call. */
  causes: Map<string, Set<string>>;
}

export function wakers(): Wakers {
  const runs = new Map<string, Run>();

  return {
    stored(run, { head, frames, commands, causes }) {
      const known = runs.get(run) ?? { head, frames: new Map(), causes: new Map() };
      runs.set(run, known);
      known.head = head;
      for (const frame of frames) known.frames.set(frame.id, frame);
      for (const id of known.frames.keys()) if (head.frames[id] === undefined) known.frames.delete(id);
      const owed = [
        ...commands.flatMap((command) => ('waits' in command ? command.waits : 'wait' in command ? command.wait : [])),
        ...frames.flatMap(({ id, wait }) => (wait === undefined ? [] : `${id}@${wait.since}`)),
      ];
      for (const wait of owed) known.causes.set(wait, new Set([...(known.causes.get(wait) ?? []), ...causes]));
    },
    forgotten(messages, offers) {
      return [...runs].flatMap(([run, { head, frames, causes }]) => {
        if (head.status !== 'RUNNING') return [];
        const own = messages.filter((message) => message.run === run);
        const isCovered = (wait: string) =>
          own.some((message) => isAbout(message, wait) || causes.get(wait)?.has(message.id)) ||
          offers.some((offer) => offer.run === run && offer.wait === wait);
        const waits = [...frames.values()].flatMap((frame) => nameOf(frame) ?? []);
        if (head.deadline !== undefined) waits.push('run@0');
        return waits.filter((wait) => !isCovered(wait)).map((wait) => `${run} ${wait} has nothing that wakes it`);
      });
    },
  };
}

function isAbout(message: Message, wait: string): boolean {
  if ('waits' in message) return message.waits.includes(wait);
  return 'wait' in message && message.wait === wait;
}

/** The name of a wait that needs a waker. */
function nameOf({ id, wait }: Frame): string | undefined {
  if (wait === undefined || wait.kind === 'group') return undefined;
  if (wait.kind === 'task' && isForOthers(wait)) return undefined;
  return `${id}@${wait.since}`;
}

/** A submitted call without a limit: its end is for others to say. */
function isForOthers({ submittedAt, deadline, call }: TaskWait): boolean {
  return submittedAt !== undefined && deadline === undefined && call.heartbeatSeconds === undefined;
}
