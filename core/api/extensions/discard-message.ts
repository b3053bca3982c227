// Takes a message off the shelf for good: one that nobody will ever read. What it was about is in the log of its run.
import { discard, findShelved } from '../../store/stalled.ts';
import { action } from '../action.ts';
import { resourceNotFound } from '../exceptions.ts';
import { REQUIRED } from '../members.ts';
import type { Members } from '../shape.ts';

const members = {
  messageId: { kind: 'string', min: 1, max: 256, ...REQUIRED },
} as const satisfies Members;

export const DiscardMessage = action(members, async ({ messageId }, world) => {
  const shelved = await findShelved(world, messageId);
  if (shelved === undefined) throw resourceNotFound(`No message ${messageId} is on the shelf`, messageId);
  await discard(world, shelved.key);
  return {};
});
