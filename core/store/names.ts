// The name item: execution ARN -> the creation that holds the name. It decides who owns a name, and it is the entry of
// the execution in the list index; what happened to the execution is the log's to say.

import type { Creation, ExecutionStatus, Listed } from '../execution.ts';
import type { Item } from '../ports.ts';
import type { World } from '../world.ts';
import { loadBody, storeBody } from './body.ts';
import { expiry } from './log.ts';
import { isWaitOpen } from './run-state.ts';

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

/**
 * The same as `takeName`, for whoever comes when the name is likely to be held: a read costs less than a put. Undefined
 * for a child that has not begun when its parent no longer waits: it was told to stop already, and nobody else would.
 */
export async function holdName(world: World, creation: Creation): Promise<Creation | undefined> {
  const holder = await readCreation(world, creation.executionArn);
  if (holder !== undefined) return holder;
  const { parent } = creation;
  if (parent !== undefined && !(await isWaitOpen(world, parent.run, parent.wait))) return undefined;
  return await takeName(world, creation);
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

/**
 * Brings the list entry up to date with a head of the log. Harmless twice, and when it comes after what happened later.
 * A list is in the order in which executions began; one that was redriven began with that.
 *
 * An end of which it is said that somebody redrives it may be in the list already, without that.
 */
export async function announce(world: World, creation: Creation, head: Outcome): Promise<void> {
  const { status, redriveCount, stopDate, redriveDate, isBeingRedriven } = head;
  const key = nameKey(creation.executionArn);
  const change = changeOf(head);
  const about = isBeingRedriven ? { isBeingRedriven } : {};
  const latest = isBeingRedriven ? change : change - 1;
  const entry = {
    summary: JSON.stringify(summaryOf(creation, { status, redriveCount, stopDate, redriveDate, ...about })),
    change,
    ...(redriveDate === undefined ? {} : { listSort: listSortOf(creation, redriveDate) }),
  };
  for (let shown = latest; shown <= latest; ) {
    if (await world.table.update(key, entry, { if: 'equals', attribute: 'change', value: shown })) return;
    const item = await world.table.get(key);
    if (item === undefined) return;
    shown = Number(item.change);
  }
}

/** Keeps the name of an execution that stays open for long (D12). */
export async function extendName(world: World, executionArn: string): Promise<void> {
  await world.table.update(nameKey(executionArn), { expires: expiry(world) }, { if: 'exists' });
}

function listedOf(item: Item, machineArn: string): Listed {
  return { ...JSON.parse(String(item.summary)), executionArn: item.pk.slice(NAME_PREFIX.length), machineArn };
}

/** A machine's entries in the list index as they stand, oldest first, each with its position. */
export async function listEntries(
  world: World,
  machineArn: string,
  limit: number,
  after?: string,
): Promise<{ listed: Listed; position: string }[]> {
  const list = listOf(machineArn);
  const items = await world.table.list({ list, limit, ...(after === undefined ? {} : { after }) });
  return items.map((item) => ({ listed: listedOf(item, machineArn), position: String(item.listSort) }));
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
      const listed = listedOf(item, query.machineArn);
      after = String(item.listSort);
      if (query.status !== undefined && listed.status !== query.status) continue;
      executions.push(listed);
      const isLast = index === items.length - 1 && items.length < limit;
      if (executions.length === query.limit) return isLast ? { executions } : { executions, next: after };
    }
    if (items.length < limit) return { executions };
  }
}
