// The whole engine in memory behind the meters, on a virtual clock: what executions ask of DynamoDB, SQS and Lambda,
// exact to the unit on any machine.
import { LIMITS } from '../core/limits.ts';
import type { Item, Queue, QueueName, Received, Table } from '../core/ports.ts';
import { itemSize } from '../infra/item-size.ts';
import type { QueueReading, TableReading } from '../infra/meter.ts';
import { type MemoryWorld, memoryWorld } from '../test/support/memory-world.ts';
import { ROLE } from './embedded-engine.ts';

/** Messages to one invocation at most, as serverless.yml has it. */
const BATCH_MESSAGES = 10;
/** Its multiples are spread evenly over the fractions. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;
/** What is due later waits in the table. */
const SQS_DELAY_MS_MAX = 900_000;

export interface Use {
  table: TableReading;
  queue: QueueReading;
  /** Invocations of the workers, by queue, and how long they ran, on the virtual clock. */
  shifts: { queue: QueueName; ms: number }[];
  /** Calls of the API that started the executions and answered their tasks, and how long its requests took. */
  apiCalls: number;
  apiMs: number;
  /** For messages that wait in the table, because SQS would not wait so long: put there, and deleted. */
  laterWriteUnits: number;
  /** Bytes that the table holds afterwards, as DynamoDB counts them for storage. */
  storedBytes: number;
}

export interface Usage {
  /** 1 is the classical shape. */
  transitionsPerMessage: number;
  /** How many are started before a worker looks: up to ten share its invocation. */
  executions?: number;
  /** How long the function `work` takes, and every request to the table or the queue. */
  taskMs?: number;
  requestMs?: number;
  /** Tasks take from half to one and a half of `taskMs`, so that no two of a Map end in the same moment. */
  unevenTasks?: boolean;
  /** After how long tasks that wait for their token are answered. */
  answerMs?: number;
}

/** What executions use from StartExecution to their end: `work` answers its own input, `ask` keeps the token it gets. */
export async function useOf(definition: object, input: unknown, usage: Usage): Promise<Use> {
  const { transitionsPerMessage, executions = 1, taskMs = 0, requestMs = 0, answerMs = 0, unevenTasks } = usage;
  let calls = 0;
  let latencyMs = 0;
  const stored = new Map<string, number>();
  let laterWriteUnits = 0;
  const counting = (inside: Queue): Queue => ({
    ...inside,
    async send(messages) {
      for (const { body, at = 0 } of messages)
        if (at > world.clock.now() + SQS_DELAY_MS_MAX)
          laterWriteUnits += 2 * Math.ceil((Buffer.byteLength(body) + 100) / 1024);
      await inside.send(messages);
    },
  });
  const slow = (inside: Table): Table => ({
    ...inside,
    put: async (item, condition) => {
      await world.sleep(latencyMs);
      const won = await inside.put(item, condition);
      if (won) stored.set(`${item.pk}\n${item.sk}`, storedSize(item));
      return won;
    },
  });
  const tokens: string[] = [];
  const functions = {
    work: async (payload: unknown) => {
      const share = unevenTasks ? 0.5 + ((++calls * GOLDEN) % 1) : 1;
      await world.sleep(taskMs * share);
      return payload;
    },
    ask: ({ token }: { token: string }) => void tokens.push(token),
  };
  const world: MemoryWorld = memoryWorld(
    functions,
    { transitionsPerMessage, limits: LIMITS.extended },
    { table: slow, queue: counting, batches: byTens },
  );
  const machine = { name: 'bench', definition: JSON.stringify(definition), roleArn: ROLE };
  const { stateMachineArn } = await world.api('CreateStateMachine', machine);
  for (const meter of [world.table, world.queue]) meter.reset();
  stored.clear();
  const api = { calls: 0, requests: 0 };
  const call = async (action: string, body: object) => {
    const before = requestsOf(world);
    const answer = await world.api(action, body);
    api.calls++;
    api.requests += requestsOf(world) - before;
    return answer;
  };
  const started: unknown[] = [];
  for (let i = 0; i < executions; i++)
    started.push((await call('StartExecution', { stateMachineArn, input: JSON.stringify(input) })).executionArn);
  latencyMs = requestMs;
  if (answerMs > 0) {
    await world.pass(answerMs);
    latencyMs = 0;
    for (const taskToken of tokens) await call('SendTaskSuccess', { taskToken, output: '{"approved":true}' });
    latencyMs = requestMs;
  }
  await world.settle();
  const use = { table: world.table.reading(), queue: world.queue.reading() };
  for (const executionArn of started) {
    const { status } = await world.api('DescribeExecution', { executionArn });
    if (status !== 'SUCCEEDED') throw new Error(`The bench's execution ended as ${status}: ${world.troubles}`);
  }
  const storedBytes = [...stored.values()].reduce((sum, bytes) => sum + bytes, 0);
  return {
    ...use,
    shifts: world.shifts,
    apiCalls: api.calls,
    apiMs: api.requests * requestMs,
    storedBytes,
    laterWriteUnits,
  };
}

/** DynamoDB adds 100 bytes to every item. What a list index has of it is left out. */
function storedSize(item: Item): number {
  return itemSize(item) + 100;
}

function byTens(visible: Received[]): Received[][] {
  const tens: Received[][] = [];
  for (let i = 0; i < visible.length; i += BATCH_MESSAGES) tens.push(visible.slice(i, i + BATCH_MESSAGES));
  return tens;
}

function requestsOf({ table, queue }: MemoryWorld): number {
  const { puts, updates, gets, queries } = table.reading();
  return puts + updates + gets + queries + queue.reading().sendRequests;
}
