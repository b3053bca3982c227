// Which faults a seed has, and how often. Each seed has a choice of its own of them (swarm testing): with every fault
// in every run, the loud ones would hide the quiet ones.
import type { Chance } from './chance.ts';

/** What went wrong outside the engine; everything else that a worker reports is a defect. */
export class SimulatedTrouble extends Error {
  /** As the errors of an SDK have it. */
  readonly $metadata = {};
}

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
  /** All sends are refused for a while; for an hour. */
  outage: number;
  blackout: number;
  /** A request takes its time while everybody else goes on; or takes effect after its sender has died. */
  slow: number;
  ghost: number;
  /** An actor's clock is off by up to five seconds. */
  skew: number;
  /** A new version with other settings is deployed. */
  deploy: number;
  /** Time passes while everybody is at work. */
  jump: number;
  /** A message stays visible while it is worked on, or comes back after it was deleted. */
  duplicate: number;
  /** A worker of an activity takes a task and is never seen again. */
  desert: number;
  /** A message is dead: it was received too often. */
  poison: number;
  /** The audit, or a sweep too many, comes at a bad moment. */
  audit: number;
  sweep: number;
  /** A message comes late. */
  delay: number;
  /** A message comes before its time. */
  early: number;
  /** A list is read as it was a while ago. */
  stale: number;
  /** Somebody purges a queue, or all of them. */
  purge: number;
  /** An invocation finds an environment, or a process, that remembers earlier ones. */
  warm: number;
  /** A client deletes the state machine while its executions run. */
  remove: number;
  /** All reads are refused for a while. */
  blind: number;
  /** For a while the version in force cannot load definitions, or the payload store has lost what it was given. */
  spoil: number;
  /** Steps of the simulation after which no more faults happen. */
  steps: number;
}

export type FaultName = Exclude<keyof Faults, 'steps'>;

const RATES: [name: FaultName, rate: number][] = [
  ['crashBefore', 0.02],
  ['crashAfter', 0.03],
  ['restart', 0.004],
  ['throttle', 0.05],
  ['loseAnswer', 0.03],
  ['repeat', 0.05],
  ['outage', 0.005],
  ['blackout', 0.001],
  ['slow', 0.02],
  ['ghost', 0.3],
  ['skew', 0.5],
  ['deploy', 0.002],
  ['jump', 0.02],
  ['duplicate', 0.2],
  ['delay', 0.1],
  ['desert', 0.2],
  ['poison', 0.01],
  ['audit', 0.002],
  ['sweep', 0.005],
  ['early', 0.02],
  ['stale', 0.3],
];

/**
 * Faults that came later, each with how many of a hundred seeds have it. They are drawn from a chance of their own, and
 * stand at the end: without them a seed tells the story that it told before there were any.
 */
const LATER_RATES: [name: FaultName, rate: number, seeds: number][] = [
  ['purge', 0.001, 15],
  ['warm', 0.5, 60],
  ['remove', 0.5, 15],
  ['blind', 0.001, 20],
  ['spoil', 0.001, 20],
];

export const LATER_FAULTS = LATER_RATES.map(([name]) => name);

export const FAULTS = [...RATES, ...LATER_RATES].map(([name]) => name);

export function faultsOf(chance: Chance, later: Chance): Faults {
  const rates = RATES.map(([name, rate]) => [name, chance.hits(0.6) ? rate * 2 * chance.next() : 0]);
  const more = LATER_RATES.map(([name, rate, seeds]) => [name, later.hits(seeds / 100) ? rate * 2 * later.next() : 0]);
  return { ...(Object.fromEntries([...rates, ...more]) as Faults), steps: chance.int(100, 2_000) };
}

export const NO_FAULTS = Object.fromEntries([...FAULTS.map((name) => [name, 0]), ['steps', 0]]) as Faults;

/** How far time jumps: past a backoff, past the timeout of a worker, past the visibility of its message. */
export const JUMPS_MS = [5, 300, 4_000, 20_000, 70_000, 130_000, 1_000_000];
