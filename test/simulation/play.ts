// One world from its beginning until nothing moves in it any more: a workflow, those who start it, answer it, stop it,
// redrive it, read it and change it, and what goes wrong meanwhile.
import { readCreation } from '../../core/driver/executions.ts';
import type { Chance } from './chance.ts';
import { type Clients, clientsOf } from './clients.ts';
import type { Faults } from './faults.ts';
import { type End, inspectAll } from './inspect.ts';
import { logWatch } from './log-watch.ts';
import { Scheduler } from './scheduler.ts';
import { simulatedTargets } from './targets.ts';
import { ACTIVITY } from './tasks.ts';
import { lookAfter } from './upkeep.ts';
import type { Definition, Workflow } from './workflow.ts';
import { type Mode, simulatedWorld } from './world.ts';

export interface Play {
  violations: string[];
  ends: End[];
  /** ARNs of executions that somebody has stopped. */
  stopped: ReadonlySet<string>;
  scheduler: Scheduler;
  /** Messages sent, and calls made. */
  sent: number;
  calls: number;
}

export interface Script {
  workflow: Workflow;
  faults: Faults;
  mode: Mode;
  /** Names of the executions that are started. */
  names: string[];
  /** Whether clients do more than start them; and what of it they leave. */
  isEventful: boolean;
  /** Whether they stop them soon. */
  isRestless: boolean;
  without: ReadonlySet<string>;
}

/** 2026-01-01T00:00:00Z */
const EPOCH = 1_767_225_600_000;
const STEPS_MAX = 40_000;
const POLLERS_MAX = 2;
const SOON_MS = [0, 10, 1_000, 10_000, 60_000, 600_000];
const INPUT = { k: '0', list: [1, 2, 3] };
export const EXECUTION = 'arn:aws:states:us-east-1:123456789012:execution:machine:';

/** What UpdateStateMachine makes of a machine, and how executions of that end. */
const UPDATED: Definition = { StartAt: 'New', States: { New: { Type: 'Pass', Result: { updated: true }, End: true } } };
/** An execution that begins after that. */
export const UPDATED_RUN = 'run3';
export const UPDATED_END = 'SUCCEEDED {"updated":true}';

export function settingsOf(chance: Chance): Mode['settings'] {
  return { transitionsPerMessage: chance.pick([1, 3, 25]), callsPerWorker: chance.pick([1, 2, 50]) };
}

export async function play(script: Script, chance: Chance): Promise<Play> {
  const { workflow, faults, mode, names } = script;
  const scheduler = new Scheduler(chance, faults, EPOCH, mode.isEmbedded);
  const watch = logWatch(
    () => scheduler.now,
    (id) => world.pending()[0].some((message) => message.id === id),
  );
  const targets = simulatedTargets(scheduler, watch, workflow.behaviours, (...token) => clients.answer(...token));
  const world = simulatedWorld(scheduler, chance, mode, watch, targets);
  const clients = clientsOf(scheduler, chance, world, watch, !script.isEventful);
  scheduler.onRestart = world.restart;
  scheduler.onDeploy = () => world.deploy(settingsOf(chance));
  scheduler.onQuiet = () => watch.checkWaking(...world.pending());
  lookAfter(scheduler, chance, world, watch);

  const machines = new Map<string, { arn: string; definition: Definition }>();
  for (const [name, definition] of [['machine', workflow.definition] as const, ...workflow.children])
    machines.set(name, { arn: await scheduler.calmly(() => clients.create(name, definition)), definition });
  const activityArn = await scheduler.calmly(() => clients.createActivity(ACTIVITY));
  scheduler.sources.push({
    isReady: () => world.table.holds('tasks#') && scheduler.liveActors('client works') < POLLERS_MAX,
    nextAt: () => Number.POSITIVE_INFINITY,
    act: () => clients.work(activityArn, targets.answerOf),
  });
  const machineArn = machines.get('machine')?.arn ?? '';
  // Environments that remember the old definition have to run the new one.
  const startUpdated = () => {
    if (scheduler.strikes('warm')) clients.start(machineArn, UPDATED_RUN, INPUT);
  };
  begin(clients, chance, machineArn, script, startUpdated);
  if (scheduler.strikes('remove')) clients.remove(machineArn, scheduler.luck('remove').pick(SOON_MS));

  const { stopped } = clients;
  const wrong = () => [...watch.violations, ...world.defects, ...clients.violations];
  const isOver = await settle(scheduler, () => wrong().length > 0);
  const violations = wrong();
  if (!isOver && violations.length === 0) violations.push(`Still at work after ${STEPS_MAX} steps`);
  if (isOver && clients.busy > 0) violations.push(`${clients.busy} clients never got an answer`);
  if (isOver && world.queue.size > 0) violations.push(`${world.queue.size} messages are left in the queue`);
  for (const kind of ['later#', 'stalled', 'tasks#'] as const)
    if (isOver && world.table.holds(kind)) violations.push(`Items ${kind} are left in the table`);

  // Like AWS, the engine does what it can to end a job: a purge takes the message with it, and no log says so.
  for (const id of watch.isPurged ? [] : targets.jobs.running())
    if (isOver && watch.knowsJob(id)) violations.push(`${id} runs, when nobody waits for it any more`);
  if (violations.length > 0) return { violations, ends: [], stopped, scheduler, sent: 0, calls: 0 };
  const look = () =>
    scheduler.spawn('bystander', Number.POSITIVE_INFINITY, async () => {
      const own = world.newWorld();
      for (const name of names)
        if (clients.begun.has(name) && (await readCreation(own, EXECUTION + name)) === undefined)
          violations.push(`${name} was started, and does not exist`);
      return await inspectAll(own, machines, violations);
    });
  const ends = (await scheduler.calmly(look)) ?? [];
  return { violations, ends, stopped, scheduler, sent: world.queue.sent, calls: watch.calls };
}

/** What clients want of the executions, and when. */
function begin(
  clients: Clients,
  chance: Chance,
  machineArn: string,
  { names, isEventful, isRestless, without }: Pick<Script, 'names' | 'isEventful' | 'isRestless' | 'without'>,
  onUpdated: () => void,
): void {
  const soon = () => chance.pick(SOON_MS);
  const maybe = (what: string, probability: number, act: (after: number) => void) => {
    const [isWanted, after] = [chance.hits(probability), soon()];
    if (isEventful && isWanted && !without.has(what)) act(after);
  };
  for (const name of names) {
    const executionArn = EXECUTION + name;
    clients.start(machineArn, name, INPUT);
    maybe('start', 0.2, () => clients.start(machineArn, name, INPUT));
    maybe('stop', isRestless ? 1 : 0.3, (after) => clients.stop(executionArn, isRestless ? after % 7_000 : after));
    maybe('redrive', 0.4, (after) => clients.redrive(executionArn, after));
    maybe('redrive', 0.2, (after) => clients.redrive(executionArn, after));
    maybe('read', 0.5, (after) => clients.read(executionArn, after));
  }
  maybe('update', 0.2, (after) => clients.update(machineArn, UPDATED, after, onUpdated));
}

/** False when something is wrong already, or it takes too long. */
async function settle(scheduler: Scheduler, isWrong: () => boolean): Promise<boolean> {
  while (scheduler.steps < STEPS_MAX && !isWrong()) if (!(await scheduler.step())) return true;
  return false;
}
