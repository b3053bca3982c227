// What the soak says about memory: each minute's figures, and whether the last minutes need more than the settled ones.
// Threads that run functions come and go with the load and take memory of their own, so they stand beside what the server
// needs for itself.
import type { Memory } from './server.ts';

const GROWTH_MAX = 1.2;
/** At the end the best of so many minutes counts: one reading may meet a stall of the machine. */
const LAST_MINUTES = 3;

export interface Growth {
  text: string;
  isTooMuch: boolean;
}

/** Of the bytes live after a collection, and of the resident ones without those of the functions' threads. */
export function growthOf(memories: Memory[], settledMinute: number): Growth[] {
  const settled = memories[settledMinute - 1];
  const last = memories.slice(settledMinute).slice(-LAST_MINUTES);
  if (settled === undefined || last.length === 0) return [];
  const figures: [what: string, of: (memory: Memory) => number][] = [
    ['live', ({ liveBytes }) => liveBytes],
    ['resident without functions', ({ residentBytes, functionBytes }) => residentBytes - functionBytes],
    ['resident', ({ residentBytes }) => residentBytes],
  ];
  return figures.map(([what, of]) => {
    const growth = Math.min(...last.map(of)) / of(settled);
    const text = `${what}: ${growth.toFixed(2)} times that after minute ${settledMinute} (at most ${GROWTH_MAX})`;
    return { text, isTooMuch: growth > GROWTH_MAX };
  });
}
