// One call to the outside that a Task asks for, as data: which integration, with which arguments.

import { integrationOf, isActivity } from '../asl/resource.ts';

/** `direct`: a Lambda function's ARN as the Resource, which has events of its own. */
export type Integration =
  | { kind: 'direct'; functionName: string }
  | { kind: 'activity' }
  | { kind: 'service'; service: string; action: string; pattern: Pattern };

type Pattern = '' | 'sync' | 'sync:2' | 'waitForTaskToken';

export interface Call {
  resource: string;
  /** JSON text: the payload of a direct function, the arguments of everything else. */
  parameters: string;
  timeoutSeconds?: number;
  heartbeatSeconds?: number;
  roleArn?: string;
  /** Of a run that is a test case: its place there (integrations/mocked.ts). */
  test?: TestPlace;
  /** Of a call that waits for the end of the execution it starts. */
  nested?: Nested;
}

/** The child execution that a call is about. */
export interface Nested {
  /** Id of the event that entered the state: the children of one visit belong to it, whichever attempt began them. */
  visit: number;
  /** ARN of the execution that the call begins, where its arguments name a machine. */
  child?: string;
  /** ARN of an earlier attempt's child, which goes on instead if it can be redriven. */
  redrives?: string;
}

export interface TestPlace {
  machine: string;
  testCase: string;
  state: string;
  /** How many calls of this state the run had asked for before. */
  attempt: number;
}

export type CallOutcome =
  | { kind: 'succeeded'; output: string }
  /**
   * The call was accepted; its end will come as a callback: from a token's holder, from the child execution, or from who
   * asks for the job that `job` names to its service (JSON text). A mocked one brings it along.
   */
  | { kind: 'submitted'; output: string; child?: string; job?: string; answer?: CallOutcome }
  | { kind: 'failed'; error?: string; cause?: string }
  | { kind: 'timed-out' };

/** A job that a service runs for a task: all that it takes to ask for it, or to end it. */
export interface Job {
  resource: string;
  /** The role that the task names. */
  roleArn?: string;
  /** What names the job to its service: JSON text. */
  handle: string;
  /** When it was submitted. */
  since: number;
  /** When nobody waits for it any more. */
  deadline?: number;
}

/** What a checked Resource names; one that only a deployment tool could have completed names nothing. */
export function parseResource(resource: string): Integration {
  if (/^arn:[^:]*:lambda:/.test(resource)) return { kind: 'direct', functionName: resource };
  if (isActivity(resource)) return { kind: 'activity' };
  const { service = '', action = '', pattern = '' } = integrationOf(resource) ?? {};
  return { kind: 'service', service, action, pattern: pattern.slice(1) as Pattern };
}

/** How history names an integration: `lambda` and `invoke.waitForTaskToken`. */
export function resourceOf(integration: Extract<Integration, { kind: 'service' }>): {
  resourceType: string;
  resource: string;
} {
  const { service, action, pattern } = integration;
  return { resourceType: service, resource: pattern ? `${action}.${pattern}` : action };
}
