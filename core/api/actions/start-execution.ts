// Starts an execution of a state machine, version or alias. While a Standard execution is open, the same name with
// the same input gives it again; anything else under its name is refused. Express executions are never the same.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
import type { StartExecutionInput, StartExecutionOutput } from '@aws-sdk/client-sfn';
import { startExecution } from '../../driver/executions.ts';
import { startExpress } from '../../driver/express.ts';
import type { Creation } from '../../execution.ts';
import { readStanding } from '../../store/standing.ts';
import type { World } from '../../world.ts';
import { action, epochSeconds, type Wire } from '../action.ts';
import { executionArnOf, expressArnOf, parseArn } from '../arn.ts';
import {
  executionAlreadyExists,
  labeledArn,
  stateMachineDeleting,
  stateMachineTypeNotSupported,
} from '../exceptions.ts';
import { executionInput } from '../execution-input.ts';
import { ARN, NAME, PAYLOAD, REQUIRED, TRACE_HEADER } from '../members.ts';
import { checkName } from '../name.ts';
import { findTarget, type Target } from '../resolve.ts';
import type { Input, Members } from '../shape.ts';
import { checkTestCase, splitTestCase } from '../test-case.ts';

const members = {
  stateMachineArn: { ...ARN, ...REQUIRED },
  name: NAME,
  input: PAYLOAD,
  traceHeader: TRACE_HEADER,
} as const satisfies Members<keyof StartExecutionInput>;

export const StartExecution = action(members, (input, world) => start(input, world));

/** Starts an execution; `parent` is the one that waits for its end. */
export async function start(input: Input<typeof members>, world: World, parent?: Creation['parent']) {
  const target = await startableTarget(world, input);
  const creation = { ...newCreation(world, target, input), ...(parent && { parent }) };
  if (target.machine.type === 'EXPRESS') return await startUnnamed(world, creation);
  const { begun, holder } = await startExecution(world, creation);
  if (!begun && !isSameStart(holder, creation) && !(await isSameAndOpen(world, holder, creation)))
    throw executionAlreadyExists(holder.executionArn);
  return {
    executionArn: holder.executionArn,
    startDate: epochSeconds(holder.startDate),
  } satisfies Wire<StartExecutionOutput>;
}

/** Nobody owns the name of an Express execution, and nobody can be told of its end. */
async function startUnnamed(world: World, creation: Creation) {
  if (creation.parent !== undefined) throw stateMachineTypeNotSupported();
  await startExpress(world, creation);
  return { executionArn: creation.executionArn, startDate: epochSeconds(creation.startDate) };
}

/** What a request to start an execution leads to. */
export async function startableTarget(
  world: World,
  { name, stateMachineArn }: Pick<Input<typeof members>, 'name' | 'stateMachineArn'>,
): Promise<Target> {
  if (name !== undefined) checkName(name);
  const { machineArn, testCase } = splitTestCase(world.mocks, stateMachineArn);
  if (parseArn(machineArn, 'stateMachine').label !== undefined) throw labeledArn(machineArn);
  const target = await findTarget(world, machineArn);
  if (testCase !== undefined) checkTestCase(world.mocks, target.machine.name, testCase);
  if (target.machine.status === 'DELETING') throw stateMachineDeleting(target.machine.machineArn);
  return { ...target, ...(testCase !== undefined && { testCase }) };
}

export function newCreation(world: World, target: Target, input: Input<typeof members>): Creation {
  const { machine, revisionId, roleArn, versionArn, aliasArn, testCase } = target;
  const run = world.newId();
  const name = input.name ?? world.newId();
  const executionArn =
    machine.type === 'EXPRESS'
      ? expressArnOf(world, machine.name, name, run)
      : executionArnOf(world, machine.name, name);
  return {
    run,
    executionArn,
    name,
    machineArn: machine.machineArn,
    machineName: machine.name,
    revisionId,
    roleArn,
    input: executionInput(world, input.input),
    startDate: world.clock.now(),
    ...(versionArn && { versionArn }),
    ...(aliasArn && { aliasArn }),
    ...(testCase !== undefined && { testCase }),
    ...(input.traceHeader && { traceHeader: input.traceHeader }),
  };
}

/** The call of a parent that was lost, made again. */
function isSameStart({ parent: holder }: Creation, { parent }: Creation): boolean {
  return parent !== undefined && holder?.run === parent.run && holder.wait === parent.wait;
}

async function isSameAndOpen(world: World, holder: Creation, creation: Creation): Promise<boolean> {
  if (holder.input !== creation.input) return false;
  return (await readStanding(world, holder)).status === 'RUNNING';
}
