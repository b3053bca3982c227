// Carries a plan out. Machines are independent of each other: what goes wrong with one leaves the others alone. Within
// one, steps build on each other: after the first that fails, the rest is left, and named.
import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  type LoggingConfiguration,
  PublishStateMachineVersionCommand,
  type SFNClient,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { callStepwell } from '../client.ts';
import type { Desired } from './folder.ts';
import { inParallel } from './parallel.ts';
import { isStill, type MachineStep, type Plan, type TriggerStep } from './plan.ts';
import type { Wired, Wiring } from './wiring.ts';

export interface Applied {
  done: number;
  failed: number;
  /** What was not tried because something before it failed. */
  left: number;
}

export interface World {
  client: SFNClient;
  wiring: Wiring;
  publish: boolean;
  project: string;
  /** The server's, in case a machine is not there any more. */
  arnOf(name: string): string;
  /** All triggers that are there when the plan has been carried out. */
  staying: readonly Wired[];
  onDone(line: string): void;
  onFailed(line: string): void;
}

interface Task {
  /** What it does, as in "could not …"; and once it is done. */
  todo: string;
  done(): string;
  run(): Promise<void>;
}

const MACHINES_AT_ONCE = 4;

export async function applyPlan(plan: Plan, world: World): Promise<Applied> {
  const applied: Applied = { done: 0, failed: 0, left: 0 };
  const moving = plan.steps.filter((step) => !isStill(step));
  await inParallel(moving, MACHINES_AT_ONCE, async (step) => {
    const tasks = tasksOf(step, world);
    for (const [index, task] of tasks.entries()) {
      try {
        await task.run();
        applied.done++;
        world.onDone(task.done());
      } catch (error) {
        const left = tasks.slice(index + 1);
        applied.failed++;
        applied.left += left.length;
        const { name, message } = error as Error;
        world.onFailed(`could not ${task.todo}: ${name === 'Error' ? '' : `${name}: `}${message}`);
        for (const { todo } of left) world.onFailed(`did not ${todo}`);
        return;
      }
    }
  });
  return applied;
}

function tasksOf(step: MachineStep, world: World): Task[] {
  const { name, desired } = step;
  const machine = { name, arn: step.arn ?? world.arnOf(name) };
  const triggers = step.triggers.map((trigger) => triggerTask(trigger, machine, world));
  switch (step.action) {
    case 'create':
      return [creation(desired!, step, machine, world), ...triggers];
    case 'update':
    case 'unchanged':
      return [...updates(step, machine, world), ...triggers];
    case 'delete':
      return step.arn === undefined ? triggers : [...triggers, deletion(machine, world)];
  }
}

interface Machine {
  name: string;
  arn: string;
}

function creation(desired: Desired, { tags }: MachineStep, machine: Machine, { client, publish }: World): Task {
  let version: string | undefined;
  return {
    todo: `create ${desired.name}`,
    done: () => `created ${version ?? machine.arn}`,
    async run() {
      const { stateMachineArn, stateMachineVersionArn } = await client.send(
        new CreateStateMachineCommand({
          ...settingsOf(desired),
          name: desired.name,
          type: desired.type,
          tags: Object.entries(tags.set).map(([key, value]) => ({ key, value })),
          publish,
        }),
      );
      machine.arn = stateMachineArn!;
      version = stateMachineVersionArn;
    },
  };
}

function settingsOf({ definition, roleArn, logging, tracing }: Desired) {
  const { level, includeExecutionData, logGroupArn } = logging;
  return {
    definition,
    roleArn,
    loggingConfiguration: {
      level: level as NonNullable<LoggingConfiguration['level']>,
      includeExecutionData,
      ...(logGroupArn && { destinations: [{ cloudWatchLogsLogGroup: { logGroupArn } }] }),
    },
    tracingConfiguration: { enabled: tracing },
  };
}

function updates(step: MachineStep, machine: Machine, { client }: World): Task[] {
  const { name, arn: stateMachineArn } = machine;
  const { desired, changes, tags, publish } = step;
  let version: string | undefined;
  const update: Task = {
    todo: `update ${name}`,
    done: () => `updated ${version ?? stateMachineArn}`,
    async run() {
      const input = { stateMachineArn, ...settingsOf(desired!), publish };
      version = (await client.send(new UpdateStateMachineCommand(input))).stateMachineVersionArn;
    },
  };
  const publication: Task = {
    todo: `publish a version of ${name}`,
    done: () => `published ${version}`,
    async run() {
      version = (await client.send(new PublishStateMachineVersionCommand({ stateMachineArn }))).stateMachineVersionArn;
    },
  };
  const tagging: Task = {
    todo: `tag ${name}`,
    done: () => `tagged ${name}`,
    async run() {
      const set = Object.entries(tags.set).map(([key, value]) => ({ key, value }));
      if (set.length > 0) await client.send(new TagResourceCommand({ resourceArn: stateMachineArn, tags: set }));
      const { remove } = tags;
      if (remove.length > 0)
        await client.send(new UntagResourceCommand({ resourceArn: stateMachineArn, tagKeys: remove }));
    },
  };
  const hasTags = Object.keys(tags.set).length > 0 || tags.remove.length > 0;
  return [...(changes.length > 0 ? [update] : publish ? [publication] : []), ...(hasTags ? [tagging] : [])];
}

function deletion({ name, arn: stateMachineArn }: Machine, { client }: World): Task {
  return {
    todo: `delete ${name}`,
    done: () => `deleted ${stateMachineArn}`,
    run: async () => void (await client.send(new DeleteStateMachineCommand({ stateMachineArn }))),
  };
}

/**
 * A trigger is stored before its source is connected, and forgotten after that was disconnected: whatever arrives finds
 * whom it starts. A run that ends in between leaves a difference that the next one sees.
 */
function triggerTask(step: TriggerStep, machine: Machine, { client, wiring, staying, project }: World): Task {
  const { action, name, definition, before } = step;
  const wired: Wired = { machineName: machine.name, name, definition };
  const label = `trigger ${machine.name}/${name}`;
  if (action === 'delete')
    return {
      todo: `remove ${label}`,
      done: () => `removed ${label}`,
      async run() {
        await wiring.disconnect(wired, staying);
        await callStepwell(client, 'DeleteTrigger', { stateMachineArn: machine.arn, name });
      },
    };
  return {
    todo: `connect ${label}`,
    done: () => `connected ${label}`,
    async run() {
      if (before !== undefined && placeOf(before) !== placeOf(definition))
        await wiring.disconnect({ ...wired, definition: before }, staying);
      const input = { stateMachineArn: machine.arn, name, definition: JSON.stringify(definition), project };
      await callStepwell(client, 'PutTrigger', input);
      await wiring.connect(wired);
    },
  };
}

/** Where the connection is that a change of the trigger would leave behind. */
function placeOf(definition: TriggerStep['definition']): string {
  if ('sqs' in definition) return definition.sqs.queue;
  if ('s3' in definition) return definition.s3.bucket;
  return `rule of ${('event' in definition && definition.event.bus) || 'default'}`;
}
