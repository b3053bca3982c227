// What all executions of a world came to in the end. All ways to ask for it must say the same.

import { listExecutions, readCreation, readHistory } from '../../core/driver/executions.ts';
import type { Creation, Listed, Standing } from '../../core/execution.ts';
import { readRevision } from '../../core/store/machines.ts';
import { readStanding } from '../../core/store/standing.ts';
import type { World } from '../../core/world.ts';
import { shapeOf } from './history.ts';
import { SLEEPER } from './tasks.ts';
import type { Definition } from './workflow.ts';

export interface End extends Standing {
  name: string;
  executionArn: string;
  /** The machine and the input: two executions with the same ones must tell the same story. */
  story: string;
  /** Began after its machine had been given another definition. */
  isUpdated: boolean;
  shape: string;
}

/** The ends of all executions of these machines; what is wrong with them is added to `violations`. */
export async function inspectAll(
  world: World,
  machines: Map<string, { arn: string; definition: Definition }>,
  violations: string[],
): Promise<End[]> {
  const ends: End[] = [];
  for (const { arn: machineArn, definition } of machines.values()) {
    const { executions } = await listExecutions(world, { machineArn, limit: 1_000 });
    for (const listed of executions) {
      const { executionArn, name } = listed;
      const creation = await readCreation(world, executionArn);
      if (creation === undefined) violations.push(`${name} is listed, and does not exist`);
      else ends.push(await inspect(world, creation, listed, definition, violations));
    }
  }
  return ends;
}

async function inspect(
  world: World,
  creation: Creation,
  listed: Listed,
  definition: Definition,
  violations: string[],
): Promise<End> {
  const { name, executionArn, machineArn, machineName, revisionId, input } = creation;
  const standing = await readStanding(world, creation);
  if (standing.status === 'RUNNING') violations.push(`${name} never ended`);
  const [is, shown] = [standing, listed].map((each) => `${each.status} after ${each.redriveCount} redrives`);
  if (is !== shown) violations.push(`${name} is ${is}, the list says ${shown}`);
  const { events } = await readHistory(world, creation, { limit: 100_000, reverse: false });
  const reverse = await readHistory(world, creation, { limit: 100_000, reverse: true });
  if (events.length !== standing.lastEventId) violations.push(`${name} has ${events.length} events`);
  if (JSON.stringify(reverse.events.toReversed()) !== JSON.stringify(events))
    violations.push(`${name}: the reverse history differs`);
  if (machineName === SLEEPER && standing.status === 'SUCCEEDED')
    violations.push(`${name} slept for ten days, when nobody waited for it any more`);
  return {
    ...standing,
    name,
    executionArn,
    story: `${machineName} ${input.replaceAll(/:run\d"/g, ':run"')}`,
    isUpdated: (await readRevision(world, machineArn, revisionId))?.isInitial === false,
    shape: shapeOf(events, definition),
  };
}
