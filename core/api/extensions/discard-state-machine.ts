// Gives up a state machine that cannot be read, so that it can be created again; executions that run go on with the
// revisions that they have. One that can be read is refused, because it can be deleted.
import { discardMachine } from '../../store/machines.ts';
import { action } from '../action.ts';
import { parseUnqualified } from '../arn.ts';
import { stateMachineDoesNotExist, validation } from '../exceptions.ts';
import { ARN, REQUIRED } from '../members.ts';
import type { Members } from '../shape.ts';

const members = {
  stateMachineArn: { ...ARN, ...REQUIRED },
} as const satisfies Members;

export const DiscardStateMachine = action(members, async ({ stateMachineArn }, world) => {
  const { name } = parseUnqualified(stateMachineArn);
  const verdict = await discardMachine(world, name);
  if (verdict === 'unknown') throw stateMachineDoesNotExist(stateMachineArn);
  if (verdict === 'readable')
    throw validation(`Only what cannot be read is discarded; ${stateMachineArn} can be deleted: DeleteStateMachine`);
  return {};
});
