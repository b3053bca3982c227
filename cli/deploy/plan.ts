// What a deployment would do: the machines of a project as they shall be, against what there is. Decides and changes
// nothing. A machine that this project did not deploy is never touched unless it is adopted.
import type { DescribeStateMachineOutput } from '@aws-sdk/client-sfn';
import type { TriggerDefinition } from '../../core/triggers/trigger.ts';
import { type Current, type CurrentTrigger, PROJECT_TAG } from './current.ts';
import type { Desired, Project } from './folder.ts';

export interface Change {
  what: string;
  before?: string;
  after?: string;
}

export interface TriggerStep {
  action: 'put' | 'delete';
  name: string;
  definition: TriggerDefinition;
  /** What is there under this name, if it listens to something else or is connected otherwise. */
  before?: TriggerDefinition;
  /** What is wrong with a trigger that looks right. */
  why?: string;
}

export interface MachineStep {
  action: 'create' | 'update' | 'unchanged' | 'delete';
  name: string;
  /** Absent where there is no machine: yet, or any more. */
  arn?: string;
  desired?: Desired;
  changes: Change[];
  tags: { set: Record<string, string>; remove: string[] };
  triggers: TriggerStep[];
  publish: boolean;
}

export interface Plan {
  project: string;
  steps: MachineStep[];
  /** Deployed earlier and in the folder no more, but kept because nobody asked to prune. */
  kept: string[];
  problems: string[];
}

export interface PlanOptions {
  prune: boolean;
  adopt: boolean;
  publish: boolean;
}

/** What is wrong with how a trigger is connected, if anything is. */
export type Troubles = ReadonlyMap<string, string>;

export function makePlan(
  project: Project,
  machines: Current[],
  triggers: CurrentTrigger[],
  troubles: Troubles,
  options: PlanOptions,
): Plan {
  const problems: string[] = [];
  const byName = new Map(machines.map((machine) => [machine.name, machine]));
  const steps = project.machines.map((desired) => {
    const there = triggers.filter(({ machineName }) => machineName === desired.name);
    const current = byName.get(desired.name);
    if (current === undefined) return creation(project, desired, there, troubles);
    const problem = notOurs(project, current, options) ?? otherType(desired, current);
    if (problem !== undefined) problems.push(problem);
    return change(project, desired, current, there, troubles, options);
  });
  const gone = goneFrom(project, machines, triggers);
  if (options.prune) steps.push(...gone.map((name) => deletion(name, byName.get(name), triggers)));
  problems.push(...sharedQueues(project, triggers));
  return { project: project.name, steps, kept: options.prune ? [] : gone, problems };
}

export function isNothing({ steps }: Plan): boolean {
  return steps.every(isStill);
}

export function isStill({ action, triggers, publish }: MachineStep): boolean {
  return action === 'unchanged' && triggers.length === 0 && !publish;
}

function notOurs({ name }: Project, current: Current, { adopt }: PlanOptions): string | undefined {
  if (adopt || current.project === name) return undefined;
  const whose =
    current.project === undefined ? 'was not made by stepwell deploy' : `belongs to the project ${current.project}`;
  return `${current.name} is there already and ${whose}. --adopt takes it over.`;
}

function otherType({ name, type }: Desired, { described }: Current): string | undefined {
  if (described?.type === undefined || described.type === type) return undefined;
  return `${name} is ${described.type} and cannot become ${type}: delete it first, or give the new one another name.`;
}

function creation(project: Project, desired: Desired, there: CurrentTrigger[], troubles: Troubles): MachineStep {
  const tags = { set: { ...desired.tags, [PROJECT_TAG]: project.name }, remove: [] };
  const triggers = triggerSteps(desired, there, troubles);
  return { action: 'create', name: desired.name, desired, changes: [], tags, triggers, publish: false };
}

function change(
  project: Project,
  desired: Desired,
  current: Current,
  there: CurrentTrigger[],
  troubles: Troubles,
  { publish }: PlanOptions,
): MachineStep {
  const changes = changesOf(desired, current.described ?? {});
  const tags = tagChanges({ ...desired.tags, [PROJECT_TAG]: project.name }, current.tags);
  const isSame = changes.length === 0 && Object.keys(tags.set).length === 0 && tags.remove.length === 0;
  return {
    action: isSame ? 'unchanged' : 'update',
    name: desired.name,
    arn: current.arn,
    desired,
    changes,
    tags,
    triggers: triggerSteps(desired, there, troubles),
    publish: publish && (changes.length > 0 || current.isPublished === false),
  };
}

/** What this project deployed earlier and holds no more; of a machine that somebody else deleted, triggers may be left. */
function goneFrom({ name, machines }: Project, there: Current[], triggers: CurrentTrigger[]): string[] {
  const ours = there.filter(({ project }) => project === name).map((machine) => machine.name);
  const left = triggers
    .filter(({ project, machineName }) => project === name && !there.some((machine) => machine.name === machineName))
    .map(({ machineName }) => machineName);
  return [...new Set([...ours, ...left])].filter((gone) => !machines.some((machine) => machine.name === gone));
}

