// Gives up an execution that stands still because what it needs cannot be read and is lost for good: its name is free, and
// what is left of its log goes. One that can be read is refused, because it can be stopped.
import { discardExecution } from '../../doctor/examination.ts';
import { action } from '../action.ts';
import { executionDoesNotExist, validation } from '../exceptions.ts';
import { ARN, REQUIRED } from '../members.ts';
import type { Members } from '../shape.ts';

const members = {
  executionArn: { ...ARN, ...REQUIRED },
} as const satisfies Members;

export const DiscardExecution = action(members, async ({ executionArn }, world) => {
  const verdict = await discardExecution(world, executionArn);
  if (verdict === 'unknown') throw executionDoesNotExist(executionArn);
  if (verdict === 'readable')
    throw validation(`Only what cannot be read is discarded; ${executionArn} can be stopped: StopExecution`);
  return {};
});
