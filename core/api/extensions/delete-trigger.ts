// Forgets a trigger. The machine need not be there any more, nor the trigger.
import { deleteTrigger } from '../../triggers/store.ts';
import { action } from '../action.ts';
import { parseArn } from '../arn.ts';
import { ARN, REQUIRED } from '../members.ts';

const members = { stateMachineArn: { ...ARN, ...REQUIRED }, name: { kind: 'string', required: true } } as const;

export const DeleteTrigger = action(members, async ({ stateMachineArn, name }, world) => {
  const { name: machineName } = parseArn(stateMachineArn, 'stateMachine');
  await deleteTrigger(world, { machineName, name });
  return {};
});
