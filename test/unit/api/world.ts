// A world in memory for tests of the API, and a client that speaks the wire's JSON.
import { createHash } from 'node:crypto';
import { handleRequest } from '../../../core/api/wire.ts';
import { LIMITS } from '../../../core/limits.ts';
import type { World } from '../../../core/world.ts';
import { type VirtualClock, virtualClock } from '../../../infra/memory/clock.ts';
import { memoryPayloads } from '../../../infra/memory/payloads.ts';
import { memoryQueue } from '../../../infra/memory/queue.ts';
import { memoryTable } from '../../../infra/memory/table.ts';

export const START = Date.UTC(2026, 0, 1);
export const PREFIX = 'arn:aws:states:eu-west-1:123456789012:';
export const ROLE = 'arn:aws:iam::123456789012:role/machine';
export const PASS = JSON.stringify({ StartAt: 'A', States: { A: { Type: 'Pass', End: true } } });

export type TestWorld = World & { clock: VirtualClock };

export function apiWorld(): TestWorld {
  const clock = virtualClock(START);
  let ids = 0;
  return {
    table: memoryTable(clock),
    queue: memoryQueue(clock),
    payloads: memoryPayloads(),
    clock,
    lambda: {
      timeoutMs: async () => undefined,
      invoke: async () => {
        throw new Error('The API calls no function');
      },
    },
    random: () => 0.5,
    newId: () => {
      ids += 1;
      const hex = createHash('sha256').update(String(ids)).digest('hex');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    },
    settings: {
      account: '123456789012',
      region: 'eu-west-1',
      partition: 'aws',
      limits: LIMITS.aws,
      transitionsPerMessage: 25,
      activityPollMs: 60_000,
      callsPerWorker: 50,
      retentionDays: 21,
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into whatever an action answers.
export type Answer = any;

/** Sends one request; gives the body of the answer with its status as `$status`. */
export async function call(world: World, action: string, input: unknown): Promise<Answer> {
  const body = typeof input === 'string' ? input : JSON.stringify(input);
  const request = { method: 'POST', headers: { 'x-amz-target': `AWSStepFunctions.${action}` }, body };
  const response = await handleRequest(world, request, (trouble) => {
    throw trouble;
  });
  return { $status: response.status, ...JSON.parse(response.body) };
}

/** The answer of a call that succeeds. */
export async function answer(world: World, action: string, input: unknown = {}): Promise<Answer> {
  const { $status, ...output } = await call(world, action, input);
  if ($status !== 200) throw new Error(`${action} answered ${JSON.stringify(output)}`);
  return output;
}

/** The error of a call that fails, as `Code: message`. */
export async function refusal(world: World, action: string, input: unknown = {}): Promise<string> {
  const { __type, message } = await call(world, action, input);
  return `${__type}: ${message}`;
}

/** Creates a machine of one Pass state; gives its ARN. */
export async function newMachine(world: World, name = 'machine', more: object = {}): Promise<string> {
  const input = { name, definition: PASS, roleArn: ROLE, ...more };
  return (await answer(world, 'CreateStateMachine', input)).stateMachineArn;
}