function deletion(machine: string, current: Current | undefined, triggers: CurrentTrigger[]): MachineStep {
  const steps = triggers
    .filter(({ machineName }) => machineName === machine)
    .map(({ name, definition }): TriggerStep => ({ action: 'delete', name, definition }));
  return {
    action: 'delete',
    name: machine,
    ...(current && { arn: current.arn }),
    changes: [],
    tags: { set: {}, remove: [] },
    triggers: steps,
    publish: false,
  };
}

function changesOf(desired: Desired, current: Partial<DescribeStateMachineOutput>): Change[] {
  const logging = {
    level: current.loggingConfiguration?.level ?? 'OFF',
    includeExecutionData: current.loggingConfiguration?.includeExecutionData ?? false,
    logGroupArn: current.loggingConfiguration?.destinations?.[0]?.cloudWatchLogsLogGroup?.logGroupArn,
  };
  const pairs: [what: string, before: string, after: string][] = [
    ['definition', pretty(current.definition ?? ''), pretty(desired.definition)],
    ['role', current.roleArn ?? '', desired.roleArn],
    ['logging', loggingText(logging), loggingText(desired.logging)],
    ['tracing', String(current.tracingConfiguration?.enabled ?? false), String(desired.tracing)],
  ];
  return pairs
    .filter(([, before, after]) => before !== after)
    .map(([what, before, after]) => ({ what, before, after }));
}

/** Layout is nobody's change. */
export function pretty(definition: string): string {
  try {
    return JSON.stringify(JSON.parse(definition), null, 2);
  } catch {
    return definition;
  }
}

function loggingText({
  level,
  includeExecutionData,
  logGroupArn,
}: {
  level: string;
  includeExecutionData: boolean;
  logGroupArn?: string | undefined;
}) {
  if (level === 'OFF') return 'OFF';
  return `${level}${includeExecutionData ? ' with data' : ''}${logGroupArn ? ` to ${logGroupArn}` : ''}`;
}

/** Tags of AWS's own (`aws:…`) are not ours to remove. */
function tagChanges(desired: Record<string, string>, current: Record<string, string>) {
  const set = Object.entries(desired).filter(([key, value]) => current[key] !== value);
  const remove = Object.keys(current).filter((key) => !Object.hasOwn(desired, key) && !key.startsWith('aws:'));
  return { set: Object.fromEntries(set), remove };
}

function triggerSteps(
  { name: machine, triggers }: Desired,
  there: CurrentTrigger[],
  troubles: Troubles,
): TriggerStep[] {
  const puts = triggers.flatMap(({ name, definition }): TriggerStep[] => {
    const before = there.find((trigger) => trigger.name === name)?.definition;
    const why = troubles.get(`${machine}/${name}`);
    if (before !== undefined && isSameJson(before, definition))
      return why === undefined ? [] : [{ action: 'put', name, definition, before, why }];
    return [{ action: 'put', name, definition, ...(before && { before }) }];
  });
  const deletes = there
    .filter(({ name }) => !triggers.some((trigger) => trigger.name === name))
    .map(({ name, definition }): TriggerStep => ({ action: 'delete', name, definition }));
  return [...deletes, ...puts];
}

/** Whatever the order of keys. */
function isSameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(a, sorted) === JSON.stringify(b, sorted);
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Several machines may listen to one queue, which Lambda reads in one way only. */
function sharedQueues(project: Project, triggers: CurrentTrigger[]): string[] {
  const desired = project.machines.flatMap(({ name, triggers }) =>
    triggers.map((trigger) => ({ ...trigger, machineName: name })),
  );
  const others = triggers.filter(({ machineName }) => !project.machines.some(({ name }) => name === machineName));
  const queues = Map.groupBy([...desired, ...others], ({ definition }) =>
    'sqs' in definition ? definition.sqs.queue : '',
  );
  return [...queues].flatMap(([queue, listeners]) => {
    const ways = new Set(listeners.map(({ definition }) => ('sqs' in definition ? readingOf(definition.sqs) : '')));
    if (ways.size < 2) return [];
    const names = listeners.map(({ machineName, name }) => `${machineName}/${name}`).join(' and ');
    return [`${names} read ${queue} with different batchSize, batchWindowSeconds or maximumConcurrency.`];
  });
}

type Sqs = Extract<TriggerDefinition, { sqs: unknown }>['sqs'];

function readingOf({ batchSize = 10, batchWindowSeconds = 0, maximumConcurrency }: Sqs): string {
  return JSON.stringify([batchSize, batchWindowSeconds, maximumConcurrency]);
}
