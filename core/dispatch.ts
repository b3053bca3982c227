// What a committed record owes to the world, sent: messages for calls nobody here makes, timers, the rest of a cut
// macrostep, the end of the run. Everything here is harmless twice (D3).
import { parseWaitName, RUN_WAIT, type RunState } from './engine/state.ts';
import { type Message, outgoing, type Purpose } from './message.ts';
import { announce } from './names.ts';
import type { Outgoing, QueueName } from './ports.ts';
import type { World } from './world.ts';

/** Waits that one message names at most. */
const WAITS_PER_MESSAGE = 50;

/** What is owed, gathered while commands are looked at and sent in one go. */
export interface Owed {
  calls: Record<QueueName, string[]>;
  /** Waits by the moment they are due. */
  timers: Map<number, string[]>;
  ready: string[];
  isOver: boolean;
}

export function nothingOwed(): Owed {
  return { calls: { advance: [], call: [] }, timers: new Map(), ready: [], isOver: false };
}

/** Sends all that is owed as of record `seq`, whose state is `state`. */
export async function dispatch(world: World, state: RunState, seq: number, owed: Owed): Promise<void> {
  const messages: Outgoing[] = [];
  const send = (kind: 'call' | 'timer' | 'continue', waits: string[], queue: QueueName, at?: number) => {
    for (let i = 0; i < waits.length; i += WAITS_PER_MESSAGE) {
      const some = waits.slice(i, i + WAITS_PER_MESSAGE);
      messages.push(outgoing(messageOf(world, state, seq, { kind, waits: some }), queue, at));
    }
  };
  send('call', owed.calls.advance, 'advance');
  send('call', owed.calls.call, 'call');
  send('continue', owed.ready, 'advance');
  for (const [at, waits] of owed.timers) send('timer', waits, 'advance', at);
  const { status, redriveCount, stopDate } = state.head;
  await Promise.all([
    messages.length === 0 ? undefined : world.queue.send(messages),
    owed.isOver
      ? announce(world, state.creation, { status, redriveCount, ...(stopDate === undefined ? {} : { stopDate }) })
      : undefined,
  ]);
}

/** A message about these waits that carries the frames they are in, and those around them. */
function messageOf(world: World, state: RunState, seq: number, purpose: Purpose & { waits: string[] }): Message {
  const ids = new Set<string>();
  for (const wait of purpose.waits) {
    if (wait === RUN_WAIT) continue;
    for (let id: string | undefined = parseWaitName(wait).frame; id !== undefined; id = state.frames.get(id)?.parent)
      ids.add(id);
  }
  const frames = [...ids].flatMap((id) => state.frames.get(id) ?? []);
  const { creation, head } = state;
  return {
    id: world.newId(),
    run: creation.run,
    executionArn: creation.executionArn,
    ...purpose,
    carried: { seq, head, frames, creation },
  };
}
