// The doctor: everything that is neither running, nor waiting for something known, nor finished, with what to do about it;
// and mending what can be mended. Page by page, because a deployment may be larger than one request.

import { parseDefinition, revisionMissing } from '../store/definitions.ts';
import { readMachine, readRevision } from '../store/machines.ts';
import type { World } from '../world.ts';
import { type Examination, examineExecution } from './examination.ts';
import { defectOf, type Finding, type Trouble } from './findings.ts';
import { examineShelved } from './shelf.ts';
import { type Place, type Sight, survey } from './survey.ts';

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
  if (sight.kind !== 'execution' || isThorough || sight.listed === undefined) return true;
  return sight.listed.status === 'RUNNING' || sight.listed.isBeingRedriven === true;
}

/** Everything wrong with what was seen. One thing that cannot be read hides no other. */
export async function examine(world: World, sight: Sight, examination: Examination): Promise<Trouble[]> {
  switch (sight.kind) {
    case 'shelved':
      return [await examineShelved(world, sight.shelved)];
    case 'machine':
      return await examineMachine(world, sight.name, sight.machineArn);
    case 'execution':
      return await examineExecution(world, sight, examination);
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
      `Restore its item from a backup; or stepwell doctor --discard ${machineArn}, and create it again: executions that run go on.`,
    );
  }
  try {
    const revision = await readRevision(world, machineArn, revisionId);
    if (revision === undefined) throw revisionMissing({ machineArn, revisionId });
    parseDefinition(revision.definition);
    return [];
  } catch (thrown) {
    return trouble(
      'Its definition cannot be loaded.',
      thrown,
      `stepwell create ${name} <file with a good definition>.`,
    );
  }
}
