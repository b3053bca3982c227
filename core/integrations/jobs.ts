// `.sync`: what a task waits for is a job of a service. How one is found again, how its end is told, and how it is
// stopped, comes from its row in job-rows.ts; here is what all have in common. Results and causes are the service's own
// description of the job, as AWS shows it of Batch and Glue; the error of a job that failed is States.TaskFailed.
import { type CallOutcome, type Job, parseResource } from '../engine/call.ts';
import { assert, StatesError } from '../errors.ts';
import { isObject, type Json, type JsonObject, parseJson, printJson } from '../expr/json.ts';
import { type AwsServices, type ServiceAnswer, ServiceError, type ServiceRequest } from '../ports.ts';
import type { World } from '../world.ts';
import { rolesOf } from './aws-sdk.ts';
import { JOBS, type JobRow, type Members } from './job-rows.ts';
import { isReaching } from './kubernetes.ts';
import { askForKubernetesJob, kubernetesHandle, stopKubernetesJob } from './kubernetes-job.ts';
import { failureOf, serviceOf } from './optimised.ts';
import { OPTIMISED, type OptimisedService } from './optimised-services.ts';

/** A job, and the machine's role. */
export interface JobRequest {
  job: Job;
  machineRoleArn: string;
}

/** `missed`: the service did not say. */
export type JobAnswer = CallOutcome | 'running' | 'missed';

/** What a service does not show so soon after it was asked for may be on its way; after this it is not there. */
const APPEARS_WITHIN_MS = 60_000;

export function jobRow(service: string, action: string): JobRow | undefined {
  const resource = `${service}:${action}`;
  return Object.hasOwn(JOBS, resource) ? JOBS[resource] : undefined;
}

/** The one job that is not a service's but a cluster's. */
function isKubernetesJob(resource: string): boolean {
  return /:eks:runJob\.sync$/.test(resource);
}

/** Whether what a call to this resource begins goes on by itself. */
export function isJob(resource: string): boolean {
  const integration = parseResource(resource);
  if (integration.kind !== 'service' || integration.pattern !== 'sync') return false;
  return isKubernetesJob(resource) || jobRow(integration.service, integration.action) !== undefined;
}

/** What is to be kept of a job that has just been submitted. */
export function handleOf(resource: string, answer: JsonObject, parameters: JsonObject): string {
  if (isKubernetesJob(resource)) return printJson(kubernetesHandle(answer, parameters));
  return printJson(defined(rowOf(resource).row.handle(answer, parameters)));
}

/** An eighth of its age, so a job is noticed as late as it is long; from one second to one minute. */
function usualPause(age: number): number {
  return Math.min(Math.max(age / 8, 1_000), 60_000);
}

/** How long to wait before a job of this age (both in milliseconds) is asked for again. */
export function pollPause(resource: string, age: number): number {
  const pause = isKubernetesJob(resource) ? undefined : rowOf(resource).row.pause;
  return (pause ?? usualPause)(age);
}

/** How the job stands. Never throws for what the service says. */
export async function askForJob(world: World, request: JobRequest, signal: AbortSignal): Promise<JobAnswer> {
  const handle = parseJson(request.job.handle) as JsonObject;
  const age = world.clock.now() - request.job.since;
  if (isKubernetesJob(request.job.resource)) {
    const answer = await askForKubernetesJob(inCluster(world, request, handle, signal));
    return answer === 'absent' ? absent(handle, age) : answer;
  }
  const { row, optimised } = rowOf(request.job.resource);
  try {
    const { output } = await call(world.services, request, row.describe, row.ask?.(handle) ?? handle, signal);
    const result = row.result === undefined ? output : row.result(output, handle);
    return result === undefined ? notFound(row, handle, age) : standing(row, result);
  } catch (error) {
    if (error instanceof StatesError) return failed(error.error, error.causeText);
    if (!(error instanceof ServiceError)) throw error;
    if (isPassing(error)) return 'missed';
    if (isAbsence(error) && (row.endsGone || age < APPEARS_WITHIN_MS)) return notFound(row, handle, age);
    const failure = failureOf(error, optimised);
    return failed(failure.error, failure.cause);
  }
}

