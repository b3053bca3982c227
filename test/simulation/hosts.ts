// Where invocations run, and so how long what modules remember of a world lives (keys, definitions, who waits in line):
// on Lambda in environments that take one event after the other, until one dies or a new version is deployed; embedded
// in one process that does everything at once, until it restarts.
import type { World } from '../../core/world.ts';
import type { Actor, Scheduler } from './scheduler.ts';

export interface Hosts {
  /** Runs an invocation of this function in an environment that is warm, or in a new one. */
  within<T>(name: string, actor: Actor, work: (world: World) => Promise<T>): Promise<T>;
  /** What there is serves nobody any more. */
  retire(): void;
}

export function simulatedHosts(scheduler: Scheduler, isOneProcess: boolean, newWorld: () => World): Hosts {
  let idle = new Map<string, World[]>();
  let process: World | undefined;

  async function inEnvironment<T>(name: string, work: (world: World) => Promise<T>): Promise<T> {
    const pool = idle.get(name) ?? [];
    idle.set(name, pool);
    const isWarm = pool.length > 0 && scheduler.strikes('warm');
    const world = isWarm ? pool.splice(scheduler.luck('warm').int(0, pool.length - 1), 1)[0]! : newWorld();
    try {
      return await work(world);
    } finally {
      // One that was retired meanwhile is in a pool that nobody looks into.
      pool.push(world);
    }
  }

  async function inProcess<T>(actor: Actor, work: (world: World) => Promise<T>): Promise<T> {
    if (!scheduler.strikes('warm')) return await work(newWorld());
    // Nobody ends a part of a process.
    actor.deadline = Number.POSITIVE_INFINITY;
    process ??= newWorld();
    return await work(process);
  }

  return {
    within: (name, actor, work) => (isOneProcess ? inProcess(actor, work) : inEnvironment(name, work)),
    retire() {
      idle = new Map();
      process = undefined;
    },
  };
}
