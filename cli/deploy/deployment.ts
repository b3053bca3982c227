// Where a project is deployed to: a server of ours, which says what it is, or Step Functions itself, which has no
// triggers.
import type { SFNClient } from '@aws-sdk/client-sfn';
import { UsageError } from '../arguments.ts';
import { callStepwell } from '../client.ts';

export interface Deployment {
  account: string;
  region: string;
  partition: string;
  /** What sources of triggers are connected to; absent where the server watches them by itself. */
  startFunctions?: { sqs: string; s3: string; events: string; rulePrefix: string };
  /** Whether buckets and events can tell a server that watches by itself. */
  hearsSources?: boolean;
}

/** Undefined for Step Functions itself. */
export async function describeDeployment(client: SFNClient): Promise<Deployment | undefined> {
  try {
    return await callStepwell<Deployment>(client, 'DescribeDeployment', {});
  } catch (error) {
    // Step Functions says UnknownOperationException, which is a UsageError here; its emulators say so in their own ways.
    if (error instanceof UsageError || /unknown operation/i.test((error as Error).message)) return undefined;
    throw error;
  }
}
