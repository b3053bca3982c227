// What a Task can call, by its Resource: one row per integration. How long a call may take decides which worker makes it.
import { type Call, type CallOutcome, parseResource } from '../engine/call.ts';
import type { World } from '../world.ts';
import * as lambda from './lambda.ts';

/** Makes the call. Never throws for what the definition can handle; rejects on infrastructure trouble of our own. */
export async function callTarget(world: World, call: Call, signal: AbortSignal): Promise<CallOutcome> {
  const integration = parseResource(call.resource);
  if (integration.kind === 'direct') return await lambda.callFunction(world.lambda, call, signal);
  if (integration.kind === 'service' && integration.service === 'lambda' && integration.pattern === '')
    return await lambda.invoke(world.lambda, call, signal);
  const cause = `Stepwell does not call ${call.resource} yet: docs/supported.md lists what it calls.`;
  return { kind: 'failed', error: 'States.TaskFailed', cause };
}

/** The longest the call may take, in milliseconds; undefined where nobody can know. */
export async function callBoundMs(world: World, call: Call): Promise<number | undefined> {
  if (call.timeoutSeconds !== undefined) return call.timeoutSeconds * 1000;
  const name = lambda.functionOf(call);
  return name === undefined ? 0 : await world.lambda.timeoutMs(name);
}

/** The error of a call whose worker was lost, or that was cut off: one that ordinary Retry blocks already name (D4). */
export function lostWorker(call: Call): CallOutcome {
  const integration = parseResource(call.resource);
  const service = integration.kind === 'service' ? integration.service : 'lambda';
  const prefix = service.replace('aws-sdk:', '');
  return {
    kind: 'failed',
    error: `${prefix[0]?.toUpperCase()}${prefix.slice(1)}.SdkClientException`,
    cause:
      'The worker that made this call was lost before the answer arrived. The call may or may not have taken effect. It was not made again: that is for Retry to say.',
  };
}
