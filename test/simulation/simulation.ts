// One seed: a workflow, its outcome in a world without faults, and the same workflow in a world with them. Gives what
// went wrong, and how the story went.
import type { Creation, Standing } from '../../core/execution.ts';
import { listExecutions, readCreation, readHistory } from '../../core/executions.ts';
import { readStanding } from '../../core/standing.ts';
import type { World } from '../../core/world.ts';
import { type Chance, chanceOf } from './chance.ts';
import { type Clients, clientsOf } from './clients.ts';
import { type Faults, faultsOf, NO_FAULTS } from './faults.ts';
import { logWatch } from './log-watch.ts';
import { Scheduler } from './scheduler.ts';
import { simulatedTargets } from './targets.ts';
import { ACTIVITY } from './tasks.ts';
import { lookAfter } from './upkeep.ts';
import { randomWorkflow, type Workflow } from './workflow.ts';
import { type Mode, simulatedWorld } from './world.ts';

export interface Verdict {
  seed: number;
  violations: string[];
  definition: object;
  mode: Mode & { faults: Faults };
  trace: string[];
  steps: number;
  struck: ReadonlyMap<string, number>;
  /** Statuses that executions ended with. */
  statuses: string[];
}

/** 2026-01-01T00:00:00Z */
const EPOCH = 1_767_225_600_000;
const STEPS_MAX = 40_000;
const POLLERS_MAX = 2;
const INPUT = { k: '0', list: [1, 2, 3] };
const EXECUTION = 'arn:aws:states:us-east-1:123456789012:execution:machine:';

const CALM: Mode = {
  isEmbedded: false,
  settings: { transitionsPerMessage: 25, callsPerWorker: 50 },
  thresholdBytes: 8192,
  isCompressed: false,
  deliveries: 1,
};

function settingsOf(chance: Chance): Mode['settings'] {
  return { transitionsPerMessage: chance.pick([1, 3, 25]), callsPerWorker: chance.pick([1, 2, 50]) };
}

export async function simulate(seed: number): Promise<Verdict> {
  const workflow = randomWorkflow(chanceOf(seed));
  const chance = chanceOf(seed + 0x40000000);
  const expected = await play(workflow, chanceOf(1), NO_FAULTS, CALM, ['run1']);
  const faults = faultsOf(chance);
  const mode: Mode = {
    isEmbedded: chance.hits(0.3),
    settings: settingsOf(chance),
    thresholdBytes: chance.pick([1000, 8192, 8192, 8192]),
    isCompressed: chance.hits(0.05),
    deliveries: 1,
  };
  const names = chance.hits(0.7) ? ['run1'] : ['run1', 'run2'];
  const actual = await play(workflow, chance, faults, mode, names);
  const violations = [
    ...expected.violations.map((each) => `without faults: ${each}`),
    ...actual.violations,
    ...differences(expected, actual),
  ];
  // A workflow that does not even work in a calm world is what there is to look at.
  const { trace, steps, struck } = (expected.violations.length > 0 ? expected : actual).scheduler;
  const statuses = [...actual.ends.values()].map(({ status }) => status);
  return {
    seed,
    violations,
    definition: workflow.definition,
    mode: { ...mode, faults },
    trace,
    steps,
    struck,
    statuses,
  };
}

interface Play {
  violations: string[];
  ends: Map<string, Standing>;
  stopped: Set<string>;
  scheduler: Scheduler;
}

