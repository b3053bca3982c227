// All there is to look after, one thing after the other: messages on the shelf, state machines, their executions. The
// walk can be left anywhere and taken up again, because a deployment may be larger than one request.
import { listMachineNames } from '../store/machines.ts';
import { listEntries } from '../store/names.ts';
import { listShelved, type Shelved } from '../store/stalled.ts';
import type { World } from '../world.ts';
import type { Seen } from './examination.ts';

export type Sight =
  | { kind: 'shelved'; shelved: Shelved }
  | { kind: 'machine'; name: string; machineArn: string }
  | ({ kind: 'execution' } & Seen);

/** Where the walk goes on: after this message; after this entry of the machine's list; with the machine after this one. */
export type Place = { shelf: string } | { machine: string; entry: string } | { machine: string };

const PAGE = 100;

/** Everything after `from`, each with the place after it. */
export async function* survey(
  world: World,
  from: Place = { shelf: '' },
): AsyncGenerator<{ sight: Sight; place: Place }> {
  if ('shelf' in from) yield* shelf(world, from.shelf);
  let machine = 'machine' in from ? from.machine : undefined;
  if (machine !== undefined && 'entry' in from) yield* executions(world, machine, from.entry);
  for (;;) {
    const names = await listMachineNames(world, PAGE, machine);
    for (const name of names) {
      yield {
        sight: { kind: 'machine', name, machineArn: machineArnOf(world, name) },
        place: { machine: name, entry: '' },
      };
      yield* executions(world, name, '');
    }
    machine = names.at(-1);
    if (names.length < PAGE) return;
  }
}

async function* shelf(world: World, after: string): AsyncGenerator<{ sight: Sight; place: Place }> {
  for (let last = after; ; ) {
    const page = await listShelved(world, PAGE, last);
    for (const shelved of page) yield { sight: { kind: 'shelved', shelved }, place: { shelf: shelved.key.sk } };
    if (page.length < PAGE) return;
    last = page.at(-1)?.key.sk ?? last;
  }
}

async function* executions(
  world: World,
  machine: string,
  after: string,
): AsyncGenerator<{ sight: Sight; place: Place }> {
  for (let last = after; ; ) {
    const page = await listEntries(world, machineArnOf(world, machine), PAGE, last === '' ? undefined : last);
    for (const { executionArn, listed, position } of page) {
      last = position;
      yield { sight: { kind: 'execution', executionArn, listed }, place: { machine, entry: position } };
    }
    if (page.length < PAGE) return;
  }
}

function machineArnOf({ settings: { partition, region, account } }: World, name: string): string {
  return `arn:${partition}:states:${region}:${account}:stateMachine:${name}`;
}
