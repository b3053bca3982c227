// The context object (`$$`, `$states.context`): what a state may know of its execution. Built anew for each
// evaluation, because it names the state and the attempt.

import type { State } from '../asl/definition.ts';
import type { Creation } from '../execution.ts';
import { type Json, type JsonObject, parseJson } from '../expr/json.ts';
import { formatTimestamp } from '../expr/timestamp.ts';
import { type Frame, waitName } from './state.ts';
import type { Step } from './step.ts';

/** The item of a Map that an ItemSelector is about. */
export interface MapItem {
  index: number;
  value: Json;
  key?: string;
}

const inputs = new WeakMap<Creation, Json>();

function executionInput(creation: Creation): Json {
  let input = inputs.get(creation);
  if (input === undefined) {
    input = parseJson(creation.input);
    inputs.set(creation, input);
  }
  return input;
}

export function contextObject(step: Step, frame: Frame, item?: MapItem): JsonObject {
  const { creation } = step.run;
  const { redriveCount, redriveDate } = step.head;
  const retryCount = (frame.retries ?? []).reduce((sum, count) => sum + count, 0);
  const state = step.stateOf(frame);
  // Recorded by TestState: a Map shows its count from the start, as a Task does.
  const canRetry = state.Type === 'Task' || state.Type === 'Map' || state.Type === 'Parallel';
  const map =
    item === undefined
      ? {}
      : {
          Map: { Item: { Index: item.index, Value: item.value, ...(item.key === undefined ? {} : { Key: item.key }) } },
        };
  const { bench } = step.env;
  if (bench !== undefined) return { ...bench.context, ...map };
  return {
    Execution: {
      Id: creation.executionArn,
      Input: executionInput(creation),
      StartTime: formatTimestamp(creation.startDate),
      Name: creation.name,
      RoleArn: creation.roleArn,
      ...(isExpress(creation) ? {} : { RedriveCount: redriveCount }),
      ...(redriveDate === undefined ? {} : { RedriveTime: formatTimestamp(redriveDate) }),
    },
    StateMachine: { Id: creation.machineArn, Name: creation.machineName },
    State: {
      Name: frame.state,
      EnteredTime: formatTimestamp(frame.entered?.at ?? step.now),
      ...(canRetry ? { RetryCount: retryCount } : {}),
    },
    ...map,
    ...taskToken(step, frame, state),
  };
}

/** Its context does not speak of redrives, because it has none. */
function isExpress({ executionArn }: Creation): boolean {
  return executionArn.split(':')[5] === 'express';
}

/** The token that answers the call this state is about to make. */
function taskToken(step: Step, frame: Frame, state: State): JsonObject {
  if (state.Type !== 'Task' || !state.Resource.endsWith('.waitForTaskToken')) return {};
  return { Task: { Token: step.env.tokenOf(waitName(frame.id, frame.wait?.since ?? step.seq)) } };
}
