// Task: one call to the outside.
//   enter -> Scheduled, parked -> CallClaimed: Started -> CallEnded: Succeeded -> exit
//                                                      Failed or TimedOut -> Retry, Catch, or failure
//                                                      Submitted, parked -> CallbackReceived: Succeeded, Failed
//                                                                        -> TimerFired: TimedOut
//                   a job's end comes as a callback too, from whoever asks for it (core/driver/polling.ts)
//   an activity: Scheduled, offered -> ActivityTaken: Started, parked -> CallbackReceived, TimerFired
// A retry schedules again without entering again.
import type { TaskState } from '../../asl/definition.ts';
import { argumentProblem } from '../../asl/http-arguments.ts';
import { assert, runtimeError } from '../../errors.ts';
import { type JsonObject, printJson } from '../../expr/json.ts';
import { evaluateInteger, evaluateTyped } from '../../expr/jsonata-template.ts';
import { evaluateTemplate } from '../../expr/template.ts';
import { type Call, type CallOutcome, type Integration, parseResource, type TestPlace } from '../call.ts';
import {
  departWithResult,
  effectiveInput,
  jsonataScope,
  languageOf,
  pathScope,
  tooLarge,
  workInput,
} from '../dataflow.ts';
import { callEvent, errorDetails, outputDetails, scheduledDetails } from '../history.ts';
import { leave } from '../move.ts';
import { lastChild, nestedOf, stopChild } from '../nested.ts';
import { numberAt, SECONDS } from '../number-path.ts';
import { byteLength, payload } from '../payload.ts';
import { fail } from '../recover.ts';
import { type Claim, type Frame, type TaskWait, waitName } from '../state.ts';
import type { Step } from '../step.ts';

export async function begin(step: Step, frame: Frame, state: TaskState): Promise<void> {
  const prepared = { ...(await prepare(step, frame, state)), ...testPlace(step, frame.state) };
  const integration = parseResource(prepared.resource);
  checkArguments(integration, prepared.parameters);
  const nested = nestedOf(step, frame, integration, prepared.parameters);
  const call = nested === undefined ? prepared : { ...prepared, nested };
  const { type, details } = callEvent(integration, 'Scheduled', scheduledDetails(call, integration, step.env.region));
  const { child: _known, ...scheduled } = step.emit(frame, type, details);
  const wait = step.park(scheduled, { kind: 'task', call });
  if (integration.kind === 'activity') return void step.commands.push({ kind: 'OfferTask', wait });
  step.commands.push({ kind: 'CallTarget', wait });
  step.called.push(frame.id);
}

/** The call as the definition and the input make it. */
async function prepare(step: Step, frame: Frame, state: TaskState): Promise<Call> {
  const timeoutSeconds = await seconds(step, frame, state, 'TimeoutSeconds');
  const heartbeatSeconds = await seconds(step, frame, state, 'HeartbeatSeconds');
  const roleArn = await credentialsRole(step, frame, state);
  const parameters = await workInput(step, frame, state);
  return {
    resource: state.Resource,
    parameters: parameters.text,
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    ...(heartbeatSeconds === undefined ? {} : { heartbeatSeconds }),
    ...(roleArn === undefined ? {} : { roleArn }),
  };
}

/** Some arguments are refused before the call is scheduled (recorded of API Gateway's headers). */
function checkArguments(integration: Integration, parameters: string): void {
  if (integration.kind !== 'service') return;
  const problem = argumentProblem(integration.service, integration.action, payload(parameters));
  if (problem !== undefined)
    throw runtimeError(`The Parameters '${parameters}' could not be used to start the Task: [${problem}]`);
}

/** In a run that is a test case a call knows which of its state's calls it is. */
function testPlace({ head, run }: Step, state: string): { test?: TestPlace } {
  const { machineName: machine, testCase } = run.creation;
  if (testCase === undefined) return {};
  const attempt = head.calls?.[state] ?? 0;
  head.calls = { ...head.calls, [state]: attempt + 1 };
  return { test: { machine, testCase, state, attempt } };
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
    return await evaluateInteger(literal, field, SECONDS.least, SECONDS.most, jsonataScope(step, frame));
  const path = state[`${field}Path`];
  if (path === undefined) return undefined;
  return numberAt(step, frame, state, `${field}Path`, path, SECONDS);
}

async function credentialsRole(step: Step, frame: Frame, state: TaskState): Promise<string | undefined> {
  if (state.Credentials === undefined) return undefined;
  if (languageOf(step, state) === 'JSONata') {
    const { RoleArn: expression = null } = state.Credentials;
    return (await evaluateTyped(expression, 'Credentials/RoleArn', 'string', jsonataScope(step, frame))) as string;
  }
  const scope = pathScope(step, frame, effectiveInput(step, frame, state).value);
  const { RoleArn: role = null } = evaluateTemplate(state.Credentials, scope) as JsonObject;
  if (typeof role === 'string') return role;
  throw runtimeError(`The RoleArn of Credentials is not a string: ${printJson(role)}`);
}

/** Somebody makes the call now. The timeout counts from here. Who takes it over from a lost worker just goes on. */
export function start(step: Step, frame: Frame, claim: Claim): void {
  const wait = taskWait(frame);
  if (wait.claim !== undefined) return void step.set({ ...frame, wait: { ...wait, claim } });
  const { type, details } = callEvent(parseResource(wait.call.resource), 'Started');
  step.set({ ...step.emit(frame, type, details), wait: { ...wait, claim, ...deadlineOf(step, wait) } });
}