async function play(
  { definition, children, behaviours }: Workflow,
  chance: Chance,
  faults: Faults,
  mode: Mode,
  names: string[],
): Promise<Play> {
  const scheduler = new Scheduler(chance, faults, EPOCH, mode.isEmbedded);
  const watch = logWatch(() => scheduler.now);
  const targets = simulatedTargets(scheduler, watch, behaviours, (...token) => clients.answer(...token));
  const world = simulatedWorld(scheduler, chance, mode, watch, targets);
  const clients = clientsOf(scheduler, chance, world, watch);
  scheduler.onRestart = world.restart;
  scheduler.onDeploy = () => world.deploy(settingsOf(chance));
  scheduler.onQuiet = () => watch.idle(...world.pending());
  lookAfter(scheduler, chance, world);

  const machines = new Map<string, string>();
  for (const [name, each] of [['machine', definition] as const, ...children])
    machines.set(name, await scheduler.calmly(clients.create(name, each)));
  const activityArn = await scheduler.calmly(clients.createActivity(ACTIVITY));
  scheduler.sources.push({
    isReady: () => world.table.holds('tasks#') && scheduler.liveActors('client works') < POLLERS_MAX,
    nextAt: () => Number.POSITIVE_INFINITY,
    act: () => clients.work(activityArn, targets.answerOf),
  });
  begin(clients, chance, machines.get('machine') ?? '', names, faults !== NO_FAULTS);
  const isOver = await settle(scheduler);
  const violations = [...watch.violations, ...world.defects, ...clients.violations];
  if (!isOver) violations.push(`Still at work after ${STEPS_MAX} steps`);
  if (isOver && clients.busy > 0) violations.push(`${clients.busy} clients never got an answer`);
  if (isOver && world.queue.size > 0) violations.push(`${world.queue.size} messages are left in the queue`);
  for (const kind of ['later#', 'stalled', 'tasks#'] as const)
    if (isOver && world.table.holds(kind)) violations.push(`Items ${kind} are left in the table`);

  const ends = new Map<string, Standing>();
  const looking = scheduler.spawn('bystander', Number.POSITIVE_INFINITY, async (actor) => {
    const own = world.worldOf(actor);
    for (const name of names)
      if ((await readCreation(own, EXECUTION + name)) === undefined)
        violations.push(`${name} was started, and does not exist`);
    for (const machineArn of machines.values()) {
      const { executions } = await listExecutions(own, { machineArn, limit: 1_000 });
      for (const { executionArn, name } of executions) {
        const creation = await readCreation(own, executionArn);
        if (creation === undefined) violations.push(`${name} is listed, and does not exist`);
        else ends.set(name, await inspect(own, creation, violations));
      }
    }
  });
  await scheduler.calmly(looking);
  return { violations, ends, stopped: clients.stopped, scheduler };
}

/** What clients want of the executions, and when. */
function begin(clients: Clients, chance: Chance, machineArn: string, names: string[], isEventful: boolean): void {
  for (const name of names) {
    const executionArn = EXECUTION + name;
    const soon = () => chance.pick([0, 10, 1_000, 10_000, 60_000, 600_000]);
    clients.start(machineArn, name, INPUT);
    if (!isEventful) continue;
    if (chance.hits(0.2)) clients.start(machineArn, name, INPUT);
    if (chance.hits(0.3)) clients.stop(executionArn, soon());
    for (let times = chance.pick([0, 0, 1, 2]); times > 0; times--) clients.redrive(executionArn, soon());
    if (chance.hits(0.5)) clients.read(executionArn, soon());
  }
}

/** False when it takes too long. */
async function settle(scheduler: Scheduler): Promise<boolean> {
  while (scheduler.steps < STEPS_MAX) if (!(await scheduler.step())) return true;
  return false;
}

/** The end of one execution; all ways to ask for it must say the same. */
async function inspect(world: World, creation: Creation, violations: string[]): Promise<Standing> {
  const { name, machineArn } = creation;
  const standing = await readStanding(world, creation);
  if (standing.status === 'RUNNING') violations.push(`${name} never ended`);
  const { events } = await readHistory(world, creation, { limit: 100_000, reverse: false });
  const reverse = await readHistory(world, creation, { limit: 100_000, reverse: true });
  if (events.length !== standing.lastEventId) violations.push(`${name} has ${events.length} events`);
  if (JSON.stringify(reverse.events.toReversed()) !== JSON.stringify(events))
    violations.push(`${name}: the reverse history differs`);
  const { executions } = await listExecutions(world, { machineArn, limit: 100 });
  const listed = executions.find((each) => each.executionArn === creation.executionArn);
  if (listed?.status !== standing.status)
    violations.push(`${name} is ${standing.status}, the list says ${listed?.status}`);
  return standing;
}

/** An execution may have been aborted by whoever stopped it; any other must end as it does without faults. */
function differences(expected: Play, actual: Play): string[] {
  const wanted = essence(expected.ends.get('run1'));
  return [...actual.ends].flatMap(([name, standing]) => {
    if (!name.startsWith('run')) return [];
    if (standing.status === 'ABORTED' && actual.stopped.has(EXECUTION + name)) return [];
    const is = essence(standing);
    return is === wanted ? [] : [`${name} ended with ${is}\n  instead of ${wanted}`];
  });
}

function essence(standing: Standing | undefined): string {
  const said = [standing?.status, standing?.error, standing?.output].filter((each) => each !== undefined).join(' ');
  return said.replaceAll(':run2"', ':run1"').replaceAll(':run2\\"', ':run1\\"');
}
