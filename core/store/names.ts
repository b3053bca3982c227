// The name item: execution ARN -> the creation that holds the name. It decides who owns a name, and it is the entry of
// the execution in the list index; what happened to the execution is the log's to say.

import type { Creation, ExecutionStatus, Listed } from '../execution.ts';
import type { Item } from '../ports.ts';
import type { World } from '../world.ts';
import { loadBody, storeBody } from './body.ts';
import { extendHeartbeats } from './heartbeats.ts';
import { expiry, extendLife, readNewest, readRecord } from './log.ts';
import { extendTurns } from './turns.ts';

const NAME_PREFIX = 'name#';

function nameKey(executionArn: string) {
  return { pk: NAME_PREFIX + executionArn, sk: 'name' };
}

function listOf(machineArn: string): string {
  return `executions#${machineArn}`;
}

function listSortOf({ run }: Creation, at: number): string {
  return `${new Date(at).toISOString()}#${run}`;
}

/** The same as `takeName`, for whoever comes when the name is likely to be held: a read costs less than a put. */
export async function holdName(world: World, creation: Creation): Promise<Creation> {
  return (await readCreation(world, creation.executionArn)) ?? (await takeName(world, creation));
}

/** Takes the name if nobody holds it; gives the creation that holds it in the end. */
export async function takeName(world: World, creation: Creation): Promise<Creation> {
  const body = await storeBody(world.payloads, `run#${creation.run}`, creation);
  const item: Item = {
    ...nameKey(creation.executionArn),
    ...body,
    expires: expiry(world),
    list: listOf(creation.machineArn),
    listSort: listSortOf(creation, creation.startDate),
    summary: JSON.stringify(summaryOf(creation, BEGUN)),
    change: changeOf(BEGUN),
  };
  const nowSeconds = Math.floor(world.clock.now() / 1000);
  if (await world.table.put(item, { if: 'absent-or-expired', nowSeconds })) return creation;
  return (await readCreation(world, creation.executionArn)) ?? creation;
}

/** The creation that holds this name; an expired item holds nothing, even where the TTL has not deleted it yet. */
export async function readCreation(world: World, executionArn: string): Promise<Creation | undefined> {
  const item = await world.table.get(nameKey(executionArn));
  if (item === undefined || Number(item.expires) * 1000 <= world.clock.now()) return undefined;
  return (await loadBody(world.payloads, item)) as Creation;
}

/** Gives up the name, whatever holds it. */
export async function forgetName(world: World, executionArn: string): Promise<void> {
  await world.table.delete(nameKey(executionArn));
}

type Outcome = Pick<Listed, 'status' | 'redriveCount'> & {
  stopDate?: number | undefined;
  redriveDate?: number | undefined;
  isBeingRedriven?: boolean;
};

const BEGUN: Outcome = { status: 'RUNNING', redriveCount: 0 };

/** What the keys of the entry do not say already. */
function summaryOf(creation: Creation, outcome: Outcome): object {
  const { name, startDate, versionArn, aliasArn } = creation;
  return {
    name,
    startDate,
    ...(versionArn === undefined ? {} : { versionArn }),
    ...(aliasArn === undefined ? {} : { aliasArn }),
    ...outcome,
  };
}

/** Counts what a list entry has shown: the beginning is 0, and every end and every redrive is one more. */
function changeOf({ status, redriveCount }: Outcome): number {
  return 2 * redriveCount + (status === 'RUNNING' ? 0 : 1);
}

/** A list is in the order in which executions began; one that was redriven began with that. */
function entryOf(creation: Creation, head: Outcome) {
  const { status, redriveCount, stopDate, redriveDate, isBeingRedriven } = head;
  const about = isBeingRedriven ? { isBeingRedriven } : {};
  return {
    summary: JSON.stringify(summaryOf(creation, { status, redriveCount, stopDate, redriveDate, ...about })),
    change: changeOf(head),
    ...(redriveDate === undefined ? {} : { listSort: listSortOf(creation, redriveDate) }),
  };
}

/**
 * Brings the list entry up to date with a head of the log. Harmless twice, and when it comes after what happened later.
 *
 * An end of which it is said that somebody redrives it may be in the list already, without that.
 */
export async function announce(world: World, creation: Creation, head: Outcome): Promise<void> {
  const key = nameKey(creation.executionArn);
  const entry = entryOf(creation, head);
  const latest = head.isBeingRedriven ? entry.change : entry.change - 1;
  for (let shown = latest; shown <= latest; ) {
    if (await world.table.update(key, entry, { if: 'equals', attribute: 'change', value: shown })) return;
    const item = await world.table.get(key);
    if (item === undefined) return;
    shown = Number(item.change);
  }
}

