// What there is: the state machines behind the API, whose they are, and what starts them.
import {
  DescribeStateMachineCommand,
  type DescribeStateMachineOutput,
  ListStateMachineVersionsCommand,
  ListTagsForResourceCommand,
  paginateListStateMachines,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import type { TriggerDefinition } from '../../core/triggers/trigger.ts';
import { callStepwell } from '../client.ts';
import { inParallel } from './parallel.ts';

/** The tag that says which project deployed a machine. */
export const PROJECT_TAG = 'stepwell:project';

export interface Current {
  name: string;
  arn: string;
  /** Undefined when nobody deployed it this way. */
  project: string | undefined;
  tags: Record<string, string>;
  /** Only of machines that were asked for. */
  described?: DescribeStateMachineOutput;
  /** Whether its newest revision has a version. */
  isPublished?: boolean;
}

export interface CurrentTrigger {
  machineName: string;
  stateMachineArn: string;
  name: string;
  definition: TriggerDefinition;
  project?: string;
}

const REQUESTS_AT_ONCE = 8;

/** All machines; those named are described in full, with their versions if these are to be published. */
export async function readMachines(
  client: SFNClient,
  named: ReadonlySet<string>,
  { publish }: { publish: boolean },
): Promise<Current[]> {
  const listed: { name: string; arn: string }[] = [];
  for await (const { stateMachines = [] } of paginateListStateMachines({ client, pageSize: 1000 }, {}))
    for (const { name, stateMachineArn } of stateMachines) listed.push({ name: name!, arn: stateMachineArn! });
  return await inParallel(listed, REQUESTS_AT_ONCE, async ({ name, arn }) => {
    const { tags = [] } = await client.send(new ListTagsForResourceCommand({ resourceArn: arn }));
    const all = Object.fromEntries(tags.map(({ key, value = '' }) => [key!, value]));
    const current: Current = { name, arn, project: all[PROJECT_TAG], tags: all };
    return named.has(name) ? { ...current, ...(await describe(client, arn, publish)) } : current;
  });
}

async function describe(client: SFNClient, stateMachineArn: string, publish: boolean) {
  const described = await client.send(new DescribeStateMachineCommand({ stateMachineArn }));
  if (!publish) return { described };
  const { stateMachineVersions = [] } = await client.send(
    new ListStateMachineVersionsCommand({ stateMachineArn, maxResults: 1 }),
  );
  const newest = stateMachineVersions[0]?.stateMachineVersionArn;
  const version = newest && (await client.send(new DescribeStateMachineCommand({ stateMachineArn: newest })));
  return { described, isPublished: !!version && version.revisionId === described.revisionId };
}

export async function readTriggersThere(client: SFNClient): Promise<CurrentTrigger[]> {
  const { triggers } = await callStepwell<{
    triggers: {
      stateMachineArn: string;
      stateMachineName: string;
      name: string;
      definition: string;
      project?: string;
    }[];
  }>(client, 'ListTriggers', {});
  return triggers.map(({ stateMachineName, definition, ...trigger }) => ({
    ...trigger,
    machineName: stateMachineName,
    definition: JSON.parse(definition),
  }));
}
