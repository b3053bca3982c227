// State machines and their immutable revisions, kept in the table. Names are AWS's.
//
// A machine is one head item (`machines`, its name), changed only by a conditional put on `version`, which is new
// for every write. What belongs to it lies under `machine#<name>`: revisions, versions, aliases. Revision ids are
// never used twice, so whoever runs one may cache it; versions and aliases carry the machine's `incarnation`, so
// those of a deleted machine never come back with its name. A deleted machine leaves an expired head item, because
// only a put can have a condition.

import { ApiError, Unreadable } from '../errors.ts';
import type { Condition, Item } from '../ports.ts';
import type { World } from '../world.ts';
import { loadBody, storeBody } from './body.ts';
import { listNames, readCreation } from './names.ts';
import { readStanding } from './standing.ts';

export interface LoggingConfiguration {
  level: 'ALL' | 'ERROR' | 'FATAL' | 'OFF';
  includeExecutionData: boolean;
  destinations?: { cloudWatchLogsLogGroup: { logGroupArn: string } }[];
}

export interface EncryptionConfiguration {
  type: 'AWS_OWNED_KEY' | 'CUSTOMER_MANAGED_KMS_KEY';
  kmsKeyId?: string;
  kmsDataKeyReusePeriodSeconds?: number;
}

/** One immutable version of a machine: what an execution is pinned to. */
export interface Revision {
  machineArn: string;
  name: string;
  /** A UUID, also of the first revision, which users know as `INITIAL`. */
  revisionId: string;
  /** Whether it is the one that CreateStateMachine made. */
  isInitial: boolean;
  /** The text as the caller sent it. */
  definition: string;
  roleArn: string;
  type: 'STANDARD' | 'EXPRESS';
  loggingConfiguration: LoggingConfiguration;
  tracingConfiguration: { enabled: boolean };
  encryptionConfiguration: EncryptionConfiguration;
  createdAt: number;
}

/** What a machine is at the moment: all that starting an execution needs. */
export interface Machine {
  machineArn: string;
  name: string;
  type: 'STANDARD' | 'EXPRESS';
  status: 'ACTIVE' | 'DELETING';
  creationDate: number;
  /** The id of its first revision: tells it from earlier machines of its name. */
  incarnation: string;
  revisionId: string;
  roleArn: string;
  /** The number given to the newest version; never given again. */
  lastVersion: number;
  /** The version published from the current revision, if there is one. */
  publishedVersion?: number;
  tags: Record<string, string>;
}

const MACHINES = 'machines';
const DAY_SECONDS = 86_400;
/** Days that the records of an execution outlive its retention (D12); its revision does too. */
const GRACE_DAYS = 8;
/** Entries of the list index read at once in the search for an execution that still runs. */
const SCAN_PAGE = 100;
/** Changes that may get in between one read and its write before the caller is told to try again. */
const MAX_ATTEMPTS = 20;

/** The partition of all that belongs to the machine of this name. */
export function machinePartition(name: string): string {
  return `machine#${name}`;
}

/** The machine, unless it was deleted. One that is being deleted goes for good once nothing of it runs. */
export async function readMachine(world: World, name: string): Promise<Machine | undefined> {
  return (await readHead(world, name))?.machine;
}

interface Head {
  machine: Machine;
  version: string;
}

async function readHead(world: World, name: string): Promise<Head | undefined> {
  const item = await world.table.get({ pk: MACHINES, sk: name });
  if (item === undefined || hasExpired(world, item)) return undefined;
  const head = { machine: await loadMachine(world, item), version: item.version as string };
  if (head.machine.status === 'DELETING' && !(await isRunning(world, head.machine))) {
    await bury(world, head);
    return undefined;
  }
  return head;
}

async function loadMachine(world: World, item: Item): Promise<Machine> {
  return (await loadBody(world.payloads, item)) as Machine;
}

function hasExpired(world: World, item: Item): boolean {
  return typeof item.expires === 'number' && item.expires < nowSeconds(world);
}

function nowSeconds(world: World): number {
  return Math.floor(world.clock.now() / 1000);
}

/** Stores a new machine; false when there is one of its name. */
export async function createMachine(world: World, machine: Machine, revision: Revision): Promise<boolean> {
  await writeRevision(world, machine, revision);
  const condition = { if: 'absent-or-expired', nowSeconds: nowSeconds(world) } as const;
  const created = await putHead(world, machine, condition);
  if (!created) await forgetRevision(world, revision);
  return created;
}

/**
 * Stores what `change` makes of the machine, on top of all earlier changes. A revision that comes with it is stored
 * first. Gives the machine as it is now; undefined when there is none.
 */
export async function changeMachine(
  world: World,
  name: string,
  change: (machine: Machine) => Promise<{ machine: Machine; revision?: Revision }>,
): Promise<Machine | undefined> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const head = await readHead(world, name);
    if (head === undefined) return undefined;
    const { machine, revision } = await change(head.machine);
    if (machine === head.machine) return machine;
    if (revision !== undefined) await writeRevision(world, machine, revision);
    if (await writeHead(world, head.version, machine)) return machine;
    if (revision !== undefined) await forgetRevision(world, revision);
  }
  throw new ApiError('ConflictException', 'The state machine is being changed by too many requests at once', 409);
}

async function writeHead(world: World, version: string, machine: Machine): Promise<boolean> {
  return await putHead(world, machine, { if: 'equals', attribute: 'version', value: version });
}

