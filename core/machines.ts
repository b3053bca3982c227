// State machines and their immutable revisions, kept in the table. Names are AWS's.
import type { World } from './world.ts';

/** One immutable version of a machine: what an execution is pinned to. */
export interface Revision {
  machineArn: string;
  name: string;
  /** `INITIAL` at first, a UUID after every update. */
  revisionId: string;
  /** The text as the caller sent it. */
  definition: string;
  roleArn: string;
  type: 'STANDARD' | 'EXPRESS';
  createdAt: number;
}

/** The revision an execution runs; never changes once written, so callers may cache it. */
export declare function readRevision(
  world: World,
  machineArn: string,
  revisionId: string,
): Promise<Revision | undefined>;
