// What an action of the API is: the table of its input's members and the function behind it. Outputs are the SDK's
// own types as the wire has them: times are numbers, epoch seconds with a fraction.
import type { SFN, SFNClient } from '@aws-sdk/client-sfn';
import type { World } from '../world.ts';
import type { Input, Members } from './shape.ts';

/** The 37 names that the SDK knows. */
export type ActionName = Exclude<
  Capitalize<Exclude<Extract<keyof SFN, string>, keyof SFNClient>>,
  `Paginate${string}` | `WaitUntil${string}`
>;

export interface Action {
  members: Members;
  /** The input has passed `readInput` with the members. `signal` says when the caller is gone. */
  run(input: Record<string, unknown>, world: World, signal?: AbortSignal): Promise<object>;
}

/** An action that is not there yet: the reason is for the support matrix. */
export interface Unsupported {
  unsupported: string;
}

export function action<const M extends Members>(
  members: M,
  run: (input: Input<M>, world: World, signal?: AbortSignal) => Promise<object>,
): Action {
  return { members, run: run as Action['run'] };
}

export function unsupported(why: string): Unsupported {
  return { unsupported: why };
}

/** An SDK's output as it is on the wire. */
export type Wire<T> = T extends Date
  ? number
  : T extends (infer Element)[]
    ? Wire<Element>[]
    : T extends object
      ? { [K in keyof T]: Wire<T[K]> }
      : T;

/** Milliseconds as the wire has times. */
export function epochSeconds(milliseconds: number): number {
  return milliseconds / 1000;
}

/** The same for a time that may not be there yet. */
export function optionalSeconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : epochSeconds(milliseconds);
}
