// Mends what Diagnose finds, a page at a time: sends again what should have come, puts shelved messages back into the
// queue, corrects the list. Harmless where nothing was wrong. `repaired` is false where only a person can help.
import { mend } from '../../doctor/diagnosis.ts';
import { action } from '../action.ts';
import { members, page } from './diagnose.ts';

export const Repair = action(members, async (input, world) => {
  const { troubles, nextToken } = await page(world, input);
  return { findings: await mend(troubles), ...nextToken };
});
