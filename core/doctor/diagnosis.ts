// The doctor: everything that is neither running, nor waiting for something known, nor finished, with what to do about it;
// and mending what can be mended. Page by page, because a deployment may be larger than one request.

import { type Message, readMessage } from '../driver/message.ts';
import { parseDefinition } from '../store/definitions.ts';
import { readNewest } from '../store/log.ts';
import { readMachine, readRevision } from '../store/machines.ts';
import { readCreation } from '../store/names.ts';
import { discard, readTrouble, resume, type Shelved } from '../store/stalled.ts';
import type { World } from '../world.ts';
import { examineExecution } from './examination.ts';
import { defectOf, type Finding, type Trouble, when } from './findings.ts';
import { type Place, type Sight, survey } from './survey.ts';

export interface Examination {
  /** What was due before this moment and has not come is overdue. */
  before: number;
  /** Also executions that the list shows as ended. */
  isThorough?: boolean;
}

/** Executions examined for one page, and entries looked at. */
const EXAMINED_MAX = 100;
const SEEN_MAX = 2_000;

export async function troublesPage(
  world: World,
  examination: Examination,
  from?: Place,
): Promise<{ troubles: Trouble[]; next?: Place }> {
  const troubles: Trouble[] = [];
  let examined = 0;
  let seen = 0;
  for await (const { sight, place } of survey(world, from)) {
    if (isWorthALook(sight, examination)) {
      troubles.push(...(await examine(world, sight, examination)));
      examined++;
    }
    if (examined >= EXAMINED_MAX || ++seen >= SEEN_MAX) return { troubles, next: place };
  }
  return { troubles };
}

/** Whether the sight may be in trouble, as far as can be told without reading more. */
export function isWorthALook(sight: Sight, { isThorough = false }: Examination): boolean {
  if (sight.kind !== 'execution') return true;
  const { status, isBeingRedriven = false } = sight.listed;
  return isThorough || isBeingRedriven || status === 'RUNNING';
}

/** Everything wrong with what was seen. One thing that cannot be read hides no other. */
export async function examine(world: World, sight: Sight, { before }: Examination): Promise<Trouble[]> {
  switch (sight.kind) {
    case 'shelved':
      return [await examineShelved(world, sight.shelved)];
    case 'machine':
      return await examineMachine(world, sight.name, sight.machineArn);
    case 'execution':
      return await examineExecution(world, sight.listed, before);
  }
}

/** Mends what can be; gives what was found, with what became of it. */
export async function mend(troubles: Trouble[]): Promise<(Finding & { repaired: boolean })[]> {
  const results: (Finding & { repaired: boolean })[] = [];
  for (const { mend: remedy, ...finding } of troubles) {
    try {
      await remedy?.();
      results.push({ ...finding, repaired: remedy !== undefined });
    } catch (thrown) {
      // What cannot be mended keeps nothing else from it.
      results.push({ ...finding, cause: defectOf(thrown), repaired: false });
    }
  }
  return results;
}

async function examineShelved(world: World, shelved: Shelved): Promise<Trouble> {
  const { id, shelvedAt, queue, body, key } = shelved;
  const subject = id;
  const since = `of the queue '${queue}' is on the shelf since ${when(shelvedAt)}`;
  try {
    const message = await readMessage(world, body);
    const { run, executionArn, kind } = message;
    const holder = await readCreation(world, executionArn);
    const isOver = kind !== 'express' && (await isRunOver(world, message, holder?.run));
    if (isOver)
      return {
        kind: 'shelved',
        subject,
        problem: `A message ${since}, but ${executionArn} needs it no longer.`,
        advice: 'stepwell doctor --repair takes it off the shelf.',
        mend: () => discard(world, key),
      };
    const trouble = await readTrouble(world, run);
    return {
      kind: 'shelved',
      subject,
      problem: `A message (${kind}) ${since}, because no worker could process it; it is about ${executionArn}.`,
      ...(trouble && { cause: trouble.text }),
      advice: 'Remove the cause (deploy the fix); then stepwell doctor --repair sends it again.',
      mend: () => resume(world, shelved),
    };
  } catch (thrown) {
    return {
      kind: 'unreadable',
      subject,
      problem: `A message ${since}, because it cannot be read.`,
      cause: defectOf(thrown),
      advice: `If it is of no use: stepwell doctor --discard ${id}. The execution it was about is woken from its log.`,
    };
  }
}

/**
 * Whether nothing can come of a message any more: its run does not hold the name, or has ended; but not by this very
 * message, whose worker may have been lost before it told anybody.
 */
async function isRunOver(world: World, { id, run, kind }: Message, holder: string | undefined): Promise<boolean> {
  if (holder !== run) return kind !== 'start';
  const newest = await readNewest(world, run);
  if (newest === undefined || newest.head.status === 'RUNNING' || newest.causes.includes(id)) return false;
  return kind !== 'redrive' && kind !== 'cancel';
}

async function examineMachine(world: World, name: string, machineArn: string): Promise<Trouble[]> {
  const trouble = (problem: string, thrown: unknown, advice: string): Trouble[] => [
    { kind: 'definition', subject: machineArn, problem, cause: defectOf(thrown), advice },
  ];
  let revisionId: string;
  try {
    const machine = await readMachine(world, name);
    if (machine === undefined) return [];
    revisionId = machine.revisionId;
  } catch (thrown) {
    return trouble(
      'The state machine cannot be read.',
      thrown,
      'Restore its item from a backup of the table, or delete the item and create the state machine again.',
    );
  }
  try {
    const revision = await readRevision(world, machineArn, revisionId);
    if (revision === undefined) throw new Error(`Revision ${revisionId} is not in the table`);
    parseDefinition(revision.definition);
    return [];
  } catch (thrown) {
    return trouble('Its definition cannot be loaded.', thrown, 'Update the state machine with a good definition.');
  }
}
