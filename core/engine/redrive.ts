// Redrive: an execution that failed, timed out or was stopped goes on where it broke. The frames that its last record
// kept begin their states again, without entering them again; what had ended well stays as it is. Retry counters and
// timeouts start over (spec section 5.2).
import type { State } from '../asl/definition.ts';
import { limitRun } from './move.ts';
import { lastChild } from './nested.ts';
import type { Frame } from './state.ts';
import type { Step } from './step.ts';

/** How many client tokens are remembered. */
const TOKENS_MAX = 10;

/** False when there is nothing to redrive: the execution runs, succeeded, or had this redrive (its `count`) already. */
export async function redrive(
  step: Step,
  { count, clientToken, awaitedBy = '' }: { count: number; clientToken?: string; awaitedBy?: string },
  guarded: (id: string, act: () => Promise<void>) => Promise<void>,
  work: (step: Step, frame: Frame, state: State) => Promise<void>,
): Promise<boolean> {
  const { status, redriveCount } = step.head;
  if (status === 'RUNNING' || status === 'SUCCEEDED' || count !== redriveCount + 1) return false;
  const redriven = reopen(step, clientToken, awaitedBy);
  const waiting = Object.keys(step.head.frames).map((id) => step.frame(id));
  for (const frame of waiting) {
    // A Parallel or Map goes on by its branches and iterations.
    if (frame.wait?.kind === 'group') continue;
    const { wait: _closed, retries: _over, ...rest } = frame;
    const child = lastChild(frame);
    const again = step.set({ ...rest, ...(child === undefined ? {} : { child }), previous: redriven });
    // A Fail is entered again, says AWS of it alone.
    if (again.entered === undefined || step.stateOf(again).Type === 'Fail') step.ready.push(frame.id);
    else await guarded(frame.id, () => work(step, again, step.stateOf(again)));
  }
  return true;
}

/** The run is open again. Gives the id of ExecutionRedriven, where every chain goes on. */
function reopen(step: Step, clientToken: string | undefined, awaitedBy: string): number {
  const { head } = step;
  const { stopDate: _stopDate, output: _output, error: _error, cause: _cause, deadline: _deadline, ...open } = head;
  for (const key of Object.keys(head)) delete head[key as keyof typeof head];
  Object.assign(head, open, { status: 'RUNNING', redriveCount: open.redriveCount + 1, redriveDate: step.now });
  if (step.run.creation.parent !== undefined) head.awaitedBy = awaitedBy;
  if (clientToken !== undefined) {
    const others = Object.entries(open.redriveTokens ?? {}).filter(([token]) => token !== clientToken);
    head.redriveTokens = Object.fromEntries([...others.slice(1 - TOKENS_MAX), [clientToken, step.now]]);
  }
  const id = step.record(head.nextEventId - 1, 'ExecutionRedriven', {
    executionRedrivenEventDetails: { redriveCount: head.redriveCount },
  });
  step.commands.push({ kind: 'AnnounceRedrive' });
  if (awaitedBy !== '') step.commands.push({ kind: 'CheckParent' });
  limitRun(step, step.now);
  return id;
}
