// Runs an Express execution inside the request and answers with how it ended: HTTP 200 whatever its status.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartSyncExecution.html
import type { StartSyncExecutionInput, StartSyncExecutionOutput } from '@aws-sdk/client-sfn';
import { runExpress } from '../../driver/express.ts';
import { action, epochSeconds, type Wire } from '../action.ts';
import { stateMachineTypeNotSupported } from '../exceptions.ts';
import { ARN, INCLUDED_DATA, NAME, PAYLOAD, REQUIRED, TRACE_HEADER } from '../members.ts';
import type { Members } from '../shape.ts';
import { newCreation, startableTarget } from './start-execution.ts';

const members = {
  stateMachineArn: { ...ARN, ...REQUIRED },
  name: NAME,
  input: PAYLOAD,
  traceHeader: TRACE_HEADER,
  includedData: INCLUDED_DATA,
} as const satisfies Members<keyof StartSyncExecutionInput>;

/** AWS bills time and memory in steps of these. */
const BILLED = { ms: 100, megabytes: 64 };

export const StartSyncExecution = action(members, async (input, world) => {
  const target = await startableTarget(world, input);
  if (target.machine.type !== 'EXPRESS') throw stateMachineTypeNotSupported();
  const creation = newCreation(world, target, input);
  const { status, stopDate = creation.startDate, output, error, cause } = await runExpress(world, creation);
  const included = input.includedData !== 'METADATA_ONLY';
  return {
    executionArn: creation.executionArn,
    stateMachineArn: creation.machineArn,
    name: creation.name,
    startDate: epochSeconds(creation.startDate),
    stopDate: epochSeconds(stopDate),
    status: status as 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT',
    ...(included && { error, cause }),
    input: included ? creation.input : undefined,
    inputDetails: { included },
    ...(output !== undefined && { output: included ? output : undefined, outputDetails: { included } }),
    traceHeader: creation.traceHeader,
    billingDetails: {
      billedMemoryUsedInMB: BILLED.megabytes,
      billedDurationInMilliseconds: Math.max(1, Math.ceil((stopDate - creation.startDate) / BILLED.ms)) * BILLED.ms,
    },
  } satisfies Wire<StartSyncExecutionOutput>;
});
