// Takes an event as if its source had sent it (an SQSEvent, a bucket's notification, an event of EventBridge), and
// tells what it started. The same occasion starts nothing twice, here as there.
import { ApiError } from '../../errors.ts';
import { receiveEvent } from '../../triggers/receive.ts';
import { action } from '../action.ts';
import { validation } from '../exceptions.ts';

const members = {
  /** JSON text. */
  event: { kind: 'string', required: true, sensitive: true },
} as const;

export const ReceiveEvent = action(members, async ({ event }, world) => {
  const value = read(event);
  try {
    return { started: await receiveEvent(world, value) };
  } catch (error) {
    throw new ApiError('EventNotAccepted', (error as Error).message);
  }
});

function read(text: string): object {
  try {
    const value = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch (error) {
    throw validation(`The event is not JSON: ${(error as Error).message}`);
  }
  throw validation('An event is a JSON object');
}
