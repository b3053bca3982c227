// What a Task can call, by its Resource: one row per integration. How long a call may take decides which worker makes it.
import { type Call, type CallOutcome, parseResource } from '../engine/call.ts';
import { isObject, parseJson } from '../expr/json.ts';
import type { AwsServices } from '../ports.ts';
import type { World } from '../world.ts';
import { SOCKET_ERROR as API_GATEWAY_SOCKET_ERROR, invokeApi } from './api-gateway.ts';
import { callSdk, rolesOf, type ServiceCall } from './aws-sdk.ts';
import * as http from './http.ts';
import { handleOf, isJob } from './jobs.ts';
import { callKubernetes, isReaching } from './kubernetes.ts';
import { runKubernetesJob } from './kubernetes-job.ts';
import * as lambda from './lambda.ts';
import { mockedOutcome } from './mocked.ts';
import { callOptimised, findOptimised } from './optimised.ts';
import { OPTIMISED } from './optimised-services.ts';
import { errorPrefix } from './sdk-names.ts';
import * as states from './states.ts';

/** A request to a service that is not a function takes no longer. */
const SERVICE_CALL_MS = 30_000;

/** Makes the call. Never throws for what the definition can handle; rejects on infrastructure trouble of our own. */
export async function callTarget(
  world: World,
  call: Call,
  caller: states.Caller,
  signal: AbortSignal,
): Promise<CallOutcome> {
  const mocked = mockedOutcome(world.mocks, call);
  if (mocked !== undefined) return mocked;
  const integration = parseResource(call.resource);
  if (integration.kind === 'direct') return await lambda.callFunction(world.lambda, call, caller, signal);
  if (integration.kind === 'service' && integration.service === 'lambda' && integration.pattern === '')
    return await lambda.invoke(world.lambda, call, caller, signal);
  if (integration.kind === 'service' && integration.service === 'lambda' && integration.pattern === 'waitForTaskToken')
    return submitted(await lambda.invoke(world.lambda, call, caller, signal));
  if (integration.kind === 'service' && integration.service === 'states' && integration.action === 'startExecution')
    return await states.startExecution(world, call, caller, integration.pattern);
  if (integration.kind === 'service' && isReaching(world)) {
    const { service, action } = integration;
    if (service === 'http' && action === 'invoke') return await http.invoke(world, call, caller, signal);
    if (service === 'apigateway' && action === 'invoke') {
      const outcome = await invokeApi(world, call, caller, signal);
      return integration.pattern === 'waitForTaskToken' ? submitted(outcome) : outcome;
    }
    if (service === 'eks' && action === 'call') return await callKubernetes(world, call, caller, signal);
    if (service === 'eks' && action === 'runJob')
      return submittedJob(call, await runKubernetesJob(world, call, caller, signal));
  }
  if (integration.kind === 'service' && integration.service === 'aws-sdk:sfn')
    return await states.callSfn(world, call, integration);
  if (integration.kind === 'service' && world.services !== undefined) {
    const outcome = await callService(world.services, { call, integration, caller }, signal);
    if (outcome !== undefined) return integration.pattern === 'waitForTaskToken' ? submitted(outcome) : outcome;
  }
  const cause = `Stepwell does not call ${call.resource} yet: docs/supported.md lists what it calls.`;
  return { kind: 'failed', error: 'States.TaskFailed', cause };
}

/** Undefined when nobody here makes such a call. */
async function callService(
  services: AwsServices,
  request: ServiceCall,
  signal: AbortSignal,
): Promise<CallOutcome | undefined> {
  const { integration } = request;
  if (integration.service.startsWith('aws-sdk:')) return await callSdk(services, request, signal);
  const row = findOptimised(integration);
  if (row === undefined) return undefined;
  const outcome = await callOptimised(services, row, request, signal);
  return submittedJob(request.call, outcome);
}

/** Whether what this call begins at a service goes on by itself. */
export function startsJob({ resource }: Call): boolean {
  return isJob(resource);
}

