// Machines and executions of the checks: made, started, waited for, counted, and removed again.
import { randomUUID } from 'node:crypto';
import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  type ExecutionStatus,
  type HistoryEvent,
  paginateGetExecutionHistory,
  paginateListExecutions,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { type Place, until } from './place.ts';

/** Functions that sleep for `sleep` seconds and answer their input, and their timeouts in seconds. */
export const FUNCTIONS = { verify: 30, 'verify-long': 900 };

/** A Task that calls one of them. */
export function task({ region, account, named }: Place, more: object, name: keyof typeof FUNCTIONS = 'verify') {
  return { Type: 'Task', Resource: `arn:aws:lambda:${region}:${account}:function:${named(name)}`, ...more };
}

const STARTS_AT_ONCE = 10;

export interface Batch {
  arns: string[];
  /** How many executions are in which status. */
  counts(): Promise<Partial<Record<ExecutionStatus, number>>>;
  /** Waits for the end of all; throws when it takes longer. */
  ended(seconds: number): Promise<void>;
  events(arn: string): Promise<HistoryEvent[]>;
  remove(): Promise<void>;
}

export async function startMany(place: Place, definition: object, inputs: readonly object[]): Promise<Batch> {
  const { sfn } = place;
  const roleArn = `arn:aws:iam::${place.account}:role/stepwell/verify`;
  const name = `verify-${randomUUID()}`;
  const created = await sfn.send(
    new CreateStateMachineCommand({ name, roleArn, definition: JSON.stringify(definition) }),
  );
  const stateMachineArn = created.stateMachineArn!;
  const arns: string[] = [];
  for (let at = 0; at < inputs.length; at += STARTS_AT_ONCE) {
    const some = inputs.slice(at, at + STARTS_AT_ONCE).map(async (input) => {
      const { executionArn } = await sfn.send(
        new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }),
      );
      arns.push(executionArn!);
    });
    await Promise.all(some);
  }
  async function counts() {
    const counted: Partial<Record<ExecutionStatus, number>> = {};
    for await (const { executions = [] } of paginateListExecutions(
      { client: sfn, pageSize: 1000 },
      { stateMachineArn },
    ))
      for (const { status } of executions) counted[status!] = (counted[status!] ?? 0) + 1;
    return counted;
  }
  return {
    arns,
    counts,
    async ended(seconds) {
      await until(`all ${arns.length} executions ended`, seconds, async () => {
        const { RUNNING = 0, ...closed } = await counts();
        return RUNNING === 0 && Object.values(closed).reduce((sum, count) => sum + count, 0) === arns.length;
      });
    },
    async events(executionArn) {
      const events: HistoryEvent[] = [];
      for await (const page of paginateGetExecutionHistory({ client: sfn }, { executionArn }))
        events.push(...(page.events ?? []));
      return events;
    },
    remove: async () => void (await sfn.send(new DeleteStateMachineCommand({ stateMachineArn }))),
  };
}

/** Starts one, waits for its end, and gives what became of it. */
export async function runOne(place: Place, definition: object, input: object, seconds: number) {
  const batch = await startMany(place, definition, [input]);
  await batch.ended(seconds);
  const [executionArn] = batch.arns;
  const described = await place.sfn.send(new DescribeExecutionCommand({ executionArn }));
  const events = await batch.events(executionArn!);
  await batch.remove();
  return { ...described, events, seconds: (described.stopDate!.getTime() - described.startDate!.getTime()) / 1000 };
}

export function countOf(events: readonly HistoryEvent[], type: HistoryEvent['type']): number {
  return events.filter((event) => event.type === type).length;
}
