// The context object a tested state sees: the caller's own, or that of an Express execution made up for the test.
import { validation } from '../api/exceptions.ts';
import { parseResource } from '../engine/call.ts';
import { isObject, type Json, type JsonObject, parseJson } from '../expr/json.ts';
import { jsonComplaint } from '../expr/json-complaint.ts';
import type { World } from '../world.ts';
import type { TestStateRequest } from './request.ts';
import type { Subject } from './subject.ts';

/** AWS's name for the state in the context object, whatever the definition calls it. */
const TESTED_STATE = 'StateName';

const FIELDS: Record<string, readonly string[]> = {
  Execution: ['Id', 'Input', 'Name', 'RoleArn', 'StartTime', 'RedriveCount', 'RedriveTime'],
  State: ['EnteredTime', 'Name', 'RetryCount'],
  StateMachine: ['Id', 'Name'],
  Task: ['Token'],
};

export function contextOf(world: World, subject: Subject, request: TestStateRequest, input: string): JsonObject {
  return request.context === undefined
    ? madeUp(world, subject, request, input)
    : givenContext(subject, request.context);
}

function madeUp(world: World, { state }: Subject, request: TestStateRequest, input: string): JsonObject {
  const { partition, region, account } = world.settings;
  const [machine, name] = [world.newId(), world.newId()];
  const arn = (resource: string) => `arn:${partition}:states:${region}:${account}:${resource}`;
  const time = new Date(world.clock.now()).toISOString();
  const canRetry = state.Type === 'Task' || state.Type === 'Map' || state.Type === 'Parallel';
  const { retrierRetryCount = 0 } = request.stateConfiguration ?? {};
  return {
    Execution: {
      Id: arn(`express:${machine}:${name}`),
      Input: parseJson(input),
      Name: name,
      RoleArn: request.roleArn ?? null,
      StartTime: time,
    },
    StateMachine: { Id: arn(`stateMachine:${machine}`), Name: machine },
    State: { Name: TESTED_STATE, EnteredTime: time, ...(canRetry ? { RetryCount: retrierRetryCount } : {}) },
    ...(state.Type === 'Task' && hasToken(state.Resource) ? { Task: { Token: world.newId() } } : {}),
  };
}

function givenContext({ state }: Subject, text: string): JsonObject {
  const context = parsedObject(text);
  for (const [name, value] of Object.entries(context)) {
    if (name === 'Map') throw refused("'Map' field is not supported when mocking a Context object");
    const known = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
    if (known === undefined) throw refused(`Field '${name}' is not allowed`);
    if (!isObject(value)) throw refused(`Field '${name}' must be an object`);
    for (const field of Object.keys(value))
      if (!known.includes(field)) throw refused(`Field '${field}' is not allowed`);
  }
  if (context.Task !== undefined && !(state.Type === 'Task' && isAwaited(state.Resource)))
    throw refused(
      "Context object contains 'Task' when state is not a Task state with a '.sync' or '.waitForTaskToken' service integration pattern",
    );
  return context;
}

function parsedObject(text: string): JsonObject {
  let context: Json;
  try {
    context = parseJson(text);
  } catch {
    throw refused(jsonComplaint(text).message);
  }
  if (!isObject(context)) throw refused('Context object must be a JSON object');
  return context;
}

function isAwaited(resource: string): boolean {
  const integration = parseResource(resource);
  return integration.kind === 'service' && integration.pattern !== '';
}

function hasToken(resource: string): boolean {
  return resource.endsWith('.waitForTaskToken');
}

function refused(reason: string): Error {
  return validation(`Invalid Context object provided: ${reason}`);
}