/** A put that failed may still be mine: its answer was lost and it was sent twice. */
async function putHead(world: World, machine: Machine, condition: Condition): Promise<boolean> {
  const item = await headItem(world, machine);
  if (await world.table.put(item, condition)) return true;
  const stored = await world.table.get({ pk: item.pk, sk: item.sk });
  return stored?.version === item.version;
}

async function headItem(world: World, machine: Machine): Promise<Item> {
  const body = await storeBody(world.payloads, machinePartition(machine.name), machine);
  return { pk: MACHINES, sk: machine.name, version: world.newId(), ...body };
}

/** Machines in order of their names, after the one named; the doctor tells of those that cannot be read. */
export async function listMachines(world: World, limit: number, after?: string): Promise<Machine[]> {
  const found: Machine[] = [];
  let from = after === undefined ? undefined : successor(after);
  while (found.length < limit) {
    const items = await world.table.query({ pk: MACHINES, limit: limit - found.length, ...(from && { from }) });
    for (const item of items) {
      const machine = hasExpired(world, item) ? undefined : await readableMachine(world, item);
      if (machine !== undefined) found.push(machine);
    }
    const last = items.at(-1);
    if (last === undefined) break;
    from = successor(last.sk);
  }
  return found;
}

async function readableMachine(world: World, item: Item): Promise<Machine | undefined> {
  try {
    return await loadMachine(world, item);
  } catch (trouble) {
    if (trouble instanceof Unreadable) return undefined;
    throw trouble;
  }
}

/** Gives up a machine that cannot be read, so that another can have its name. Its revisions stay for those who run them. */
export async function discardMachine(world: World, name: string): Promise<'done' | 'readable' | 'unknown'> {
  const key = { pk: MACHINES, sk: name };
  const item = await world.table.get(key);
  if (item === undefined || hasExpired(world, item)) return 'unknown';
  if ((await readableMachine(world, item)) !== undefined) return 'readable';
  await world.table.delete(key);
  return 'done';
}

/** Names alone, after the one given: also of machines that cannot be read. */
export async function listMachineNames(world: World, limit: number, after?: string): Promise<string[]> {
  const from = after === undefined ? {} : { from: successor(after) };
  const items = await world.table.query({ pk: MACHINES, limit, ...from });
  // Those that were deleted are shown too, because their last executions may be stuck.
  return items.map(({ sk }) => sk);
}

/** The first text that sorts after this one. */
export function successor(text: string): string {
  return `${text}\u0000`;
}

/** Deletes the machine at once, or marks it while executions of it run; they run to their end. */
export async function deleteMachine(world: World, name: string): Promise<void> {
  await changeMachine(world, name, async (machine) => ({
    machine: machine.status === 'DELETING' ? machine : { ...machine, status: 'DELETING' },
  }));
  await readHead(world, name);
}

/** Asks the log of every execution that the list index, which may lag, shows as running. */
async function isRunning(world: World, { machineArn }: Machine): Promise<boolean> {
  const query = { machineArn, status: 'RUNNING', limit: SCAN_PAGE } as const;
  let page = await listNames(world, query);
  for (;;) {
    for (const { executionArn } of page.executions) {
      const creation = await readCreation(world, executionArn);
      if (creation !== undefined && (await readStanding(world, creation)).status === 'RUNNING') return true;
    }
    if (page.next === undefined) return false;
    page = await listNames(world, { ...query, after: page.next });
  }
}

/**
 * Ends the machine for good. Its revisions stay as long as executions may be looked at; its versions and aliases are
 * out of reach once the head is gone, so a crash in between costs nothing but their space.
 */
async function bury(world: World, { machine, version }: Head): Promise<void> {
  // Long ago, so that it has expired to clocks that are behind, too.
  const expired = nowSeconds(world) - DAY_SECONDS;
  const tombstone = { pk: MACHINES, sk: machine.name, version: world.newId(), expires: expired };
  const buried = await world.table.put(tombstone, { if: 'equals', attribute: 'version', value: version });
  if (!buried) return;
  const expires = nowSeconds(world) + (world.settings.retentionDays + GRACE_DAYS) * DAY_SECONDS;
  for (const { pk, sk, ...item } of await world.table.query({ pk: machinePartition(machine.name) })) {
    if (item.incarnation !== machine.incarnation || item.expires !== undefined) continue;
    if (sk.startsWith(REVISION)) await world.table.update({ pk, sk }, { expires }, { if: 'exists' });
    else await world.table.delete({ pk, sk });
  }
}

const REVISION = 'revision#';

function revisionKey(revision: { name: string; revisionId: string }) {
  return { pk: machinePartition(revision.name), sk: REVISION + revision.revisionId };
}

async function writeRevision(world: World, { incarnation }: Machine, revision: Revision): Promise<void> {
  const key = revisionKey(revision);
  await world.table.put({ ...key, incarnation, ...(await storeBody(world.payloads, key.pk, revision)) });
}

/** Removes a revision that no machine came to have. */
async function forgetRevision(world: World, revision: Revision): Promise<void> {
  await world.table.delete(revisionKey(revision));
}

/** The revision an execution runs; never changes once written, so callers may cache it. */
export async function readRevision(
  world: World,
  machineArn: string,
  revisionId: string,
): Promise<Revision | undefined> {
  const name = machineArn.slice(machineArn.lastIndexOf(':') + 1);
  const item = await world.table.get(revisionKey({ name, revisionId }));
  if (item === undefined) return undefined;
  return (await loadBody(world.payloads, item)) as Revision;
}
