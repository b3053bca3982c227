// Begins a new execution at a state of an execution's outermost scope, with the input and the variables that the
// original had when it entered that state (the last time, or at the event named), or with others. The original stays
// as it is, whether it runs or has ended.
import type { Definition } from '../../asl/definition.ts';
import { eachState } from '../../asl/scope.ts';
import { startExecution } from '../../driver/executions.ts';
import { findForkPoint } from '../../driver/fork.ts';
import type { Creation } from '../../execution.ts';
import { isObject, type Json, parseJson, printJson } from '../../expr/json.ts';
import { definitionOf } from '../../store/definitions.ts';
import { type Machine, readMachine } from '../../store/machines.ts';
import { readStanding } from '../../store/standing.ts';
import type { World } from '../../world.ts';
import { action, epochSeconds } from '../action.ts';
import { executionArnOf } from '../arn.ts';
import { executionAlreadyExists, stateMachineDeleting, stateMachineDoesNotExist, validation } from '../exceptions.ts';
import { executionInput } from '../execution-input.ts';
import { ARN, BOOLEAN, NAME, PAYLOAD, REQUIRED } from '../members.ts';
import { checkName } from '../name.ts';
import { findExecution } from '../resolve.ts';
import type { Input } from '../shape.ts';

const members = {
  executionArn: { ...ARN, ...REQUIRED },
  stateName: { ...NAME, ...REQUIRED },
  /** JSON text: the state's input, in place of the original's. */
  input: PAYLOAD,
  /** JSON text of an object: variables set on top of the original's. */
  variables: PAYLOAD,
  /** The event of the original that entered the state; the last one if absent. */
  eventId: { kind: 'integer', min: 1 },
  name: NAME,
  /** Runs the machine's definition as it is now, not as the original ran it. */
  latestDefinition: BOOLEAN,
} as const;

type Request = Input<typeof members>;

/** Of a fork without a name of its own: the original's, so far as it fits. */
const NAME_KEPT = 62;

export const ForkExecution = action(members, async (request, world) => {
  const original = await findExecution(world, request.executionArn);
  const machine = await machineOf(world, original);
  const base = request.latestDefinition ? latest(original, machine) : original;
  const definition = await definitionOf(world, base);
  checkState(definition, request.stateName);
  const creation = await newFork(world, original, base, definition, request);
  const { begun, holder } = await startExecution(world, creation);
  if (!begun && !(await isSameAndOpen(world, holder, creation))) throw executionAlreadyExists(holder.executionArn);
  return { executionArn: holder.executionArn, startDate: epochSeconds(holder.startDate) };
});

async function machineOf(world: World, { machineName, machineArn }: Creation): Promise<Machine> {
  const machine = await readMachine(world, machineName);
  if (machine?.machineArn !== machineArn) throw stateMachineDoesNotExist(machineArn);
  if (machine.status === 'DELETING') throw stateMachineDeleting(machineArn);
  return machine;
}

function latest(original: Creation, { revisionId, roleArn }: Machine): Creation {
  const { versionArn: _version, aliasArn: _alias, ...unqualified } = original;
  return { ...unqualified, revisionId, roleArn };
}

/** Throws ValidationException for a state that no execution can begin at. */
function checkState(definition: Definition, name: string): void {
  if (Object.hasOwn(definition.States, name)) return;
  let place = '';
  eachState(definition, (_state, each, location) => {
    if (each === name) place = location;
  });
  const around = Object.keys(definition.States).find((each) => place.startsWith(`/States/${each}/`));
  if (around === undefined) throw validation(`There is no state '${name}' in the definition`);
  throw validation(
    `'${name}' is inside the state '${around}', and cannot begin without the branches or iterations beside it: ` +
      `fork from '${around}', or redrive the execution`,
  );
}

async function newFork(
  world: World,
  original: Creation,
  base: Creation,
  definition: Definition,
  { stateName: state, input: given, variables, eventId, name }: Request,
): Promise<Creation> {
  if (name !== undefined) checkName(name);
  const point = await findForkPoint(world, original, definition, { state, eventId });
  if (eventId !== undefined && point.entered === undefined)
    throw validation(`Event ${eventId} of the original does not enter the state '${state}'`);
  const input = given === undefined ? point.entered?.input : executionInput(world, given);
  if (input === undefined) throw validation(`The original never entered the state '${state}': say its input`);
  const { parent: _none, ...rest } = base;
  const newName = name ?? `${original.name.slice(0, NAME_KEPT)}-fork-${world.newId().slice(-12)}`;
  const from = { executionArn: original.executionArn, ...(point.entered && { eventId: point.entered.eventId }) };
  return {
    ...rest,
    run: world.newId(),
    name: newName,
    executionArn: executionArnOf(world, original.machineName, newName),
    startDate: world.clock.now(),
    // The input of the first state is the execution's.
    ...(state === definition.StartAt && { input }),
    fork: { from, state, input, variables: { ...point.variables, ...readVariables(variables) } },
  };
}

/** Throws ValidationException for a text that is no JSON object. */
function readVariables(text: string | undefined): Record<string, string> {
  if (text === undefined) return {};
  let value: Json;
  try {
    value = parseJson(text);
  } catch (error) {
    throw validation(`The variables are no JSON: ${(error as Error).message}`);
  }
  if (!isObject(value)) throw validation('The variables are no JSON object');
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, printJson(each)]));
}

/** The same request again, as StartExecution has it. */
async function isSameAndOpen(world: World, holder: Creation, creation: Creation): Promise<boolean> {
  if (JSON.stringify(holder.fork) !== JSON.stringify(creation.fork)) return false;
  return (await readStanding(world, holder)).status === 'RUNNING';
}
