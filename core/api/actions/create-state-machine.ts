// Creates a state machine. Repeating the call with the same name, definition, type and configurations (and the same
// wish to publish) gives the first result again; other tags and another role are ignored then.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html
import type { CreateStateMachineInput, CreateStateMachineOutput } from '@aws-sdk/client-sfn';
import { Unreadable } from '../../errors.ts';
import { createMachine, type Machine, type Revision, readMachine } from '../../store/machines.ts';
import type { World } from '../../world.ts';
import { action, epochSeconds, type Wire } from '../action.ts';
import { machineArnOf } from '../arn.ts';
import {
  checkRoleArn,
  checkVersionDescription,
  encryptionConfiguration,
  loggingConfiguration,
  tracingConfiguration,
} from '../configuration.ts';
import { checkedDefinition } from '../definition.ts';
import { stateMachineAlreadyExists, stateMachineDeleting } from '../exceptions.ts';
import {
  ARN,
  BOOLEAN,
  DEFINITION,
  DESCRIPTION,
  ENCRYPTION_CONFIGURATION,
  LOGGING_CONFIGURATION,
  MACHINE_TYPE,
  NAME,
  REQUIRED,
  TAGS,
  TRACING_CONFIGURATION,
} from '../members.ts';
import { checkName } from '../name.ts';
import { findRevision } from '../resolve.ts';
import type { Input, Members } from '../shape.ts';
import { addTags } from '../tags.ts';
import { recordVersion, versionArnOf, withVersion } from '../versions.ts';

const members = {
  name: { ...NAME, ...REQUIRED },
  definition: { ...DEFINITION, ...REQUIRED },
  roleArn: { ...ARN, ...REQUIRED },
  type: MACHINE_TYPE,
  loggingConfiguration: LOGGING_CONFIGURATION,
  tags: TAGS,
  tracingConfiguration: TRACING_CONFIGURATION,
  publish: BOOLEAN,
  versionDescription: DESCRIPTION,
  encryptionConfiguration: ENCRYPTION_CONFIGURATION,
} as const satisfies Members<keyof CreateStateMachineInput>;

export const CreateStateMachine = action(members, async (input, world) => {
  checkName(input.name);
  checkRoleArn(input.roleArn);
  const publish = input.publish ?? false;
  checkVersionDescription(publish, input.versionDescription);
  const revision = firstRevision(world, input);
  checkedDefinition(revision.definition, revision.type);
  const unpublished = newMachine(revision, addTags(revision.machineArn, {}, input.tags ?? []));
  const machine = publish ? withVersion(unpublished) : unpublished;
  return describe(world, await createOrFind(world, machine, revision), input.versionDescription);
});

function firstRevision(world: World, input: Input<typeof members>): Revision {
  return {
    machineArn: machineArnOf(world, input.name),
    name: input.name,
    revisionId: world.newId(),
    isInitial: true,
    definition: input.definition,
    roleArn: input.roleArn,
    type: input.type ?? 'STANDARD',
    loggingConfiguration: loggingConfiguration(input.loggingConfiguration),
    tracingConfiguration: tracingConfiguration(input.tracingConfiguration),
    encryptionConfiguration: encryptionConfiguration(input.encryptionConfiguration),
    createdAt: world.clock.now(),
  };
}

function newMachine(revision: Revision, tags: Record<string, string>): Machine {
  const { machineArn, name, type, revisionId, roleArn, createdAt } = revision;
  const identity = { machineArn, name, type, creationDate: createdAt, incarnation: revisionId };
  return { ...identity, status: 'ACTIVE', revisionId, roleArn, lastVersion: 0, tags };
}

/** Times that a machine of the name may turn out to be gone after all, which ends its deletion. */
const MAX_ATTEMPTS = 3;

/** The machine as it was created now, or by an earlier request that was the same. */
async function createOrFind(world: World, machine: Machine, revision: Revision): Promise<Machine> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    if (await createMachine(world, machine, revision)) return machine;
    const holder = await readMachine(world, machine.name);
    if (holder?.status === 'DELETING') break;
    if (holder !== undefined) return checkSame(world, holder, machine, revision);
  }
  throw stateMachineDeleting(machine.machineArn);
}

/** Throws StateMachineAlreadyExists unless this request could have made the machine that has the name. */
async function checkSame(world: World, holder: Machine, machine: Machine, revision: Revision): Promise<Machine> {
  const current = await findRevision(world, holder.machineArn, holder.revisionId).catch((trouble) => {
    if (trouble instanceof Unreadable) throw stateMachineAlreadyExists(holder.machineArn);
    throw trouble;
  });
  const isPublished = (each: Machine) => each.publishedVersion !== undefined;
  if (contentOf(current) !== contentOf(revision) || isPublished(holder) !== isPublished(machine))
    throw stateMachineAlreadyExists(holder.machineArn);
  return holder;
}

function contentOf(revision: Revision): string {
  const { definition, type, loggingConfiguration, tracingConfiguration, encryptionConfiguration } = revision;
  return JSON.stringify([definition, type, loggingConfiguration, tracingConfiguration, encryptionConfiguration]);
}

async function describe(world: World, machine: Machine, versionDescription: string | undefined) {
  const output = { stateMachineArn: machine.machineArn, creationDate: epochSeconds(machine.creationDate) };
  if (machine.publishedVersion === undefined) return output;
  const { version, description } = await recordVersion(world, machine, versionDescription);
  if (description !== versionDescription) throw stateMachineAlreadyExists(machine.machineArn);
  const stateMachineVersionArn = versionArnOf(machine, version);
  return { ...output, stateMachineVersionArn } satisfies Wire<CreateStateMachineOutput>;
}
