// The routing configuration of an alias: one or two versions of one state machine whose weights sum to 100.
import type { Machine } from '../store/machines.ts';
import { readMachine } from '../store/machines.ts';
import type { World } from '../world.ts';
import type { Route } from './aliases.ts';
import { isVersion, parseArn } from './arn.ts';
import { invalidRouting, referencedResourceNotFound } from './exceptions.ts';
import type { ROUTING_CONFIGURATION } from './members.ts';
import type { Input } from './shape.ts';
import { readVersion, versionArnOf } from './versions.ts';

type RoutingInput = Input<typeof ROUTING_CONFIGURATION.of.members>[];

const TOTAL_WEIGHT = 100;

/** The routes and the machine they lead into. Throws ValidationException, InvalidArn or ResourceNotFound. */
export async function readRouting(world: World, input: RoutingInput): Promise<{ machine: Machine; routes: Route[] }> {
  const texts = input.map((item) => item.stateMachineVersionArn);
  const received = `Received: [${texts.join(', ')}]`;
  const arns = texts.map((text) => parseArn(text, 'stateMachine'));
  if (!arns.every(({ qualifier = '' }) => isVersion(qualifier)))
    throw invalidRouting(`Routing configuration must contain state machine version ARNs. ${received}`);
  if (new Set(texts).size < texts.length)
    throw invalidRouting(`Routing configuration must contain distinct state machine version ARNs. ${received}`);
  if (new Set(arns.map(({ arn }) => arn)).size > 1)
    throw invalidRouting(`Routing configuration must contain versions of the same state machine. ${received}`);
  const weights = input.map((item) => item.weight);
  if (weights.reduce((sum, weight) => sum + weight, 0) !== TOTAL_WEIGHT)
    throw invalidRouting(
      `Sum of routing configuration weights must equal ${TOTAL_WEIGHT}. Received: [${weights.join(', ')}]`,
    );
  const { arn, name } = arns[0]!;
  const machine = await readMachine(world, name);
  if (machine?.machineArn !== arn) throw referencedResourceNotFound(texts[0]!);
  const routes = arns.map(({ qualifier }, index) => ({ version: Number(qualifier), weight: weights[index]! }));
  for (const { version } of routes)
    if ((await readVersion(world, machine, version)) === undefined)
      throw referencedResourceNotFound(versionArnOf(machine, version));
  return { machine, routes };
}

export function routingOutput(machine: Machine, routes: Route[]) {
  return routes.map(({ version, weight }) => ({ stateMachineVersionArn: versionArnOf(machine, version), weight }));
}
