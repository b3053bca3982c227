// Aborts an execution with an error and cause of the caller's; of one that has ended it gives the time of its end.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_StopExecution.html
import type { StopExecutionInput, StopExecutionOutput } from '@aws-sdk/client-sfn';
import { stopExecution } from '../../driver/executions.ts';
import { action, epochSeconds, type Wire } from '../action.ts';
import { ARN, CAUSE, ERROR, REQUIRED } from '../members.ts';
import { findExecution } from '../resolve.ts';
import type { Members } from '../shape.ts';

const members = {
  executionArn: { ...ARN, ...REQUIRED },
  error: ERROR,
  cause: CAUSE,
} as const satisfies Members<keyof StopExecutionInput>;

export const StopExecution = action(members, async ({ executionArn, ...reason }, world) => {
  const creation = await findExecution(world, executionArn);
  const { stopDate } = await stopExecution(world, creation, reason);
  return { stopDate: epochSeconds(stopDate ?? world.clock.now()) } satisfies Wire<StopExecutionOutput>;
});
