// Messages that nobody could process: what can come of each, and trying them again.
import { type Message, readMessage } from '../driver/message.ts';
import { Unreadable } from '../errors.ts';
import { readNewest } from '../store/log.ts';
import { readCreation } from '../store/names.ts';
import { discard, listRested, putBack, readTrouble, resume, type Shelved } from '../store/stalled.ts';
import type { World } from '../world.ts';
import { defectOf, type Trouble, when } from './findings.ts';

/** Sends again what has lain on the shelf for an hour; gives how many. What cannot be read stays where it can be found. */
export async function resumeRested(world: World): Promise<number> {
  let resumed = 0;
  for (const shelved of await listRested(world)) {
    if (await isReadable(world, shelved.body)) {
      await resume(world, shelved);
      resumed++;
    } else await putBack(world, shelved);
  }
  return resumed;
}

async function isReadable(world: World, body: string): Promise<boolean> {
  try {
    await readMessage(world, body);
    return true;
  } catch (trouble) {
    if (trouble instanceof Unreadable) return false;
    throw trouble;
  }
}

export async function examineShelved(world: World, shelved: Shelved): Promise<Trouble> {
  const { id: subject, shelvedAt, queue, body, key } = shelved;
  const since = `of the queue '${queue}' is on the shelf since ${when(shelvedAt)}`;
  const message = await readMessage(world, body).catch((thrown) => ({ defect: defectOf(thrown) }));
  if ('defect' in message)
    return {
      kind: 'unreadable',
      subject,
      problem: `A message ${since}, because it cannot be read.`,
      cause: message.defect,
      advice: `If it is of no use: stepwell doctor --discard ${subject}. The execution it was about is woken from its log.`,
    };
  const { run, executionArn, kind } = message;
  const verdict = await needOf(world, message).catch((thrown) => ({ defect: defectOf(thrown) }));
  if (verdict === 'over')
    return {
      kind: 'shelved',
      subject,
      problem: `A message ${since}, but ${executionArn} needs it no longer.`,
      advice: 'stepwell doctor --repair takes it off the shelf.',
      mend: () => discard(world, key),
    };
  const problem = `A message (${kind}) ${since}, because no worker could process it; it is about ${executionArn}.`;
  if (verdict !== 'open')
    return {
      kind: 'shelved',
      subject,
      problem,
      cause: verdict.defect,
      advice: 'Restore what cannot be read, as is said of the execution; then stepwell doctor --repair sends it again.',
    };
  const trouble = await readTrouble(world, run);
  return {
    kind: 'shelved',
    subject,
    problem,
    ...(trouble && { cause: trouble.text }),
    advice: 'Remove the cause (deploy the fix); then stepwell doctor --repair sends it again.',
    mend: () => resume(world, shelved),
  };
}

/**
 * `over` if nothing can come of a message any more: its run does not hold the name, or has ended; but not by this very
 * message, whose worker may have been lost before it told anybody. A name that nobody holds says nothing of its run.
 */
async function needOf(world: World, { id, run, executionArn, kind }: Message): Promise<'open' | 'over'> {
  if (kind === 'express') return 'open';
  const holder = await readCreation(world, executionArn);
  if (holder !== undefined && holder.run !== run) return kind === 'start' ? 'open' : 'over';
  const newest = await readNewest(world, run);
  if (newest === undefined) return holder === undefined && kind !== 'start' ? 'over' : 'open';
  if (newest.head.status === 'RUNNING' || newest.causes.includes(id)) return 'open';
  return kind === 'redrive' || kind === 'cancel' ? 'open' : 'over';
}
