// A process that dies at one of its requests to the table or the queue: the next one finds what it has left behind.
import type { Queue, Table } from '../../core/ports.ts';
import type { MemoryWorld, Twist } from './memory-world.ts';

/** The process dies at its n-th request to a port, before or after the request has taken effect; the next one lives. */
export function dyingAt(
  n: number,
  isDone: boolean,
): { twist: Twist; died: () => boolean; born(to: MemoryWorld | undefined): void } {
  let requests = 0;
  let dead = false;
  let victim: MemoryWorld | undefined;
  function mortal<T extends object>(port: T): T {
    const entries = Object.entries(port).map(([name, member]) => {
      if (typeof member !== 'function') return [name, member];
      return [
        name,
        async (...args: unknown[]) => {
          if (victim === undefined || ++requests !== n) return await member(...args);
          if (isDone) await member(...args);
          dead = true;
          victim.crash(`boot${n}`);
          return await new Promise(() => {});
        },
      ];
    });
    return Object.fromEntries(entries) as T;
  }
  return {
    twist: { table: (table: Table) => mortal(table), queue: (queue: Queue) => mortalQueue(queue, mortal) },
    died: () => dead,
    born(to) {
      victim = to;
    },
  };
}

/** Receiving is what wakes a process, and not its own act. */
function mortalQueue(queue: Queue, mortal: <T extends object>(port: T) => T): Queue {
  return { ...mortal(queue), receive: queue.receive };
}
