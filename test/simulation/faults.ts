// Which faults a seed has, and how often. Each seed has a choice of its own of them (swarm testing): with every fault
// in every run, the loud ones would hide the quiet ones.
import type { Chance } from './chance.ts';

/** What went wrong outside the engine; everything else that a worker reports is a defect. */
export class SimulatedTrouble extends Error {}

export interface Faults {
  /** An actor dies before, or after, a request of its takes effect. */
  crashBefore: number;
  crashAfter: number;
  /** Everything dies at once. */
  restart: number;
  /** A request is refused. */
  throttle: number;
  /** A request takes effect, and its answer is lost. */
  loseAnswer: number;
  /** A request takes effect twice, and the second answer counts: an SDK that tried again. */
  repeat: number;
  /** All sends are refused for a while. */
  outage: number;
  /** Time passes while everybody is at work. */
  jump: number;
  /** A message stays visible while it is worked on, or comes back after it was deleted. */
  duplicate: number;
  /** A message comes late. */
  delay: number;
  /** A message comes before its time. */
  early: number;
  /** A list is read as it was a while ago. */
  stale: number;
  /** Steps of the simulation after which no more faults happen. */
  steps: number;
}

const RATES: [name: Exclude<keyof Faults, 'steps'>, rate: number][] = [
  ['crashBefore', 0.02],
  ['crashAfter', 0.03],
  ['restart', 0.004],
  ['throttle', 0.05],
  ['loseAnswer', 0.03],
  ['repeat', 0.05],
  ['outage', 0.005],
  ['jump', 0.02],
  ['duplicate', 0.2],
  ['delay', 0.1],
  ['early', 0.02],
  ['stale', 0.3],
];

export function faultsOf(chance: Chance): Faults {
  const rates = RATES.map(([name, rate]) => [name, chance.hits(0.6) ? rate * 2 * chance.next() : 0]);
  return { ...(Object.fromEntries(rates) as Faults), steps: chance.int(100, 2_000) };
}

export const NO_FAULTS = Object.fromEntries([...RATES.map(([name]) => [name, 0]), ['steps', 0]]) as Faults;

/** How far time jumps: past a backoff, past the timeout of a worker, past the visibility of its message. */
export const JUMPS_MS = [5, 300, 4_000, 20_000, 70_000, 130_000, 1_000_000];
