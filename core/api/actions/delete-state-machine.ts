// Deletes a state machine with its versions and aliases; while executions run it is DELETING and they run to their
// end. Deleting what is not there succeeds.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_DeleteStateMachine.html
import type { DeleteStateMachineInput } from '@aws-sdk/client-sfn';
import { deleteMachine, readMachine } from '../../store/machines.ts';
import { action } from '../action.ts';
import { parseUnqualified } from '../arn.ts';
import { ARN, REQUIRED } from '../members.ts';
import type { Members } from '../shape.ts';

const members = {
  stateMachineArn: { ...ARN, ...REQUIRED },
} as const satisfies Members<keyof DeleteStateMachineInput>;

export const DeleteStateMachine = action(members, async (input, world) => {
  const { arn, name } = parseUnqualified(input.stateMachineArn);
  const machine = await readMachine(world, name);
  if (machine?.machineArn === arn) await deleteMachine(world, name);
  return {};
});
