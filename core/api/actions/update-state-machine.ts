// Changes definition, role or configurations: a new revision, unless nothing really changes. Running executions keep
// theirs.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html
import type { UpdateStateMachineInput, UpdateStateMachineOutput } from '@aws-sdk/client-sfn';
import { Unreadable } from '../../errors.ts';
import { changeMachine, type Machine, type Revision } from '../../store/machines.ts';
import type { World } from '../../world.ts';
import { action, epochSeconds, type Wire } from '../action.ts';
import {
  checkRoleArn,
  checkVersionDescription,
  encryptionConfiguration,
  loggingConfiguration,
  tracingConfiguration,
} from '../configuration.ts';
import { checkedDefinition } from '../definition.ts';
import { missingRequiredParameter, stateMachineDeleting, stateMachineDoesNotExist } from '../exceptions.ts';
import {
  ARN,
  BOOLEAN,
  DEFINITION,
  DESCRIPTION,
  ENCRYPTION_CONFIGURATION,
  LOGGING_CONFIGURATION,
  REQUIRED,
  TRACING_CONFIGURATION,
} from '../members.ts';
import { findMachine, findRevision } from '../resolve.ts';
import type { Input, Members } from '../shape.ts';
import { checkQuota, recordVersion, versionArnOf, withVersion } from '../versions.ts';

const members = {
  stateMachineArn: { ...ARN, ...REQUIRED },
  definition: DEFINITION,
  roleArn: ARN,
  loggingConfiguration: LOGGING_CONFIGURATION,
  tracingConfiguration: TRACING_CONFIGURATION,
  publish: BOOLEAN,
  versionDescription: DESCRIPTION,
  encryptionConfiguration: ENCRYPTION_CONFIGURATION,
} as const satisfies Members<keyof UpdateStateMachineInput>;

type UpdateInput = Input<typeof members>;

export const UpdateStateMachine = action(members, async (input, world) => {
  const { name, type } = await findMachine(world, input.stateMachineArn);
  const publish = input.publish ?? false;
  checkInput(input, publish, type);
  const machine = await changeMachine(world, name, async (current) => {
    if (current.status === 'DELETING') throw stateMachineDeleting(current.machineArn);
    const { machine: revised, revision } = await revise(world, current, input);
    if (!publish) return { machine: revised, ...(revision && { revision }) };
    if (revised.publishedVersion === undefined) await checkQuota(world, current);
    return { machine: withVersion(revised), ...(revision && { revision }) };
  });
  if (machine === undefined) throw stateMachineDoesNotExist(input.stateMachineArn);
  const version = publish ? await recordVersion(world, machine, input.versionDescription) : undefined;
  return {
    updateDate: epochSeconds(world.clock.now()),
    ...(machine.revisionId !== machine.incarnation && { revisionId: machine.revisionId }),
    ...(version && { stateMachineVersionArn: versionArnOf(machine, version.version) }),
  } satisfies Wire<UpdateStateMachineOutput>;
});

function checkInput(input: UpdateInput, publish: boolean, type: Machine['type']): void {
  const { definition, roleArn, loggingConfiguration, tracingConfiguration, encryptionConfiguration } = input;
  if (!(definition || roleArn || loggingConfiguration || tracingConfiguration || encryptionConfiguration))
    throw missingRequiredParameter(
      'Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified',
    );
  checkVersionDescription(publish, input.versionDescription);
  if (roleArn !== undefined) checkRoleArn(roleArn);
  if (definition !== undefined) checkedDefinition(definition, type);
}

/** Where the current revision is lost, a new definition mends it; what else it said is lost with it. */
async function currentRevision(world: World, machine: Machine, input: UpdateInput): Promise<Revision> {
  try {
    return await findRevision(world, machine.machineArn, machine.revisionId);
  } catch (trouble) {
    if (!(trouble instanceof Unreadable) || input.definition === undefined) throw trouble;
    const { machineArn, name, revisionId, roleArn, type, creationDate: createdAt } = machine;
    return {
      ...{ machineArn, name, revisionId, roleArn, type, createdAt, isInitial: false, definition: '' },
      loggingConfiguration: loggingConfiguration(),
      tracingConfiguration: tracingConfiguration(),
      encryptionConfiguration: encryptionConfiguration(),
    };
  }
}

/** The machine with the revision that the request asks for; the same machine when that is the current one. */
async function revise(
  world: World,
  machine: Machine,
  input: UpdateInput,
): Promise<{ machine: Machine; revision?: Revision }> {
  const current = await currentRevision(world, machine, input);
  const { definition = current.definition, roleArn = current.roleArn } = input;
  const changed: Revision = { ...current, definition, roleArn };
  if (input.loggingConfiguration) changed.loggingConfiguration = loggingConfiguration(input.loggingConfiguration);
  if (input.tracingConfiguration) changed.tracingConfiguration = tracingConfiguration(input.tracingConfiguration);
  if (input.encryptionConfiguration)
    changed.encryptionConfiguration = encryptionConfiguration(input.encryptionConfiguration);
  if (JSON.stringify(changed) === JSON.stringify(current)) return { machine };
  const revision = { ...changed, revisionId: world.newId(), isInitial: false, createdAt: world.clock.now() };
  const { publishedVersion: _, ...unpublished } = machine;
  return { machine: { ...unpublished, revisionId: revision.revisionId, roleArn }, revision };
}
