// `stepwell deploy`: makes the state machines behind an API what a folder says, with their triggers. Shows the plan
// first. Exit code: 0 done, or nothing to do; 1 something failed; 2 wrong usage, or the folder's files are wrong.
import type { SFNClient } from '@aws-sdk/client-sfn';
import { parseCommandLine, UsageError } from '../arguments.ts';
import { CONNECTION_FLAGS, type Connection, connect } from '../client.ts';
import { applyPlan } from '../deploy/apply.ts';
import { readMachines, readTriggersThere } from '../deploy/current.ts';
import { type Deployment, describeDeployment } from '../deploy/deployment.ts';
import { type Project, readProject } from '../deploy/folder.ts';
import { inParallel } from '../deploy/parallel.ts';
import { isNothing, makePlan, type Plan, type PlanOptions, type TriggerStep } from '../deploy/plan.ts';
import { planText } from '../deploy/report.ts';
import { type Wired, type Wiring, wiringOf } from '../deploy/wiring.ts';
import type { Io } from '../io.ts';
import { textReport } from '../lint-report.ts';

const FLAGS = {
  ...CONNECTION_FLAGS,
  param: { type: 'string', multiple: true },
  'dry-run': { type: 'boolean' },
  yes: { type: 'boolean' },
  prune: { type: 'boolean' },
  adopt: { type: 'boolean' },
  publish: { type: 'boolean' },
} as const;

const REQUESTS_AT_ONCE = 8;

export async function deploy(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseCommandLine(args, FLAGS, [], ['a folder']);
  const [folder = '.'] = positionals;
  const client = connect(values, process.env);
  const deployment = await describeDeployment(client);
  const project = readProject(folder, { params: readParams(values.param ?? []), deployment });
  if (project.problems.length > 0) return refuse(project, io);
  const wiring = wiringOf(deployment, values as Connection);
  const { prune = false, adopt = false, publish = false } = values;
  const { plan, staying } = await planFor(client, project, wiring, {
    hasTriggers: deployment !== undefined,
    options: { prune, adopt, publish },
  });
  if (plan.problems.length > 0) {
    for (const problem of plan.problems) io.err(`stepwell: ${problem}`);
    return 2;
  }
  for (const line of planText(plan, await adviceFor(plan, wiring), io.paint)) io.out(line);
  if (isNothing(plan)) io.out('Nothing to do.');
  if (isNothing(plan) || values['dry-run']) return 0;
  if (!values.yes && !(await isConfirmed(io))) {
    io.err('Nothing was changed.');
    return 2;
  }
  const { failed, left, done } = await applyPlan(plan, {
    client,
    wiring,
    publish,
    project: project.name,
    arnOf: (name) => machineArnOf(deployment, name),
    staying,
    onDone: (line) => io.out(`${io.paint('green', '✓')} ${line}`),
    onFailed: (line) => io.err(`${io.paint('red', '✗')} ${line}`),
  });
  if (failed === 0) return 0;
  io.err(`${done} done, ${failed} failed, ${left} not tried. What is done stays; deploy again for the rest.`);
  return 1;
}

function machineArnOf(deployment: Deployment | undefined, name: string): string {
  const { partition = 'aws', region = '', account = '' } = deployment ?? {};
  return `arn:${partition}:states:${region}:${account}:stateMachine:${name}`;
}

function readParams(params: string[]): Record<string, string> {
  return Object.fromEntries(
    params.map((param) => {
      const [, name, value] = /^([^=]+)=(.*)$/s.exec(param) ?? [];
      if (name === undefined) throw new UsageError(`--param takes Name=value, not '${param}'.`);
      return [name, value!];
    }),
  );
}

function refuse({ problems }: Project, io: Io): number {
  for (const { finding, source } of problems) io.out(textReport(finding, source, io.paint));
  io.err(`${problems.length} ${problems.length === 1 ? 'error' : 'errors'}; nothing was deployed.`);
  return 2;
}

async function planFor(
  client: SFNClient,
  project: Project,
  wiring: Wiring,
  { hasTriggers, options }: { hasTriggers: boolean; options: PlanOptions },
): Promise<{ plan: Plan; staying: Wired[] }> {
  const named = new Set(project.machines.map(({ name }) => name));
  const [machines, triggers] = await Promise.all([
    readMachines(client, named, options),
    hasTriggers ? readTriggersThere(client) : [],
  ]);
  const ours = triggers.filter(({ machineName }) => named.has(machineName));
  const troubles = new Map<string, string>();
  await inParallel(ours, REQUESTS_AT_ONCE, async (trigger) => {
    const trouble = await wiring.trouble(trigger).catch((error: Error) => `cannot be looked at: ${error.message}`);
    if (trouble !== undefined) troubles.set(`${trigger.machineName}/${trigger.name}`, trouble);
  });
  const plan = makePlan(project, machines, triggers, troubles, options);
  return { plan, staying: stayingAfter(plan, triggers) };
}

/** What cannot be looked at is no reason not to deploy. */
async function adviceFor({ steps }: Plan, wiring: Wiring): Promise<string[]> {
  const puts = steps.flatMap(({ name: machineName, triggers }) =>
    triggers.filter(({ action }) => action === 'put').map((step) => ({ ...step, machineName })),
  );
  const advice = await inParallel(puts, REQUESTS_AT_ONCE, (put) => wiring.advice(put).catch(() => undefined));
  return [...new Set(advice.filter((line) => line !== undefined))];
}

function stayingAfter({ steps }: Plan, triggers: Wired[]): Wired[] {
  const moved = steps.flatMap(({ name: machineName, triggers }) => triggers.map((step) => ({ machineName, ...step })));
  const isMoved = (trigger: Wired) =>
    moved.some((step) => step.machineName === trigger.machineName && step.name === trigger.name);
  const puts = moved.filter(({ action }: TriggerStep) => action === 'put');
  return [...triggers.filter((trigger) => !isMoved(trigger)), ...puts];
}

async function isConfirmed(io: Io): Promise<boolean> {
  if (io.ask === undefined) throw new UsageError('Nobody is there to be asked: --yes deploys, --dry-run only plans.');
  return /^y(es)?$/i.test((await io.ask('Deploy this? [y/N] ')).trim());
}
