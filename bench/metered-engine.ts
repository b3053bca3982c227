// The whole engine in memory behind the meters, on a virtual clock: what executions ask of DynamoDB, SQS and Lambda,
// exact to the unit on any machine.
import type { Received, Table } from '../core/ports.ts';
import type { QueueReading, TableReading } from '../infra/meter.ts';
import { type MemoryWorld, memoryWorld } from '../test/support/memory-world.ts';
import { ROLE } from './embedded-engine.ts';

/** Messages to one invocation at most, as serverless.yml has it. */
const BATCH_MESSAGES = 10;

export interface Use {
  table: TableReading;
  queue: QueueReading;
  /** Invocations of the `advance` handler. */
  invocations: number;
  /** How long they ran in all, on the virtual clock. */
  workerMs: number;
  /** Requests to table and queue of the API calls that started the executions. */
  startRequests: number;
}

export interface Usage {
  /** 1 is the classical shape. */
  transitionsPerMessage: number;
  /** How many are started before a worker looks: up to ten share its invocation. */
  executions?: number;
  /** How long the function `work` takes, and every request to the table or the queue. */
  taskMs?: number;
  requestMs?: number;
}

/** What executions use from StartExecution to their end, `work` answering its own input. */
export async function useOf(definition: object, input: object, usage: Usage): Promise<Use> {
  const { transitionsPerMessage, executions = 1, taskMs = 0, requestMs = 0 } = usage;
  let latencyMs = 0;
  let invocations = 0;
  const late = (inside: Table): Table => ({
    ...inside,
    put: async (...args) => {
      await world.sleep(latencyMs);
      return inside.put(...args);
    },
  });
  const work = async (payload: unknown) => {
    await world.sleep(taskMs);
    return payload;
  };
  const batches = (visible: Received[]) => {
    const tens = [];
    for (let i = 0; i < visible.length; i += BATCH_MESSAGES) tens.push(visible.slice(i, i + BATCH_MESSAGES));
    invocations += tens.length;
    return tens;
  };
  const world: MemoryWorld = memoryWorld({ work }, { transitionsPerMessage }, { table: late, batches });
  const machine = {
    name: 'bench',
    definition: JSON.stringify(definition),
    roleArn: ROLE,
  };
  const { stateMachineArn } = await world.api('CreateStateMachine', machine);
  world.table.reset();
  world.queue.reset();
  const started: unknown[] = [];
  for (let i = 0; i < executions; i++)
    started.push((await world.api('StartExecution', { stateMachineArn, input: JSON.stringify(input) })).executionArn);
  const startRequests = requestsOf(world);
  const startedAt = world.clock.now();
  latencyMs = requestMs;
  await world.settle();
  const workerMs = world.clock.now() - startedAt;
  const use = { table: world.table.reading(), queue: world.queue.reading() };
  for (const executionArn of started) {
    const { status } = await world.api('DescribeExecution', { executionArn });
    if (status !== 'SUCCEEDED') throw new Error(`The bench's execution ended as ${status}: ${world.troubles}`);
  }
  return { ...use, invocations, workerMs, startRequests };
}

function requestsOf({ table, queue }: MemoryWorld): number {
  const { puts, updates, gets, queries } = table.reading();
  return puts + updates + gets + queries + queue.reading().sendRequests;
}
