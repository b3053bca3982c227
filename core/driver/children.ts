// Nested executions: what a parent learns of the end of its child, in the words of DescribeExecution.
import type { CallOutcome } from '../engine/call.ts';
import type { Head } from '../engine/state.ts';
import type { Creation } from '../execution.ts';
import { type Json, type JsonObject, parseJson, printJson } from '../expr/json.ts';

/** The error of a child whose parent was stopped, or no longer waits for it. */
export const PARENT_ENDED = 'States.TaskAborted';

/** `.sync` gives Input and Output as text, `.sync:2` as JSON. */
export function endOfChild(creation: Creation, head: Head, pattern: 'sync' | 'sync:2'): CallOutcome {
  const shown = (text: string): Json => (pattern === 'sync:2' ? parseJson(text) : text);
  const { executionArn, name, input, startDate, machineArn } = creation;
  const { status, output, error, cause, stopDate = startDate } = head;
  const description: JsonObject = {
    ...(cause === undefined ? {} : { Cause: cause }),
    ...(error === undefined ? {} : { Error: error }),
    ExecutionArn: executionArn,
    Input: status === 'SUCCEEDED' ? shown(input) : input,
    InputDetails: { Included: true },
    Name: name,
    ...(output === undefined ? {} : { Output: shown(output), OutputDetails: { Included: true } }),
    RedriveCount: head.redriveCount,
    ...(head.redriveDate === undefined ? {} : { RedriveDate: head.redriveDate }),
    ...(status === 'SUCCEEDED'
      ? { RedriveStatus: 'NOT_REDRIVABLE', RedriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven' }
      : { RedriveStatus: 'REDRIVABLE' }),
    StartDate: startDate,
    StateMachineArn: machineArn,
    Status: status,
    StopDate: stopDate,
  };
  return status === 'SUCCEEDED'
    ? { kind: 'succeeded', output: printJson(description) }
    : { kind: 'failed', error: 'States.TaskFailed', cause: printJson(description) };
}