/** A worker of the activity has the task now; from here on nobody of ours holds it. */
export function taken(step: Step, frame: Frame, workerName: string | undefined): void {
  const wait = taskWait(frame);
  const { type, details } = callEvent({ kind: 'activity' }, 'Started', workerName === undefined ? {} : { workerName });
  awaitCallback(step, step.emit(frame, type, details), { ...wait, ...deadlineOf(step, wait), submittedAt: step.now });
}

function deadlineOf(step: Step, { call }: TaskWait): { deadline?: number } {
  return call.timeoutSeconds === undefined ? {} : { deadline: step.now + call.timeoutSeconds * 1000 };
}

/** The call that somebody made for us has come to an end, or was submitted. */
export async function resume(step: Step, frame: Frame, state: TaskState, outcome: CallOutcome): Promise<void> {
  const wait = taskWait(frame);
  const { claim: _over, answer, ...unclaimed } = wait;
  if (outcome.kind === 'submitted') {
    const { type, details } = callEvent(parseResource(wait.call.resource), 'Submitted', outputDetails(outcome.output));
    const child = outcome.child === undefined ? {} : { child: outcome.child };
    const submitted = step.set({ ...step.emit(frame, type, details), wait: { ...unclaimed, ...child } });
    const known = answer ?? outcome.answer;
    if (known !== undefined) return await end(step, submitted, state, known);
    const job = outcome.job === undefined ? {} : { job: outcome.job };
    return awaitCallback(step, submitted, { ...unclaimed, ...child, ...job, submittedAt: step.now });
  }
  await end(step, frame, state, answer ?? outcome);
}

/** An answer to the task token. False when there is nothing left to answer. */
export async function answer(step: Step, frame: Frame, state: TaskState, outcome: CallOutcome): Promise<boolean> {
  const wait = taskWait(frame);
  if (wait.answer !== undefined) return false;
  if (wait.submittedAt === undefined && parseResource(wait.call.resource).kind === 'activity') {
    // Nobody has the token of a task that was not taken: a test case's mock answers in the worker's place.
    taken(step, frame, undefined);
    return await answer(step, step.frame(frame.id), state, outcome);
  }
  // Too late for an answer: the deadline counts, and its timer says so. Whoever delivers the answer again does nothing, too.
  const isLate = wait.deadline !== undefined && step.now >= wait.deadline;
  if (isLate && outcome.kind !== 'timed-out') return false;
  if (wait.submittedAt !== undefined) await end(step, frame, state, outcome);
  else step.set({ ...frame, wait: { ...wait, answer: outcome } });
  return true;
}

/** The timer of a submitted call: its timeout, or a heartbeat that did not come. */
export async function expire(step: Step, frame: Frame, state: TaskState): Promise<void> {
  const wait = taskWait(frame);
  const due = dueAt(wait, 0);
  if (due === undefined) return;
  if (step.now < due) step.commands.push({ kind: 'StartTimer', wait: waitName(frame.id, wait.since), at: due });
  else await end(step, frame, state, { kind: 'timed-out' });
}

function awaitCallback(step: Step, frame: Frame, wait: TaskWait): void {
  step.set({ ...frame, wait });
  const name = waitName(frame.id, wait.since);
  const due = dueAt(wait, 0);
  if (due !== undefined) step.commands.push({ kind: 'StartTimer', wait: name, at: due });
  if (wait.job !== undefined) step.commands.push({ kind: 'PollJob', wait: name });
}

/** When a submitted call is over for want of an answer or a heartbeat; a job has no token to send heartbeats with. */
export function dueAt({ call, deadline, job, submittedAt = 0 }: TaskWait, heartbeatAt: number): number | undefined {
  const beats =
    call.heartbeatSeconds === undefined || job !== undefined
      ? Number.POSITIVE_INFINITY
      : Math.max(submittedAt, heartbeatAt) + call.heartbeatSeconds * 1000;
  const due = Math.min(beats, deadline ?? Number.POSITIVE_INFINITY);
  return due === Number.POSITIVE_INFINITY ? undefined : due;
}

async function end(step: Step, frame: Frame, state: TaskState, outcome: CallOutcome): Promise<void> {
  const wait = taskWait(frame);
  const integration = parseResource(wait.call.resource);
  const { wait: _closed, ...open } = frame;
  const isLate = wait.deadline !== undefined && step.now >= wait.deadline;
  const ended = withinLimit(step, wait.call, integration, isLate ? { kind: 'timed-out' } : outcome);
  if (ended.kind === 'succeeded') {
    const { type, details } = callEvent(integration, 'Succeeded', outputDetails(ended.output));
    const succeeded = step.emit(open, type, details);
    step.observe('result', ended.output);
    return leave(step, succeeded, state, await departWithResult(step, succeeded, state, payload(ended.output)));
  }
  if (ended.kind === 'timed-out' || wait.claim !== undefined) stopChild(step, frame);
  const failure = ended.kind === 'failed' ? errorDetails(ended.error, ended.cause) : { error: 'States.Timeout' };
  const { type, details } = callEvent(integration, ended.kind === 'failed' ? 'Failed' : 'TimedOut', failure);
  // A submitted call that times out before its deadline has missed a heartbeat.
  const isHeartbeat = ended.kind === 'timed-out' && wait.submittedAt !== undefined && !isLate;
  const child = lastChild(frame);
  const failed = step.emit(child === undefined ? open : { ...open, child }, type, details);
  await fail(step, failed, { ...failure, ...(isHeartbeat ? { isHeartbeat } : {}) });
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