/** Makes the entry say what the log says, whatever it says now. */
export async function correctEntry(world: World, creation: Creation): Promise<void> {
  const key = nameKey(creation.executionArn);
  for (;;) {
    const item = await world.table.get(key);
    const newest = await readNewest(world, creation.run);
    if (item === undefined || newest === undefined) return;
    // What was announced meanwhile is no older than what was read after the item.
    const { change } = item;
    const condition =
      typeof change === 'number'
        ? ({ if: 'equals', attribute: 'change', value: change } as const)
        : ({ if: 'exists' } as const);
    if (await world.table.update(key, entryOf(creation, newest.head), condition)) return;
  }
}

/** Whoever holds the name or held it last, and until when (epoch seconds): as long as the item is there. */
export async function readHolder(
  world: World,
  executionArn: string,
): Promise<{ creation: Creation; expires: number } | undefined> {
  const item = await world.table.get(nameKey(executionArn));
  return item && { creation: (await loadBody(world.payloads, item)) as Creation, expires: Number(item.expires) };
}

/** A run that goes on without its name, because somebody deleted the item or let it expire, takes it again. */
export async function restoreName(world: World, run: string): Promise<Creation | undefined> {
  const creation = (await readRecord(world, run, 0))?.creation;
  if (creation === undefined || (await readNewest(world, run))?.head.status !== 'RUNNING') return undefined;
  const holder = await takeName(world, creation);
  if (holder.run === run) await correctEntry(world, creation);
  return holder;
}

/** Keeps an execution that stays open for long (D12): its log, then its name, so that nothing is ever left of one without its log. */
export async function keep(world: World, { run, executionArn }: Creation): Promise<void> {
  const expires = expiry(world);
  await extendLife(world, run, expires);
  await extendHeartbeats(world, run, expires);
  await extendTurns(world, run, expires);
  await world.table.update(nameKey(executionArn), { expires }, { if: 'exists' });
}

export interface Entry {
  executionArn: string;
  position: string;
  /** Undefined where the entry cannot be read. */
  listed: Listed | undefined;
}

function entryIn(item: Item, machineArn: string): Entry {
  const executionArn = item.pk.slice(NAME_PREFIX.length);
  const summary = summaryIn(item);
  const listed = summary && { ...summary, executionArn, machineArn };
  return { executionArn, position: String(item.listSort), listed };
}

function summaryIn({ summary }: Item): Omit<Listed, 'executionArn' | 'machineArn'> | undefined {
  try {
    return JSON.parse(String(summary)) ?? undefined;
  } catch {
    return undefined;
  }
}

/** An entry that cannot be read is made anew. */
async function listedIn(world: World, item: Item, machineArn: string): Promise<Listed | undefined> {
  const { executionArn, listed } = entryIn(item, machineArn);
  if (listed !== undefined) return listed;
  const creation = await readCreation(world, executionArn);
  if (creation === undefined) return undefined;
  const head = (await readNewest(world, creation.run))?.head ?? BEGUN;
  return { ...JSON.parse(entryOf(creation, head).summary), executionArn, machineArn };
}

/** A machine's entries in the list index as they stand, oldest first, each with its position. */
export async function listEntries(world: World, machineArn: string, limit: number, after?: string): Promise<Entry[]> {
  const list = listOf(machineArn);
  const items = await world.table.list({ list, limit, ...(after === undefined ? {} : { after }) });
  return items.map((item) => entryIn(item, machineArn));
}

/** A page of a machine's executions, newest first. `after` and `next` are positions in the list. */
export async function listNames(
  world: World,
  query: { machineArn: string; status?: ExecutionStatus; limit: number; after?: string },
): Promise<{ executions: Listed[]; next?: string }> {
  const executions: Listed[] = [];
  let after = query.after;
  for (;;) {
    const limit = query.limit + 1;
    const items = await world.table.list({
      list: listOf(query.machineArn),
      limit,
      descending: true,
      ...(after === undefined ? {} : { after }),
    });
    for (const [index, item] of items.entries()) {
      const listed = await listedIn(world, item, query.machineArn);
      after = String(item.listSort);
      if (listed === undefined || (query.status !== undefined && listed.status !== query.status)) continue;
      executions.push(listed);
      const isLast = index === items.length - 1 && items.length < limit;
      if (executions.length === query.limit) return isLast ? { executions } : { executions, next: after };
    }
    if (items.length < limit) return { executions };
  }
}
