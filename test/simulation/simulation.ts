// One seed: a workflow, its outcome in a world without faults, and the same workflow in a world with them. Gives what
// went wrong, and how the story went.
import { type Chance, chanceOf } from './chance.ts';
import { cutDown } from './cut.ts';
import { type FaultName, type Faults, faultsOf, NO_FAULTS } from './faults.ts';
import { firstDifference } from './history.ts';
import type { End } from './inspect.ts';
import { type Play, play, type Script, settingsOf, UPDATED_END, UPDATED_RUN } from './play.ts';
import { type Focus, randomWorkflow } from './workflow.ts';
import type { Mode } from './world.ts';

/** What a seed's story is about, and what is left out of it, so that only what matters remains. */
export interface Cuts {
  focus: Focus;
  /** Faults that do not happen, and things that clients do not do. */
  without: ReadonlySet<string>;
  /** The steps after which no more faults happen. */
  steps: number;
  /** States that are a Pass instead. */
  passes: ReadonlySet<string>;
}

export const WHOLE: Cuts = { focus: 'all', without: new Set(), steps: Number.POSITIVE_INFINITY, passes: new Set() };

export interface Verdict {
  seed: number;
  cuts: Cuts;
  violations: string[];
  definition: object;
  mode: Mode & { faults: Faults };
  trace: string[];
  steps: number;
  struck: ReadonlyMap<string, number>;
  /** Statuses that executions ended with. */
  statuses: string[];
}

const CALM: Mode = {
  isEmbedded: false,
  settings: { transitionsPerMessage: 25, callsPerWorker: 50 },
  thresholdBytes: 8192,
  isCompressed: false,
  deliveries: 1,
};
const DELIVERIES = 3;
const RESTLESS = { slow: 0.06, ghost: 0.9, throttle: 0, crashAfter: 0.005, crashBefore: 0.005 };

export async function simulate(seed: number, cuts: Cuts = WHOLE): Promise<Verdict> {
  const workflow = cutDown(randomWorkflow(chanceOf(seed), cuts.focus), cuts.passes);
  const chance = chanceOf(seed + 0x40000000);
  const calm: Script = {
    workflow,
    faults: NO_FAULTS,
    mode: CALM,
    names: ['run1'],
    isEventful: false,
    isRestless: false,
    without: cuts.without,
  };
  const expected = await play(calm, chanceOf(1));
  const mode = modeOf(chance);
  // Now and then somebody stops and redrives at once, while what is announced of it takes its time.
  const isRestless = chance.hits(cuts.focus === 'all' ? 0.08 : 0.4);
  const own = faultsOf(chance, chanceOf(seed + 0x60000000));
  const faults = faultsWithin(isRestless ? { ...own, ...RESTLESS } : own, cuts);
  const names = chance.hits(0.7) || cuts.without.has('run2') ? ['run1'] : ['run1', 'run2'];
  const definitions = JSON.stringify([...workflow.children, workflow.definition]);
  const isBounded = chance.hits(definitions.includes('HeartbeatSeconds') ? 0.2 : 0.06) && isCountable(definitions);
  const actual = isBounded
    ? await play({ ...calm, mode: { ...mode, deliveries: DELIVERIES } }, chance)
    : await play({ ...calm, mode, faults, names, isEventful: true, isRestless }, chance);
  const violations = [
    ...expected.violations.map((each) => `without faults: ${each}`),
    ...actual.violations,
    ...differences(expected, actual),
    ...(isBounded ? excess(await play({ ...calm, mode }, chanceOf(2)), actual) : []),
  ];
  // A workflow that does not even work in a calm world is what there is to look at.
  const { trace, steps, struck } = (expected.violations.length > 0 ? expected : actual).scheduler;
  return {
    seed,
    cuts,
    violations,
    definition: workflow.definition,
    mode: { ...mode, faults: isBounded ? NO_FAULTS : faults },
    trace,
    steps,
    struck,
    statuses: actual.ends.map(({ status }) => status),
  };
}

function modeOf(chance: Chance): Mode {
  return {
    isEmbedded: chance.hits(0.3),
    settings: settingsOf(chance),
    thresholdBytes: chance.pick([1_000, 8_192, 8_192, 8_192]),
    isCompressed: chance.hits(0.05),
    deliveries: 1,
  };
}

function faultsWithin(faults: Faults, { without, steps }: Cuts): Faults {
  const left = { ...faults, steps: Math.min(faults.steps, steps) };
  for (const name of without) if (name in left) left[name as FaultName] = 0;
  return left;
}

/** An execution may have been aborted by whoever stopped it; any other must end, and look, as it does without faults. */
function differences(expected: Play, actual: Play): string[] {
  const stories = new Map(expected.ends.map((end) => [end.story, end]));
  return actual.ends.flatMap((end) => {
    const known = stories.get(end.story);
    const isUpdated = end.isUpdated || end.name === UPDATED_RUN;
    const wanted = isUpdated ? UPDATED_END : known && essence(known);
    // Those that another execution began are stopped when it goes on without them, which luck may decide.
    const isAborted = isOwn(end)
      ? end.status === 'ABORTED' && actual.stopped.has(end.executionArn)
      : end.status === 'ABORTED' || known?.status === 'ABORTED';
    if (isAborted || wanted === undefined) return [];
    const is = essence(end);
    if (is !== wanted) return [`${end.name} ended with ${is}\n  instead of ${wanted}`];
    // A redriven execution tells of its failure, too.
    if (isUpdated || known === undefined || end.redriveCount > 0 || end.shape === known.shape) return [];
    return [`${end.name} has another history: ${firstDifference(known.shape, end.shape)}`];
  });
}

/** Whether a client has started it, and not another execution. */
function isOwn({ name }: End): boolean {
  return name.startsWith('run');
}

function essence({ status, error, output }: End): string {
  const said = [status, error, output].filter((each) => each !== undefined).join(' ');
  return said.replaceAll(/:run\d(\\*")/g, ':run$1');
}

/**
 * Lines of polls for a job multiply with their deliveries until the next turn ends all but one (core/driver/polling.ts):
 * a poll that finds its job at work is to write nothing. How often the workers of an activity poll is luck.
 */
function isCountable(definitions: string): boolean {
  return !/startJobRun|:activity:/.test(definitions);
}

/** D3: every message delivered three times makes at most three times the work, and no call more. */
function excess(once: Play, thrice: Play): string[] {
  const found: string[] = [];
  if (thrice.sent > DELIVERIES * once.sent)
    found.push(`${thrice.sent} messages were sent where each came ${DELIVERIES} times, and ${once.sent} otherwise`);
  // Where something failed, luck decides how far the others had come.
  const isEven = [...once.ends, ...thrice.ends].every(({ shape }) => !/(Map|Parallel)StateFailed/.test(shape));
  if (isEven && thrice.calls !== once.calls)
    found.push(
      `${thrice.calls} calls were made where each message came ${DELIVERIES} times, and ${once.calls} otherwise`,
    );
  return found;
}