/** Asks the service to stop the job. One that it does not know, or that has ended, is stopped. Throws on passing trouble. */
export async function stopJob(world: World, request: JobRequest, signal: AbortSignal): Promise<void> {
  const handle = parseJson(request.job.handle) as JsonObject;
  if (isKubernetesJob(request.job.resource)) return await stopKubernetesJob(inCluster(world, request, handle, signal));
  const { row } = rowOf(request.job.resource);
  if (row.stop === undefined) return;
  try {
    await call(world.services, request, row.stop.action, row.stop.parameters?.(handle) ?? handle, signal);
  } catch (error) {
    if (error instanceof ServiceError ? isPassing(error) : !(error instanceof StatesError)) throw error;
  }
}

function inCluster(world: World, { job, machineRoleArn }: JobRequest, handle: JsonObject, signal: AbortSignal) {
  assert(isReaching(world), 'Who runs jobs in a cluster reaches it');
  return { world, handle, roles: rolesOf(job, { roleArn: machineRoleArn }), signal };
}

function rowOf(resource: string): { row: JobRow; optimised: OptimisedService } {
  const integration = parseResource(resource);
  const { service, action } = integration.kind === 'service' ? integration : { service: '', action: '' };
  const row = jobRow(service, action);
  const optimised = OPTIMISED[service];
  assert(row !== undefined && optimised !== undefined, `No job is known of ${resource}`);
  return { row, optimised };
}

async function call(
  services: AwsServices | undefined,
  { job, machineRoleArn }: JobRequest,
  action: string,
  parameters: Members,
  signal: AbortSignal,
): Promise<ServiceAnswer> {
  const { optimised } = rowOf(job.resource);
  const integration = parseResource(job.resource);
  assert(integration.kind === 'service' && services !== undefined, 'Jobs are run by services');
  const request: ServiceRequest = {
    service: serviceOf(optimised, integration),
    action,
    parameters: defined(parameters),
    spelling: optimised.v1 === undefined ? 'v2' : 'v1',
    ...rolesOf(job, { roleArn: machineRoleArn }),
  };
  return await services.call(request, signal);
}

function standing(row: JobRow, result: JsonObject): JobAnswer {
  const status = at(result, row.status);
  const isOne = (names: string) => typeof status === 'string' && names.split(' ').includes(status);
  if (isOne(row.failed) || (isOne(row.succeeded) && row.isFailure?.(result)))
    return failed('States.TaskFailed', printJson(result));
  return isOne(row.succeeded) ? { kind: 'succeeded', output: printJson(result) } : 'running';
}

/** The service shows no such job: not yet, or because that was the job. */
function notFound(row: JobRow, handle: JsonObject, age: number): JobAnswer {
  if (row.endsGone) return { kind: 'succeeded', output: printJson(handle) };
  return absent(handle, age);
}

function absent(handle: JsonObject, age: number): JobAnswer {
  if (age < APPEARS_WITHIN_MS) return 'running';
  return failed('States.TaskFailed', `The service shows no job ${printJson(handle)}.`);
}

function failed(error: string, cause: string | undefined): CallOutcome {
  return { kind: 'failed', error, ...(cause === undefined ? {} : { cause }) };
}

/** Trouble that goes by: the job may be as well as ever. Credentials that have expired in the meantime are renewed by somebody. */
function isPassing({ status, code }: ServiceError): boolean {
  if (status === 0 || status === 429 || status >= 500) return true;
  return /Throttl|TooManyRequests|RequestLimit|SlowDown|Expired/i.test(code);
}

function isAbsence({ status, code }: ServiceError): boolean {
  return status === 404 || /NotFound|DoesNotExist/i.test(code);
}

function at(value: Json, path: string): Json | undefined {
  let found: Json | undefined = value;
  for (const name of path.split('.')) found = isObject(found) ? found[name] : undefined;
  return found;
}

function defined(object: Members): JsonObject {
  return Object.fromEntries(Object.entries(object).filter((entry): entry is [string, Json] => entry[1] !== undefined));
}
