// Stores what starts executions of a state machine, of a version or of an alias: in place of the machine's trigger of
// that name, if there is one. Connecting its source to the functions is the caller's business: `stepwell deploy`.
import { ApiError } from '../../errors.ts';
import { type Json, parseJson } from '../../expr/json.ts';
import { nameProblem, triggerProblems } from '../../triggers/check.ts';
import { putTrigger } from '../../triggers/store.ts';
import type { TriggerDefinition } from '../../triggers/trigger.ts';
import { action } from '../action.ts';
import { validation } from '../exceptions.ts';
import { ARN, REQUIRED } from '../members.ts';
import { findTarget } from '../resolve.ts';

const members = {
  stateMachineArn: { ...ARN, ...REQUIRED },
  name: { kind: 'string', required: true },
  /** JSON text, like definitions of state machines. */
  definition: { kind: 'string', required: true, sensitive: true, max: 262_144 },
  project: { kind: 'string', max: 128 },
} as const;

export const PutTrigger = action(members, async ({ stateMachineArn, name, definition, project }, world) => {
  const wrongName = nameProblem(name);
  if (wrongName !== undefined) throw validation(`${wrongName}, unlike '${name}'`);
  const value = read(definition);
  const problems = triggerProblems(value);
  if (problems.length > 0) throw validation(problems.map(sentence).join('; '));
  const { machine } = await findTarget(world, stateMachineArn);
  await putTrigger(world, {
    stateMachineArn,
    machineName: machine.name,
    name,
    definition: value as object as TriggerDefinition,
    ...(project && { project }),
    changedAt: world.clock.now(),
  });
  return {};
});

function read(text: string): Json {
  try {
    return parseJson(text);
  } catch (error) {
    throw new ApiError('InvalidDefinition', `The trigger is not JSON: ${(error as Error).message}`);
  }
}

function sentence({ path, message }: ReturnType<typeof triggerProblems>[number]): string {
  return path.length === 0 ? message : `${message} (at ${path.join('.')})`;
}
