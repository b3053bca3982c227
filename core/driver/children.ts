// Nested executions: what a parent learns of the end of its child, in the words of DescribeExecution; and that no child
// outlives the wait it works for. Who closes the wait looks, once that is stored, for a child that works for it; who lets a
// child work for a wait (begins it, redrives it, has it go on for another) looks, once that is stored, whether the wait is
// open. Whichever is second sees the first, however late it comes.
import type { CallOutcome } from '../engine/call.ts';
import { awaitedByOf, type Head, initialHead, type RunState } from '../engine/state.ts';
import type { Creation } from '../execution.ts';
import { type Json, type JsonObject, parseJson, printJson } from '../expr/json.ts';
import { readNewest } from '../store/log.ts';
import { readCreation } from '../store/names.ts';
import { isWaitOpen } from '../store/run-state.ts';
import type { World } from '../world.ts';

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

/** The child that works for this wait of its parent `run` now; undefined where it does not, or not yet, or is over. */
export async function workingChild(
  world: World,
  run: string,
  { executionArn, awaitedBy }: { executionArn: string; awaitedBy: string },
): Promise<Creation | undefined> {
  const creation = await readCreation(world, executionArn);
  if (creation?.parent?.run !== run) return undefined;
  const { head = initialHead(creation) } = (await readNewest(world, creation.run)) ?? {};
  return head.status === 'RUNNING' && worksFor({ creation, head }, run, awaitedBy) ? creation : undefined;
}

/** Whether the end of this execution is what that wait of the parent `run` is for. */
export function worksFor(child: Pick<RunState, 'creation' | 'head'>, run: string, wait: string): boolean {
  return child.creation.parent?.run === run && awaitedByOf(child) === wait;
}

/** The wait that this child works for, where its parent has closed it. */
export async function closedWait(
  world: World,
  { creation, head }: Pick<RunState, 'creation' | 'head'>,
): Promise<string | undefined> {
  const { parent } = creation;
  const wait = head.status === 'RUNNING' ? awaitedByOf({ creation, head }) : undefined;
  if (parent === undefined || wait === undefined) return undefined;
  return (await isWaitOpen(world, parent.run, wait)) ? undefined : wait;
}
