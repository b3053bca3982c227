// Describes the state machine as it was when the execution began.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachineForExecution.html
import type {
  DescribeStateMachineForExecutionInput,
  DescribeStateMachineForExecutionOutput,
} from '@aws-sdk/client-sfn';
import { action, epochSeconds, type Wire } from '../action.ts';
import { revisionOutput } from '../definition.ts';
import { ARN, INCLUDED_DATA, REQUIRED } from '../members.ts';
import { findExecution, findRevision } from '../resolve.ts';
import type { Members } from '../shape.ts';

const members = {
  executionArn: { ...ARN, ...REQUIRED },
  includedData: INCLUDED_DATA,
} as const satisfies Members<keyof DescribeStateMachineForExecutionInput>;

export const DescribeStateMachineForExecution = action(members, async (input, world) => {
  const { machineArn, revisionId } = await findExecution(world, input.executionArn);
  const revision = await findRevision(world, machineArn, revisionId);
  return {
    stateMachineArn: machineArn,
    updateDate: epochSeconds(revision.createdAt),
    ...revisionOutput(revision, input.includedData),
  } satisfies Wire<DescribeStateMachineForExecutionOutput>;
});
