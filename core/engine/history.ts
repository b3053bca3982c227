// The details of history events, in AWS's names. An event type's details field is its name with a lower first letter
// plus `EventDetails`, but for the shared shapes of Entered and Exited, and the types that have none.

import type { Call, Integration } from './call.ts';
import { resourceOf } from './call.ts';
import type { Departure } from './dataflow.ts';

const NOT_TRUNCATED = { truncated: false };

/** AWS leaves absent texts out rather than sending null. */
export function errorDetails(error: string | undefined, cause: string | undefined): { error?: string; cause?: string } {
  return { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
}

export function enteredDetails(name: string, input: string): object {
  return { stateEnteredEventDetails: { name, input, inputDetails: NOT_TRUNCATED } };
}

export function exitedDetails(name: string, { output, assigned }: Departure): object {
  const variables =
    assigned === undefined ? {} : { assignedVariables: assigned, assignedVariablesDetails: NOT_TRUNCATED };
  return { stateExitedEventDetails: { name, output: output.text, outputDetails: NOT_TRUNCATED, ...variables } };
}

export function inputDetails(input: string): object {
  return { input, inputDetails: NOT_TRUNCATED };
}

export function outputDetails(output: string): object {
  return { output, outputDetails: NOT_TRUNCATED };
}

/** What happens to a call, in the order it may happen. */
export type CallMoment = 'Scheduled' | 'Started' | 'Submitted' | 'Succeeded' | 'Failed' | 'TimedOut';

/** The event that tells of a call: its type, and its details field where it has one. */
export function callEvent(
  integration: Integration,
  moment: CallMoment,
  details: object = {},
): { type: string; details: object } {
  const family =
    integration.kind === 'direct' ? 'LambdaFunction' : integration.kind === 'activity' ? 'Activity' : 'Task';
  const type = `${family}${moment}`;
  const named = integration.kind === 'service' ? { ...resourceOf(integration), ...details } : details;
  if (integration.kind === 'direct' && moment === 'Started') return { type, details: {} };
  return { type, details: { [`${family[0]!.toLowerCase()}${type.slice(1)}EventDetails`]: named } };
}

/** Details of the Scheduled event: what the call will be made with, as far as the event's model has a member for it. */
export function scheduledDetails(call: Call, integration: Integration, region: string): object {
  const { kind } = integration;
  const limits = {
    ...(call.timeoutSeconds === undefined ? {} : { timeoutInSeconds: call.timeoutSeconds }),
    ...(call.heartbeatSeconds === undefined || kind === 'direct' ? {} : { heartbeatInSeconds: call.heartbeatSeconds }),
    ...(call.roleArn === undefined || kind === 'activity' ? {} : { taskCredentials: { roleArn: call.roleArn } }),
  };
  return kind === 'service'
    ? { region, parameters: call.parameters, ...limits }
    : { resource: call.resource, ...inputDetails(call.parameters), ...limits };
}
