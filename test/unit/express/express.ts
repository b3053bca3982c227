// Express machines in a memory world: made, started and awaited while the virtual clock moves.
import { type MemoryWorld, memoryWorld } from '../../support/memory-world.ts';

export { memoryWorld };

const ROLE = 'arn:aws:iam::123456789012:role/test';

export async function createExpress(world: MemoryWorld, definition: object, name = 'express'): Promise<string> {
  const machine = { name, definition: JSON.stringify(definition), roleArn: ROLE, type: 'EXPRESS' };
  return String((await world.api('CreateStateMachine', machine)).stateMachineArn);
}

/** Creates a machine of this definition and runs it synchronously. */
export async function runSync(world: MemoryWorld, definition: object, input: unknown = {}, more: object = {}) {
  const stateMachineArn = await createExpress(world, definition);
  return await passing(
    world,
    world.api('StartSyncExecution', { stateMachineArn, input: JSON.stringify(input), ...more }),
  );
}

/** Lets virtual time pass as long as somebody needs it to. */
export async function passing<T>(world: MemoryWorld, work: Promise<T>): Promise<T> {
  let isOver = false;
  const end = work.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    for (let turn = 0; turn < 5 && !isOver; turn++) await new Promise((go) => setImmediate(go));
    const next = world.clock.nextAwaited();
    if (!isOver && next !== undefined) world.clock.advanceTo(Math.max(next, world.clock.now()));
  }
  return await end;
}
