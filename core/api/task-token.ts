// What the three SendTask actions share: opening the token, finding the task, AWS's words for one that is gone.

import { answerTask } from '../driver/executions.ts';
import { type TokenName, unseal } from '../driver/tokens.ts';
import type { CallOutcome } from '../engine/call.ts';
import { initialHead, openWait } from '../engine/state.ts';
import type { Creation } from '../execution.ts';
import { writeHeartbeat } from '../store/heartbeats.ts';
import { readCreation } from '../store/names.ts';
import { reload, withFramesOf } from '../store/run-state.ts';
import type { World } from '../world.ts';
import { invalidToken, taskDoesNotExist, taskTimedOut } from './exceptions.ts';

/** Answers the task; throws InvalidToken, TaskDoesNotExist, or TaskTimedOut for one that is no longer open. */
export async function answer(world: World, token: string, outcome: CallOutcome): Promise<void> {
  const { creation, name } = await find(world, token);
  if (!(await answerTask(world, creation, name.wait, outcome))) throw taskTimedOut();
}

/** Records a heartbeat; the same errors. */
export async function beat(world: World, token: string): Promise<void> {
  const { creation, name } = await find(world, token);
  const newest = await reload(world, { creation, head: initialHead(creation), frames: new Map(), outputs: new Map() });
  if (newest === undefined) throw taskDoesNotExist();
  if (openWait(await withFramesOf(world, newest.state, [name.wait]), name.wait) === undefined) throw taskTimedOut();
  await writeHeartbeat(world, name.run, name.wait);
}

async function find(world: World, token: string): Promise<{ creation: Creation; name: TokenName }> {
  const name = await unseal(world, token);
  if (name === undefined) throw invalidToken();
  const creation = await readCreation(world, name.executionArn);
  if (creation === undefined || creation.run !== name.run) throw taskDoesNotExist();
  return { creation, name };
}
