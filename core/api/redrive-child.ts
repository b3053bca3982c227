// Redrive goes down: a parent that is redriven goes on with the child that it waited for, instead of beginning another.
// Asking twice is asking once: the child knows which wait of its parent it works for.
import { endOfChild } from '../driver/children.ts';
import { adoptExecution, redriveExecution, stopExecution } from '../driver/executions.ts';
import { PARENT_ENDED } from '../engine/nested.ts';
import type { Creation } from '../execution.ts';
import { readCreation } from '../store/names.ts';
import { readHead, standingOf } from '../store/standing.ts';
import type { ResumedChild, World } from '../world.ts';
import { redriveStatus } from './redrive-status.ts';

/**
 * Lets the child work for `parent`, a later attempt of the visit of the state that began it: redrives it, or waits with
 * it where somebody else did, or takes its result where it has come to a good end meanwhile. Undefined when the child
 * is another's, is gone, or cannot be redriven: a new one has to begin.
 */
export async function resumeChild(
  world: World,
  executionArn: string,
  parent: NonNullable<Creation['parent']>,
): Promise<ResumedChild | undefined> {
  const child = await readCreation(world, executionArn);
  if (child?.parent?.run !== parent.run || child.parent.visit !== parent.visit) return undefined;
  const { startDate } = child;
  for (;;) {
    const head = await readHead(world, child);
    const { status } = head;
    if (head.awaitedBy === parent.wait) return { startDate };
    if (status === 'SUCCEEDED') return { startDate, answer: endOfChild(child, head, parent.pattern) };
    if (status === 'RUNNING' && head.awaitedBy === '') {
      await adoptExecution(world, child, head, parent.wait);
    } else if (status === 'RUNNING') {
      // Its parent's earlier attempt is over, and the message that stops it on its way.
      await stopExecution(world, child, { error: PARENT_ENDED });
    } else {
      const verdict = await redriveStatus(world, child, standingOf(head));
      if (verdict.redriveStatus !== 'REDRIVABLE') return undefined;
      await redriveExecution(world, child, head, { awaitedBy: parent.wait });
    }
  }
}
