// Task: one call to the outside.
//   enter -> Scheduled, parked -> CallClaimed: Started -> CallEnded: Succeeded -> exit
//                                                      Failed or TimedOut -> Retry, Catch, or failure
// A retry schedules again without entering again.
import type { TaskState } from '../../asl/definition.ts';
import { assert, runtimeError } from '../../errors.ts';
import { isNumber, isObject, type Json, printJson, toNumber } from '../../expr/json.ts';
import { evaluateJsonataTemplate, evaluateTyped } from '../../expr/jsonata-template.ts';
import { evaluateTemplate } from '../../expr/template.ts';
import { type Call, type CallOutcome, type Integration, parseResource } from '../call.ts';
import {
  departWithResult,
  effectiveInput,
  jsonataScope,
  languageOf,
  pathScope,
  readField,
  tooLarge,
  workInput,
} from '../dataflow.ts';
import { callEvent, errorDetails, outputDetails, scheduledDetails } from '../history.ts';
import { leave } from '../move.ts';
import { byteLength, payload } from '../payload.ts';
import { fail } from '../recover.ts';
import type { Claim, Frame, TaskWait } from '../state.ts';
import type { Step } from '../step.ts';

export async function begin(step: Step, frame: Frame, state: TaskState): Promise<void> {
  const call = await prepare(step, frame, state);
  const integration = parseResource(call.resource);
  const { type, details } = callEvent(integration, 'Scheduled', scheduledDetails(call, integration, step.env.region));
  const wait = step.park(step.emit(frame, type, details), { kind: 'task', call });
  step.commands.push({ kind: 'CallTarget', wait });
  step.called.push(frame.id);
}

/** The call as the definition and the input make it. */
async function prepare(step: Step, frame: Frame, state: TaskState): Promise<Call> {
  const timeoutSeconds = await seconds(step, frame, state, 'TimeoutSeconds');
  const heartbeatSeconds = await seconds(step, frame, state, 'HeartbeatSeconds');
  const roleArn = await credentialsRole(step, frame, state);
  const parameters = await workInput(step, frame, state);
  if (byteLength(parameters.text) > step.env.limits.payloadBytes) throw tooLarge(frame.state);
  return {
    resource: state.Resource,
    parameters: parameters.text,
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    ...(heartbeatSeconds === undefined ? {} : { heartbeatSeconds }),
    ...(roleArn === undefined ? {} : { roleArn }),
  };
}

async function seconds(
  step: Step,
  frame: Frame,
  state: TaskState,
  field: 'TimeoutSeconds' | 'HeartbeatSeconds',
): Promise<number | undefined> {
  const literal = state[field];
  if (typeof literal === 'number') return literal;
  if (typeof literal === 'string')
    return (await evaluateTyped(literal, field, 'integer', jsonataScope(step, frame))) as number;
  const path = state[`${field}Path`];
  if (path === undefined) return undefined;
  const value = readField(pathScope(step, frame, effectiveInput(step, frame, state).value), path);
  if (isNumber(value) && Number.isInteger(toNumber(value)) && toNumber(value) > 0) return toNumber(value);
  throw runtimeError(
    `The ${field}Path field refers to value "${typeof value === 'string' ? value : printJson(value)}" which is not a valid integer: ${path}`,
  );
}

async function credentialsRole(step: Step, frame: Frame, state: TaskState): Promise<string | undefined> {
  if (state.Credentials === undefined) return undefined;
  const credentials: Json =
    languageOf(step, state) === 'JSONata'
      ? await evaluateJsonataTemplate(state.Credentials, 'Credentials', jsonataScope(step, frame))
      : evaluateTemplate(state.Credentials, pathScope(step, frame, effectiveInput(step, frame, state).value));
  const role = isObject(credentials) ? credentials.RoleArn : undefined;
  return typeof role === 'string' ? role : undefined;
}

/** Somebody makes the call now. The timeout counts from here. */
export function start(step: Step, frame: Frame, claim: Claim): void {
  const wait = taskWait(frame);
  const { type, details } = callEvent(parseResource(wait.call.resource), 'Started');
  const deadline =
    wait.call.timeoutSeconds === undefined ? {} : { deadline: step.now + wait.call.timeoutSeconds * 1000 };
  const started = step.emit(frame, type, details);
  step.set({ ...started, wait: { ...wait, claim, ...deadline } });
}

export async function resume(step: Step, frame: Frame, state: TaskState, outcome: CallOutcome): Promise<void> {
  const wait = taskWait(frame);
  const integration = parseResource(wait.call.resource);
  const { wait: _closed, ...open } = frame;
  const isLate = wait.deadline !== undefined && step.now >= wait.deadline;
  const ended = withinLimit(step, wait.call, integration, isLate ? { kind: 'timed-out' } : outcome);
  switch (ended.kind) {
    case 'succeeded': {
      const { type, details } = callEvent(integration, 'Succeeded', outputDetails(ended.output));
      const succeeded = step.emit(open, type, details);
      return leave(step, succeeded, state, await departWithResult(step, succeeded, state, payload(ended.output)));
    }
    case 'failed':
    case 'timed-out': {
      const failure = ended.kind === 'timed-out' ? { error: 'States.Timeout' } : errorDetails(ended.error, ended.cause);
      const moment = ended.kind === 'timed-out' ? 'TimedOut' : 'Failed';
      const { type, details } = callEvent(integration, moment, failure);
      return await fail(step, step.emit(open, type, details), failure);
    }
  }
}

/** A result over the payload limit is the call's failure; it names the function, or the service. */
function withinLimit(step: Step, call: Call, integration: Integration, outcome: CallOutcome): CallOutcome {
  if (outcome.kind !== 'succeeded' || byteLength(outcome.output) <= step.env.limits.payloadBytes) return outcome;
  const { error, causeText } = tooLarge(integration.kind === 'service' ? integration.service : call.resource);
  return { kind: 'failed', error, ...(causeText === undefined ? {} : { cause: causeText }) };
}

function taskWait(frame: Frame): TaskWait {
  assert(frame.wait?.kind === 'task', `Frame ${frame.id} does not wait for a call`);
  return frame.wait;
}
