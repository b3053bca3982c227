// How the messages of one run that came together are shared among workers: one is the rule, because two contend for
// the log; further ones where one could not hold all the calls.
import type { Message } from './message.ts';

/** One share for each worker: all that wakes the run, but no more calls than one worker holds. */
export function sharesOf(messages: Message[], callsPerWorker: number): Message[][] {
  const shares: { messages: Message[]; calls: number }[] = [];
  for (const message of messages) {
    const calls = message.kind === 'call' ? message.waits.length : 0;
    const roomy = shares.find((share) => share.calls + calls <= callsPerWorker);
    if (roomy === undefined) shares.push({ messages: [message], calls });
    else {
      roomy.messages.push(message);
      roomy.calls += calls;
    }
  }
  return shares.map((share) => share.messages);
}
