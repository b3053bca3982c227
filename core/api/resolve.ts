// From the ARN in a request to the thing it names. An ARN of another account or region names nothing here.

import { readCreation } from '../driver/executions.ts';
import type { Creation } from '../execution.ts';
import { revisionMissing } from '../store/definitions.ts';
import { type Machine, type Revision, readMachine, readRevision } from '../store/machines.ts';
import type { World } from '../world.ts';
import { type Activity, readActivity } from './activities.ts';
import { type Alias, aliasArnOf, pickVersion, readAlias } from './aliases.ts';
import { isVersion, parseAliasArn, parseArn, parseUnqualified, type StateMachineArn } from './arn.ts';
import {
  activityDoesNotExist,
  executionDoesNotExist,
  referencedResourceNotFound,
  stateMachineDoesNotExist,
} from './exceptions.ts';
import { readVersion, type Version, versionArnOf } from './versions.ts';

/** What an unqualified, version or alias ARN leads to. */
export interface Target {
  machine: Machine;
  revisionId: string;
  roleArn: string;
  version?: Version;
  versionArn?: string;
  aliasArn?: string;
  /** Of the mock configuration, where the start named one. */
  testCase?: string;
}

/** Throws InvalidArn or StateMachineDoesNotExist. */
export async function findMachine(world: World, text: string): Promise<Machine> {
  return machineOf(world, parseUnqualified(text), text);
}

/** The machine of an ARN already parsed. Throws StateMachineDoesNotExist with the text of the request. */
export async function machineOf(world: World, arn: StateMachineArn, text: string): Promise<Machine> {
  const machine = arn.label === undefined ? await readMachine(world, arn.name) : undefined;
  if (machine?.machineArn !== arn.arn) throw stateMachineDoesNotExist(text);
  return machine;
}

/** What an execution started with this ARN runs. Throws InvalidArn or StateMachineDoesNotExist. */
export async function findTarget(world: World, text: string): Promise<Target> {
  const arn = parseArn(text, 'stateMachine');
  const machine = await machineOf(world, arn, text);
  if (arn.qualifier === undefined) return { machine, revisionId: machine.revisionId, roleArn: machine.roleArn };
  if (isVersion(arn.qualifier)) return versionTarget(world, machine, Number(arn.qualifier), text);
  const alias = await readAlias(world, machine, arn.qualifier);
  if (alias === undefined) throw stateMachineDoesNotExist(text);
  const target = await versionTarget(world, machine, pickVersion(alias, world.random()), text);
  return { ...target, aliasArn: aliasArnOf(machine, alias.name) };
}

async function versionTarget(world: World, machine: Machine, number: number, text: string): Promise<Target> {
  const version = await readVersion(world, machine, number);
  if (version === undefined) throw stateMachineDoesNotExist(text);
  const { revisionId, roleArn } = version;
  return { machine, revisionId, roleArn, version, versionArn: versionArnOf(machine, number) };
}

export async function findRevision(world: World, machineArn: string, revisionId: string): Promise<Revision> {
  const revision = await readRevision(world, machineArn, revisionId);
  if (revision === undefined) throw revisionMissing({ machineArn, revisionId });
  return revision;
}

/** A Standard execution. Throws InvalidArn or ExecutionDoesNotExist. */
export async function findExecution(world: World, text: string): Promise<Creation> {
  parseArn(text, 'execution');
  const creation = await readCreation(world, text);
  if (creation === undefined) throw executionDoesNotExist(text);
  return creation;
}

/** Throws InvalidArn or ActivityDoesNotExist. */
export async function findActivity(world: World, text: string): Promise<Activity> {
  const { name } = parseArn(text, 'activity');
  const activity = await readActivity(world, name);
  if (activity?.activityArn !== text) throw activityDoesNotExist(text);
  return activity;
}

/** A machine and the alias that the ARN names. Throws InvalidArn or ResourceNotFound. */
export async function findAlias(world: World, text: string): Promise<{ machine: Machine; alias: Alias }> {
  const arn = parseAliasArn(text);
  const machine = await readMachine(world, arn.name);
  if (machine?.machineArn !== arn.arn) throw referencedResourceNotFound(text);
  const alias = await readAlias(world, machine, arn.alias);
  if (alias === undefined) throw referencedResourceNotFound(text);
  return { machine, alias };
}
