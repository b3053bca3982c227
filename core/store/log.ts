// The log of a run: records 0, 1, 2... each one conditional put. Key design and record encoding stand here, once,
// above every Table.

import type { Command } from '../engine/activation.ts';
import type { Frame, Head } from '../engine/state.ts';
import { Unreadable } from '../errors.ts';
import type { Creation, HistoryEvent } from '../execution.ts';
import type { Item } from '../ports.ts';
import type { World } from '../world.ts';
import { loadBody, storeBody } from './body.ts';

export interface LogRecord {
  seq: number;
  /** New for every put: a record that bears it is mine, even if the answer of the put was lost. */
  nonce: string;
  /** Ids of the messages its worker held (D3). */
  causes: string[];
  events: HistoryEvent[];
  /** New versions of frames that live on. */
  frames: Frame[];
  ended?: Record<string, Record<number, string>>;
  head: Head;
  /** What the record owes to the world; `by` says for which of the causes, where it is for one alone. */
  commands: (Command & { by?: number })[];
  /** Those of the causes whose answer or redrive took effect here. */
  granted?: string[];
  /** In record 0 only. */
  creation?: Creation;
}

const DAY_SECONDS = 86_400;
/** Added to the retention at birth; the audit re-stamps runs that stay open for longer (D12). */
const GRACE_DAYS = 8;

export function expiry(world: World): number {
  return Math.ceil(world.clock.now() / 1000) + (world.settings.retentionDays + GRACE_DAYS) * DAY_SECONDS;
}

function logKey(run: string): string {
  return `run#${run}`;
}

/** Sorts as the number does. */
function seqKey(seq: number): string {
  return String(seq).padStart(10, '0');
}

/** Wins or loses the seq; false means that another record has it (D1). */
export async function putRecord(world: World, run: string, record: LogRecord): Promise<boolean> {
  const body = await storeBody(world.payloads, logKey(run), record);
  const item = { pk: logKey(run), sk: seqKey(record.seq), ...body, expires: expiry(world) };
  return await world.table.put(item, { if: 'absent' });
}

export async function readRecord(world: World, run: string, seq: number): Promise<LogRecord | undefined> {
  const item = await world.table.get({ pk: logKey(run), sk: seqKey(seq) });
  return item && (await decode(world, item));
}

export async function readNewest(world: World, run: string): Promise<LogRecord | undefined> {
  const [item] = await world.table.query({ pk: logKey(run), descending: true, limit: 1 });
  return item && (await decode(world, item));
}

/** Records from this seq on, in order and without a gap. */
export async function readFrom(world: World, run: string, seq: number, limit?: number): Promise<LogRecord[]> {
  const items = await world.table.query({
    pk: logKey(run),
    from: seqKey(seq),
    ...(limit === undefined ? {} : { limit }),
  });
  const gap = items.findIndex(({ sk }, index) => sk !== seqKey(seq + index));
  if (gap !== -1) throw recordMissing(run, seq + gap);
  return await Promise.all(items.map((item) => decode(world, item)));
}

export function recordMissing(run: string, seq: number): Unreadable {
  return new Unreadable(`The item ${logKey(run)} / ${seqKey(seq)}, record ${seq} of its log, is not in the table`);
}

async function decode(world: World, item: Item): Promise<LogRecord> {
  return (await loadBody(world.payloads, item)) as LogRecord;
}

const EXTENDED_AT_ONCE = 100;

/** Gives the records of a run that stays open a later expiry (D12). Costs one write per record, so the audit does it weekly. */
export async function extendLife(world: World, run: string, expires: number): Promise<void> {
  await extendItems(world, logKey(run), expires);
}

/** The same for all that stands under a key. */
export async function extendItems(world: World, partition: string, expires: number): Promise<void> {
  for (let from = ''; ; ) {
    const page = await world.table.query({ pk: partition, from, limit: EXTENDED_AT_ONCE });
    for (const { pk, sk } of page) await world.table.update({ pk, sk }, { expires }, { if: 'exists' });
    const last = page.at(-1);
    if (last === undefined || page.length < EXTENDED_AT_ONCE) return;
    from = `${last.sk}\u0000`;
  }
}

/** Removes the log for good. */
export async function forgetLog(world: World, run: string): Promise<void> {
  for (;;) {
    const page = await world.table.query({ pk: logKey(run), limit: EXTENDED_AT_ONCE });
    for (const { pk, sk } of page) await world.table.delete({ pk, sk });
    if (page.length < EXTENDED_AT_ONCE) return;
  }
}
