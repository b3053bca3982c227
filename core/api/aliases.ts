// Aliases of state machines: names that route executions to one or two versions by weight.

import type { Item } from '../ports.ts';
import { loadBody, pack } from '../store/body.ts';
import { type Machine, machinePartition, successor } from '../store/machines.ts';
import type { World } from '../world.ts';

export interface Route {
  version: number;
  /** Of 100. */
  weight: number;
}

/** Of one state machine. */
export const MAX_ALIASES = 100;

export interface Alias {
  name: string;
  description?: string;
  routes: Route[];
  creationDate: number;
  updateDate: number;
}

export function aliasArnOf(machine: Machine, name: string): string {
  return `${machine.machineArn}:${name}`;
}

/** Stores a new alias, or gives the one that has its name. */
export async function createAlias(world: World, machine: Machine, alias: Alias): Promise<Alias> {
  const created = await world.table.put(aliasItem(machine, alias), { if: 'absent' });
  return (created ? undefined : await readAlias(world, machine, alias.name)) ?? alias;
}

/** Replaces an alias; false when it is gone. */
export async function replaceAlias(world: World, machine: Machine, alias: Alias): Promise<boolean> {
  return world.table.put(aliasItem(machine, alias), { if: 'exists' });
}

export async function readAlias(world: World, machine: Machine, name: string): Promise<Alias | undefined> {
  const item = await world.table.get(aliasKey(machine, name));
  return item && ((await loadBody(world.payloads, item)) as Alias);
}

export async function deleteAlias(world: World, machine: Machine, name: string): Promise<void> {
  await world.table.delete(aliasKey(machine, name));
}

/** In order of their names, after the one named. */
export async function listAliases(world: World, machine: Machine, limit: number, after = ''): Promise<Alias[]> {
  const { pk, sk } = aliasKey(machine, after);
  const to = aliasKey(machine, '\uffff').sk;
  const items = await world.table.query({ pk, from: successor(sk), to, limit });
  return Promise.all(items.map(async (item) => (await loadBody(world.payloads, item)) as Alias));
}

/** The version an execution started now goes to. */
export function pickVersion(alias: Alias, random: number): number {
  let rest = random * 100;
  for (const { version, weight } of alias.routes) {
    rest -= weight;
    if (rest < 0) return version;
  }
  return alias.routes.at(-1)!.version;
}

function aliasItem(machine: Machine, alias: Alias): Item {
  return { ...aliasKey(machine, alias.name), incarnation: machine.incarnation, body: pack(alias) };
}

function aliasKey({ name, incarnation }: Machine, alias: string) {
  return { pk: machinePartition(name), sk: `alias#${incarnation}#${alias}` };
}
