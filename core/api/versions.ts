// Versions of state machines: numbered names for revisions. The number is taken in the machine's head item first, so
// no two versions share one; the record follows, and is written again by whoever publishes the same revision should
// the first writer have been lost in between.
import { loadBody, pack } from '../store/body.ts';
import { changeMachine, type Machine, machinePartition, successor } from '../store/machines.ts';
import type { World } from '../world.ts';
import { conflict, quotaExceeded, stateMachineDeleting } from './exceptions.ts';

export interface Version {
  version: number;
  revisionId: string;
  roleArn: string;
  description?: string;
  creationDate: number;
}

const MAX_VERSIONS = 1_000;
const INITIAL = 'INITIAL';

export function versionArnOf(machine: Machine, version: number): string {
  return `${machine.machineArn}:${version}`;
}

/** The machine with a version number for its current revision: a new one unless it was published before. */
export function withVersion(machine: Machine): Machine & { publishedVersion: number } {
  if (machine.publishedVersion !== undefined) return machine as Machine & { publishedVersion: number };
  const version = machine.lastVersion + 1;
  return { ...machine, lastVersion: version, publishedVersion: version };
}

/**
 * Publishes the current revision, which must be the one expected, if one is. The same revision has only one version:
 * publishing it again gives that one. Undefined when there is no such machine.
 */
export async function publishVersion(
  world: World,
  name: string,
  options: { expectedRevisionId?: string | undefined; description?: string | undefined },
): Promise<{ machine: Machine; version: Version } | undefined> {
  const machine = await changeMachine(world, name, async (current) => {
    if (current.status === 'DELETING') throw stateMachineDeleting(current.machineArn);
    checkExpected(current, options.expectedRevisionId);
    if (current.publishedVersion === undefined) await checkQuota(world, current);
    return { machine: withVersion(current) };
  });
  return machine && { machine, version: await recordVersion(world, machine, options.description) };
}

function checkExpected(machine: Machine, expected: string | undefined): void {
  const current = machine.revisionId === machine.incarnation ? INITIAL : machine.revisionId;
  if (expected !== undefined && expected !== current)
    throw conflict(
      `Failed to publish the State Machine version for revision ${expected}. ` +
        `The current State Machine revision is ${current}.`,
    );
}

/** Throws ServiceQuotaExceededException when the machine can have no further version. */
export async function checkQuota(world: World, machine: Machine): Promise<void> {
  const versions = await listVersions(world, machine, MAX_VERSIONS);
  if (versions.length >= MAX_VERSIONS)
    throw quotaExceeded(`A state machine can have at most ${MAX_VERSIONS} published versions`);
}

/** Writes the record of the version that the machine's head names, or gives the one that is there. */
export async function recordVersion(world: World, machine: Machine, description?: string): Promise<Version> {
  const { publishedVersion, revisionId, roleArn, incarnation } = machine as Machine & { publishedVersion: number };
  const version: Version = { version: publishedVersion, revisionId, roleArn, creationDate: world.clock.now() };
  if (description !== undefined) version.description = description;
  const key = versionKey(machine, publishedVersion);
  const written = await world.table.put({ ...key, incarnation, body: pack(version) }, { if: 'absent' });
  return (written ? undefined : await readVersion(world, machine, publishedVersion)) ?? version;
}

export async function readVersion(world: World, machine: Machine, version: number): Promise<Version | undefined> {
  const item = await world.table.get(versionKey(machine, version));
  return item && ((await loadBody(world.payloads, item)) as Version);
}

/** Newest first, below the number given. */
export async function listVersions(world: World, machine: Machine, limit: number, below?: number): Promise<Version[]> {
  const { pk, sk: first } = versionKey(machine, 0);
  const to = below === undefined ? versionKey(machine, LARGEST).sk : versionKey(machine, below - 1).sk;
  const items = await world.table.query({ pk, from: successor(first), to, limit, descending: true });
  return Promise.all(items.map(async (item) => (await loadBody(world.payloads, item)) as Version));
}

export async function deleteVersion(world: World, machine: Machine, version: number): Promise<void> {
  await changeMachine(world, machine.name, async (current) => {
    if (current.publishedVersion !== version || current.incarnation !== machine.incarnation)
      return { machine: current };
    const { publishedVersion: _, ...unpublished } = current;
    return { machine: unpublished };
  });
  await world.table.delete(versionKey(machine, version));
}

const LARGEST = 9_999_999_999;

function versionKey({ name, incarnation }: Machine, version: number) {
  return { pk: machinePartition(name), sk: `version#${incarnation}#${String(version).padStart(10, '0')}` };
}
