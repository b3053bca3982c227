// Describes an execution: what it was started with and how it stands.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
import type { DescribeExecutionInput, DescribeExecutionOutput } from '@aws-sdk/client-sfn';
import { readStanding } from '../../store/standing.ts';
import { action, epochSeconds, optionalSeconds, type Wire } from '../action.ts';
import { ARN, INCLUDED_DATA, REQUIRED } from '../members.ts';
import { redriveStatus } from '../redrive-status.ts';
import { findExecution } from '../resolve.ts';
import type { Members } from '../shape.ts';

const members = {
  executionArn: { ...ARN, ...REQUIRED },
  includedData: INCLUDED_DATA,
} as const satisfies Members<keyof DescribeExecutionInput>;

export const DescribeExecution = action(members, async (input, world) => {
  const creation = await findExecution(world, input.executionArn);
  const standing = await readStanding(world, creation);
  const { status, error, cause, redriveCount } = standing;
  const included = input.includedData !== 'METADATA_ONLY';
  return {
    executionArn: creation.executionArn,
    stateMachineArn: creation.machineArn,
    stateMachineVersionArn: creation.versionArn,
    stateMachineAliasArn: creation.aliasArn,
    name: creation.name,
    status,
    startDate: epochSeconds(creation.startDate),
    stopDate: optionalSeconds(standing.stopDate),
    input: included ? creation.input : undefined,
    inputDetails: { included },
    ...(standing.output !== undefined && {
      output: included ? standing.output : undefined,
      outputDetails: { included },
    }),
    ...(included && { error, cause }),
    traceHeader: creation.traceHeader,
    redriveCount,
    redriveDate: optionalSeconds(standing.redriveDate),
    ...(await redriveStatus(world, creation, standing)),
  } satisfies Wire<DescribeExecutionOutput>;
});
