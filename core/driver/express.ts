// Express executions: at most five minutes, in one process, without a log. A synchronous one runs inside its request,
// at most once. An asynchronous one is a message, and runs wherever that is received: at least once, because a message
// whose worker is lost comes back and the whole execution runs again.

import type { Head } from '../engine/state.ts';
import type { Creation } from '../execution.ts';
import { EXPRESS_SECONDS_MAX } from '../limits.ts';
import { definitionOf } from '../store/definitions.ts';
import type { World } from '../world.ts';
import { type Listener, runInProcess } from './in-process.ts';
import { send } from './message.ts';

/** Begins an asynchronous execution; only workers of the `call` queue have the time that it may take. */
export async function startExpress(world: World, creation: Creation): Promise<void> {
  const { run, executionArn } = creation;
  const message = { id: world.newId(), run, executionArn, kind: 'express' as const, creation };
  await send(world, [{ message, queue: 'call' }]);
}

/** Runs an asynchronous execution that a worker received; its minutes count from now, however long it lay in the queue. */
export async function receiveExpress(world: World, creation: Creation): Promise<void> {
  await runExpress(world, { ...creation, startDate: world.clock.now() });
}

/** Runs an execution to its end. */
export async function runExpress(world: World, creation: Creation, listener?: Listener): Promise<Head> {
  const definition = await definitionOf(world, creation);
  const TimeoutSeconds = Math.min(definition.TimeoutSeconds ?? EXPRESS_SECONDS_MAX, EXPRESS_SECONDS_MAX);
  return await runInProcess(world, { ...definition, TimeoutSeconds }, creation, listener);
}
