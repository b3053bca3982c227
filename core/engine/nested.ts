// Child executions, as the parent's interpreter sees them: which one a task is about to begin or to redrive, and which
// ones must stop because nobody waits for them any more. A wait names its child before the call is made, so that no
// child is lost with the worker that began it.
import type { Definition, StatesScope } from '../asl/definition.ts';
import { isObject, parseJson } from '../expr/json.ts';
import { type Integration, type Nested, parseResource } from './call.ts';
import { type Frame, jobOf, waitName } from './state.ts';
import type { Step } from './step.ts';

/** The error of a child whose parent was stopped, or no longer waits for it. */
export const PARENT_ENDED = 'States.TaskAborted';

/**
 * The child of the call that this frame's Task is about to make; undefined where the call waits for none. A task that
 * is redriven goes on with the child of its last attempt.
 */
export function nestedOf(step: Step, frame: Frame, integration: Integration, parameters: string): Nested | undefined {
  if (!isAwaitedStart(integration)) return undefined;
  const { StateMachineArn: machine, Name: given } = asObject(parameters);
  // A version, an alias or a test case of the machine begins executions of the same names.
  const [, prefix, machineName] = /^(arn:[^:]*:states:[^:]*:[^:]*:)stateMachine:([^:#]+)/.exec(String(machine)) ?? [];
  const name = typeof given === 'string' ? given : step.env.newId();
  return {
    visit: frame.entered?.id ?? 0,
    ...(prefix === undefined ? {} : { child: `${prefix}execution:${machineName}:${name}` }),
    ...(frame.child === undefined ? {} : { redrives: frame.child }),
  };
}

function isAwaitedStart(integration: Integration): boolean {
  if (integration.kind !== 'service' || integration.service !== 'states') return false;
  return integration.action === 'startExecution' && isSync(integration.pattern);
}

function isSync(pattern: string): boolean {
  return pattern === 'sync' || pattern === 'sync:2';
}

function asObject(text: string): Record<string, unknown> {
  const value = parseJson(text);
  return isObject(value) ? value : {};
}

/** The child that a redrive of this frame goes on with: that of the attempt which is over, or is just ending. */
export function lastChild({ wait, child }: Frame): string | undefined {
  if (wait?.kind !== 'task') return child;
  const { child: begun, claim, call } = wait;
  return begun ?? call.nested?.redrives ?? (claim && call.nested?.child);
}

/** The call of this frame's wait is over without an answer: its child, or its job, must not go on. */
export function stopChild(step: Step, { id, wait: open }: Frame): void {
  if (open?.kind !== 'task') return;
  const job = jobOf(open);
  if (job !== undefined) step.commands.push({ kind: 'CancelJob', job });
  const awaitedBy = waitName(id, open.since);
  if (open.child !== undefined) step.commands.push({ kind: 'StopChild', executionArn: open.child, awaitedBy });
  else if (open.claim !== undefined)
    for (const executionArn of [open.call.nested?.child, open.call.nested?.redrives])
      if (executionArn !== undefined) step.commands.push({ kind: 'StopChild', executionArn, awaitedBy });
}

/** The run is over: so are the children and jobs of all its frames, at hand or not. */
export function stopChildren(step: Step): void {
  if (!mayWaitForOthers(step.definition)) return;
  for (const frame of step.liveFrames()) stopChild(step, frame);
}

const known = new WeakMap<Definition, boolean>();

/** Whether a state of this definition waits for the end of what runs elsewhere, and would have to stop it. */
function mayWaitForOthers(definition: Definition): boolean {
  const answer = known.get(definition) ?? hasAwaited(definition);
  known.set(definition, answer);
  return answer;
}

function hasAwaited({ States }: StatesScope): boolean {
  return Object.values(States).some((state) => {
    if (state.Type === 'Parallel') return state.Branches.some(hasAwaited);
    if (state.Type === 'Map') return [state.ItemProcessor, state.Iterator].some((scope) => scope && hasAwaited(scope));
    if (state.Type !== 'Task') return false;
    const integration = parseResource(state.Resource);
    return integration.kind === 'service' && isSync(integration.pattern);
  });
}
