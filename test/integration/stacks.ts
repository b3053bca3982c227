// What workflows work on, made as users make it: a CloudFormation template per example, and one for all of them.

import { readFileSync } from 'node:fs';
import {
  type CloudFormation,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation';

export interface Stack {
  name: string;
  /** Path of its template. */
  template: string;
}

export const FIXTURES: Stack = { name: 'stepwell-integration', template: 'test/integration/fixtures.yml' };

/** An example's queues, buckets, tables and topics: `examples/<name>/resources.yml`. */
export function resourcesOf(example: string): Stack {
  return { name: `stepwell-example-${example}`, template: `examples/${example}/resources.yml` };
}

const patience = { maxWaitTime: 300, minDelay: 1, maxDelay: 5 };

/** Creates the stack if there is none, and gives its outputs by name. */
export async function deployStack(client: CloudFormation, { name, template }: Stack): Promise<Record<string, string>> {
  if (!(await stackExists(client, name))) {
    const TemplateBody = readFileSync(template, 'utf8');
    await client.createStack({ StackName: name, TemplateBody, Capabilities: ['CAPABILITY_IAM'] });
  }
  await waitUntilStackCreateComplete({ client, ...patience }, { StackName: name });
  const { Stacks } = await client.describeStacks({ StackName: name });
  return Object.fromEntries(Stacks![0]!.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]) ?? []);
}

export async function removeStack(client: CloudFormation, StackName: string): Promise<void> {
  await client.deleteStack({ StackName });
  await waitUntilStackDeleteComplete({ client, ...patience }, { StackName });
}

export async function stackExists(client: CloudFormation, StackName: string): Promise<boolean> {
  try {
    const { Stacks } = await client.describeStacks({ StackName });
    return Stacks![0]!.StackStatus !== 'DELETE_COMPLETE';
  } catch (error) {
    if ((error as Error).message.includes('does not exist')) return false;
    throw error;
  }
}