/** With `.sync` the job runs; whoever asks for it ends the task. */
function submittedJob(call: Call, outcome: CallOutcome): CallOutcome {
  if (outcome.kind !== 'succeeded' || !isJob(call.resource)) return outcome;
  const [answer, parameters] = [parseJson(outcome.output), parseJson(call.parameters)];
  const job = handleOf(call.resource, isObject(answer) ? answer : {}, isObject(parameters) ? parameters : {});
  return { kind: 'submitted', output: outcome.output, job };
}

/** The call was accepted; the holder of the task token answers it. */
function submitted(outcome: CallOutcome): CallOutcome {
  return outcome.kind === 'succeeded' ? { kind: 'submitted', output: outcome.output } : outcome;
}

/** The longest the call may take, in milliseconds; undefined where nobody can know. */
export async function callBoundMs(
  world: World,
  call: Call,
  caller: Pick<states.Caller, 'roleArn'>,
): Promise<number | undefined> {
  if (mockedOutcome(world.mocks, call) !== undefined) return 0;
  const integration = parseResource(call.resource);
  // Who only submits is not held up by the time that the answer may take.
  const isSubmitted = integration.kind === 'service' && integration.pattern !== '';
  const isHttp = integration.kind === 'service' && integration.service === 'http';
  if (call.timeoutSeconds !== undefined && !isSubmitted)
    return Math.min(call.timeoutSeconds * 1000, isHttp ? http.HTTP_TASK_MS : Number.POSITIVE_INFINITY);
  if (isHttp) return http.HTTP_TASK_MS;
  if (integration.kind === 'service' && integration.service !== 'lambda') return serviceBoundMs(world, integration);
  const name = lambda.functionOf(call);
  return name === undefined ? 0 : await world.lambda.timeoutMs(name, rolesOf(call, caller));
}

/** Whether a call ends in any case, and not only if somebody answers: a function has its timeout, and we answer ourselves. */
export function endsByItself({ resource }: Call): boolean {
  const integration = parseResource(resource);
  return (
    integration.kind === 'direct' || (integration.kind === 'service' && /^(lambda|states)$/.test(integration.service))
  );
}

/** Actions that answer when the work is done: a function, a model or an agent takes the time it takes. */
const UNBOUND = new Set([
  'bedrockagentcore:invokeHarness',
  'bedrock:invokeModel',
  'aws-sdk:bedrockruntime:invokeModel',
  'aws-sdk:bedrockruntime:converse',
  'aws-sdk:lambda:invoke',
  'aws-sdk:sagemakerruntime:invokeEndpoint',
]);

function serviceBoundMs(world: World, { service, action }: { service: string; action: string }): number | undefined {
  if (UNBOUND.has(`${service}:${action}`)) return undefined;
  return (service === 'aws-sdk:sfn' ? states.heldMs(world, action) : undefined) ?? SERVICE_CALL_MS;
}

/** A call that takes effect once however often it is made: a lost one is made again (D4). */
export function isRepeatable({ nested }: Call): boolean {
  return nested?.child !== undefined;
}

/** Integrations that have another name for it. */
const NO_ANSWER: Record<string, string> = {
  http: http.SOCKET_ERROR,
  apigateway: API_GATEWAY_SOCKET_ERROR,
  states: 'StepFunctions.SdkClientException',
};

function prefixOf(service: string): string {
  return OPTIMISED[service]?.prefix ?? errorPrefix(service.replace('aws-sdk:', ''));
}

/** The error of a call whose worker was lost, or that was cut off: one that ordinary Retry blocks already name (D4). */
export function lostWorker(call: Call): CallOutcome {
  const integration = parseResource(call.resource);
  const service = integration.kind === 'service' ? integration.service : 'lambda';
  return {
    kind: 'failed',
    error: NO_ANSWER[service] ?? `${prefixOf(service)}.SdkClientException`,
    cause:
      'The worker that made this call was lost before the answer arrived. The call may or may not have taken effect. It was not made again: that is for Retry to say.',
  };
}
