// A tree as text: the picture that `--follow` redraws on a terminal, and the lines it writes where there is none.
import { nextRetry, type Retriers } from './retry.ts';
import type { Change, Scope, StateNode, Status, Tree } from './tree.ts';

type Color = 'green' | 'red' | 'yellow' | 'blue' | 'gray';
export type Paint = (color: Color, text: string) => string;

const CODES = { green: 32, red: 31, yellow: 33, blue: 34, gray: 90 } satisfies Record<Color, number>;

export const painted: Paint = (color, text) => `\u001b[${CODES[color]}m${text}\u001b[0m`;
export const unpainted: Paint = (_color, text) => text;

const MARKS: Record<Status, [Color, string]> = {
  running: ['blue', '●'],
  succeeded: ['green', '✓'],
  caught: ['yellow', '!'],
  failed: ['red', '✗'],
  aborted: ['gray', '■'],
};

/** Iterations shown one by one; of a larger Map only those that run or failed. */
const ITERATIONS_SHOWN = 6;
const CAUSE_CHARACTERS = 160;

export interface View {
  now: number;
  retriers: Retriers;
  paint: Paint;
}

export function renderTree(tree: Tree, view: View): string[] {
  return renderStates(tree.root, '', view);
}

function renderStates(scope: Scope, indent: string, view: View): string[] {
  return scope.states.flatMap((node) => [
    `${indent}${renderState(node, view)}`,
    ...renderScopes(node, `${indent}  `, view),
  ]);
}

function renderScopes(node: StateNode, indent: string, view: View): string[] {
  if (node.scopes.length === 0) return [];
  const shown = node.scopes.length <= ITERATIONS_SHOWN ? node.scopes : worthShowing(node.scopes);
  const lines = shown.flatMap((scope) => [
    `${indent}${mark(scope.status, view.paint)} ${view.paint('gray', scopeName(scope))}`,
    ...renderStates(scope, `${indent}  `, view),
  ]);
  return node.type === 'Map' && shown.length < (node.items ?? 0)
    ? [`${indent}${progress(node, view.paint)}`, ...lines]
    : lines;
}

function worthShowing(scopes: Scope[]): Scope[] {
  return scopes.filter(({ status }) => status === 'running' || status === 'failed').slice(0, ITERATIONS_SHOWN);
}

function progress(node: StateNode, paint: Paint): string {
  const count = (status: Status) => node.scopes.filter((scope) => scope.status === status).length;
  const [done, running, failed] = [count('succeeded'), count('running'), count('failed')];
  return paint('gray', `${done} of ${node.items} done, ${running} running${failed === 0 ? '' : `, ${failed} failed`}`);
}

function renderState(node: StateNode, view: View): string {
  const { paint } = view;
  const notes = [formatDuration((node.endedAt ?? view.now) - node.enteredAt)];
  if (node.attempts.length > 1) notes.push(`attempt ${node.attempts.length}`);
  const retry = nextRetry(node, view.retriers);
  if (retry !== undefined) notes.push(retryNote(retry, view.now));
  const failure = node.failure === undefined ? '' : `  ${paint('red', describeFailure(node.failure))}`;
  return `${mark(node.status, paint)} ${node.name}  ${paint('gray', notes.join(', '))}${failure}`;
}

function retryNote({ at, isLatest }: { at: number; isLatest: boolean }, now: number): string {
  return `next retry in ${isLatest ? 'at most ' : ''}${formatDuration(Math.max(at - now, 0))}`;
}

/** One line for one change; undefined for what needs none. */
export function renderChange({ kind, node }: Change, startedAt: number, view: View): string | undefined {
  const { paint } = view;
  const at = (text: string, ms: number) => `${paint('gray', `+${((ms - startedAt) / 1000).toFixed(3)}s`)} ${text}`;
  const path = pathOf(node);
  switch (kind) {
    case 'entered':
      return waits(node) ? at(`${mark('running', paint)} ${path}`, node.enteredAt) : undefined;
    case 'retried':
      return at(`${mark('running', paint)} ${path}, attempt ${node.attempts.length}`, node.attempts.at(-1)!.startedAt);
    case 'attempt failed': {
      const retry = nextRetry(node, view.retriers);
      const when = node.attempts.at(-1)?.endedAt ?? view.now;
      const next = retry === undefined ? '' : paint('gray', `, ${retryNote(retry, when)}`);
      return at(`${mark('failed', paint)} ${path}  ${paint('red', describeFailure(node.failure!))}${next}`, when);
    }
    case 'ended': {
      const took = paint('gray', formatDuration(node.endedAt! - node.enteredAt));
      return at(`${mark(node.status, paint)} ${path}  ${took}`, node.endedAt!);
    }
  }
}

const waits = ({ type }: StateNode) => type === 'Task' || type === 'Wait' || type === 'Map' || type === 'Parallel';

export function renderOutcome(tree: Tree, view: View): string[] {
  const { paint } = view;
  const took = tree.startedAt === undefined ? '' : ` in ${formatDuration((tree.endedAt ?? view.now) - tree.startedAt)}`;
  if (tree.status === 'SUCCEEDED') return [`${paint('green', tree.status)}${took}`, tree.output ?? ''];
  if (tree.status === 'RUNNING') return [`${paint('blue', tree.status)}${took}`];
  return [
    `${paint('red', tree.status)}${took}${tree.failure === undefined ? '' : `: ${describeFailure(tree.failure)}`}`,
  ];
}

/** From the outside in: `Charge all / [3] / Charge`. */
export function pathOf(node: StateNode): string {
  const { of } = node.within;
  return of === undefined ? node.name : `${pathOf(of)} / ${scopeName(node.within)} / ${node.name}`;
}

const scopeName = ({ kind, index }: Scope) => (kind === 'branch' ? `branch ${index + 1}` : `[${index}]`);

const mark = (status: Status, paint: Paint) => paint(...MARKS[status]);

/** A Lambda function's cause is JSON; its message says it best. */
function describeFailure({ error, cause }: { error: string; cause?: string }): string {
  if (cause === undefined || cause === '') return error;
  const text = messageIn(cause).replaceAll(/[\s\p{Cc}]+/gu, ' ');
  return `${error}: ${text.length > CAUSE_CHARACTERS ? `${text.slice(0, CAUSE_CHARACTERS)}…` : text}`;
}

function messageIn(cause: string): string {
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : cause;
  } catch {
    return cause;
  }
}

export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.floor((ms % 60_000) / 1000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
