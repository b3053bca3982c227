// Describes a state machine, or the version that a version or alias ARN leads to.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachine.html
import type { DescribeStateMachineInput, DescribeStateMachineOutput } from '@aws-sdk/client-sfn';
import { action, epochSeconds, type Wire } from '../action.ts';
import { revisionOutput } from '../definition.ts';
import { ARN, INCLUDED_DATA, REQUIRED } from '../members.ts';
import { findRevision, findTarget } from '../resolve.ts';
import type { Members } from '../shape.ts';

const members = {
  stateMachineArn: { ...ARN, ...REQUIRED },
  includedData: INCLUDED_DATA,
} as const satisfies Members<keyof DescribeStateMachineInput>;

export const DescribeStateMachine = action(members, async (input, world) => {
  const { machine, revisionId, version, versionArn } = await findTarget(world, input.stateMachineArn);
  const revision = await findRevision(world, machine.machineArn, revisionId);
  return {
    stateMachineArn: versionArn ?? machine.machineArn,
    status: machine.status,
    type: machine.type,
    creationDate: epochSeconds((version ?? machine).creationDate),
    description: version?.description,
    ...revisionOutput(revision, input.includedData),
  } satisfies Wire<DescribeStateMachineOutput>;
});
