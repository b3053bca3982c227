// What the interpreter gets of the world for one record: chance, ids, limits, the seal of task tokens, and how much may
// go into the record.
import { type Env, Missing } from '../engine/step.ts';
import type { Creation } from '../execution.ts';
import type { World } from '../world.ts';
import { type Key, seal } from './tokens.ts';

/** Bounds of one record, beside the 250 ms it may take to make (DESIGN section 2). */
export const RECORD = { events: 1_000, bytes: 200_000, ms: 250 };

/** `key` seals task tokens; the interpreter asks for it when it needs the first. */
export function envOf({ clock, random, newId, settings }: World, creation: Creation, key: Key | undefined): Env {
  const until = clock.now() + RECORD.ms;
  return {
    random,
    newId,
    limits: settings.limits,
    region: settings.region,
    tokenOf: (wait) => {
      if (key === undefined) throw new Missing([], undefined, true);
      const { executionArn, run } = creation;
      return seal(key, { executionArn, run, wait });
    },
    isSpent: (events, bytes) => events >= RECORD.events || bytes >= RECORD.bytes || clock.now() >= until,
  };
}
