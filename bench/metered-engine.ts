// The whole engine in memory behind the meters, on a virtual clock: what one execution asks of DynamoDB, SQS and
// Lambda, exact to the unit on any machine.
import type { Table } from '../core/ports.ts';
import type { QueueReading, TableReading } from '../infra/meter.ts';
import { type MemoryWorld, memoryWorld } from '../test/support/memory-world.ts';
import { ROLE } from './embedded-engine.ts';

export interface Use {
  table: TableReading;
  queue: QueueReading;
  /** Invocations of the `advance` handler, one message each. */
  invocations: number;
  /** How long they ran in all, on the virtual clock. */
  workerMs: number;
  /** Requests of the API call that started the execution; all in sequence. */
  startRequests: number;
}

export interface Usage {
  /** 1 is the classical shape. */
  transitionsPerMessage: number;
  /** How long the function `work` takes, and every request to the table or the queue. */
  taskMs?: number;
  requestMs?: number;
}

/** What one execution uses from StartExecution to its end, `work` answering its own input. */
export async function useOf(definition: object, input: object, usage: Usage): Promise<Use> {
  const { transitionsPerMessage, taskMs = 0, requestMs = 0 } = usage;
  let latencyMs = 0;
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
  const world: MemoryWorld = memoryWorld({ work }, { transitionsPerMessage }, { table: late });
  const machine = {
    name: 'bench',
    definition: JSON.stringify(definition),
    roleArn: ROLE,
  };
  const { stateMachineArn } = await world.api('CreateStateMachine', machine);
  world.table.reset();
  world.queue.reset();
  const { executionArn } = await world.api('StartExecution', { stateMachineArn, input: JSON.stringify(input) });
  const startRequests = requestsOf(world);
  const startedAt = world.clock.now();
  latencyMs = requestMs;
  await world.settle();
  const workerMs = world.clock.now() - startedAt;
  const use = { table: world.table.reading(), queue: world.queue.reading() };
  const { status } = await world.api('DescribeExecution', { executionArn });
  if (status !== 'SUCCEEDED') throw new Error(`The bench's execution ended as ${status}: ${world.troubles}`);
  return { ...use, invocations: world.delivered.length, workerMs, startRequests };
}

function requestsOf({ table, queue }: MemoryWorld): number {
  const { puts, updates, gets, queries } = table.reading();
  return puts + updates + gets + queries + queue.reading().sendRequests;
}
