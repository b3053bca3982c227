// A history as a tree: states, their attempts, and under Map and Parallel the states of each iteration and branch.
// Pure: events in, tree out. Events may arrive page by page; each finds its place by its previousEventId.
import type { HistoryEvent } from '@aws-sdk/client-sfn';

/** `caught`: the state failed and a Catch took over. */
export type Status = 'running' | 'succeeded' | 'caught' | 'failed' | 'aborted';
export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

export interface Failure {
  error: string;
  cause?: string;
}

export interface Attempt {
  startedAt: number;
  endedAt?: number;
  failure?: Failure;
}

export interface StateNode {
  name: string;
  /** `Task`, `Map`, ... */
  type: string;
  status: Status;
  enteredAt: number;
  endedAt?: number;
  attempts: Attempt[];
  failure?: Failure;
  /** Iterations or branches of the last attempt, in order of their beginning. */
  scopes: Scope[];
  /** How many items a Map has. */
  items?: number;
  within: Scope;
}

/** One line of control: the execution's own, a branch, an iteration. */
export interface Scope {
  kind: 'execution' | 'branch' | 'iteration';
  index: number;
  status: Status;
  states: StateNode[];
  /** The Map or Parallel it belongs to. */
  of?: StateNode;
}

export interface Tree {
  status: ExecutionStatus;
  startedAt?: number;
  endedAt?: number;
  output?: string;
  failure?: Failure;
  root: Scope;
  lastEventId: number;
  /** Where the event of this id happened. */
  places: Map<number, Place>;
}

interface Place {
  scope: Scope;
  node?: StateNode;
}

/** What an event meant for a state: what a log of the execution has a line for. */
export interface Change {
  kind: 'entered' | 'attempt failed' | 'retried' | 'ended';
  node: StateNode;
}

interface Details {
  name?: string;
  index?: number;
  length?: number;
  state?: string;
  output?: string;
  error?: string;
  cause?: string;
}

export function emptyTree(): Tree {
  const root: Scope = { kind: 'execution', index: 0, status: 'running', states: [] };
  return { status: 'RUNNING', root, lastEventId: 0, places: new Map() };
}

export function buildTree(events: Iterable<HistoryEvent>): Tree {
  const tree = emptyTree();
  for (const event of events) addEvent(tree, event);
  return tree;
}

/** Events of an execution in order, each once. */
export function addEvent(tree: Tree, event: HistoryEvent): Change | undefined {
  const before = tree.places.get(event.previousEventId ?? 0) ?? { scope: tree.root };
  const { place, change } = applyEvent(tree, event, before);
  tree.places.set(event.id!, place);
  tree.lastEventId = event.id!;
  return change;
}

interface Applied {
  place: Place;
  change?: Change;
}

function applyEvent(tree: Tree, event: HistoryEvent, before: Place): Applied {
  const type: string = event.type!;
  if (type.startsWith('Execution')) return applyToExecution(tree, event, before);
  if (type.endsWith('StateEntered')) return enter(event, before);
  if (type.startsWith('MapIteration')) return applyToIteration(event, before);
  const node = nodeOf(event, before);
  if (node === undefined) return { place: before };
  const place = { scope: node.within, node };
  if (type.endsWith('StateExited')) return { place, change: exit(node, event) };
  if (type.endsWith('StateAborted')) return { place, change: end(node, 'aborted', event) };
  if (type === 'MapStateStarted' || type === 'ParallelStateStarted') {
    node.scopes = [];
    const { length } = detailsOf(event);
    if (length !== undefined) node.items = length;
    return { place, ...begin(node, event) };
  }
  if (type.endsWith('Scheduled')) return { place, ...begin(node, event) };
  if (/(Failed|TimedOut)$/.test(type)) return { place, change: failAttempt(node, event) };
  return { place };
}

function applyToExecution(tree: Tree, event: HistoryEvent, before: Place): Applied {
  const at = timeOf(event);
  const details = detailsOf(event);
  switch (event.type) {
    case 'ExecutionStarted':
      tree.startedAt = at;
      return { place: { scope: tree.root } };
    case 'ExecutionRedriven':
      tree.status = 'RUNNING';
      delete tree.endedAt;
      delete tree.failure;
      reopen(tree.root);
      return { place: before };
    case 'ExecutionSucceeded':
      tree.status = 'SUCCEEDED';
      if (details.output !== undefined) tree.output = details.output;
      break;
    default:
      tree.status =
        event.type === 'ExecutionFailed' ? 'FAILED' : event.type === 'ExecutionAborted' ? 'ABORTED' : 'TIMED_OUT';
      tree.failure = failureOf(details, event.type === 'ExecutionTimedOut' ? 'States.Timeout' : undefined);
      if (event.type === 'ExecutionFailed' && before.node !== undefined) before.node.failure ??= tree.failure;
  }
  tree.endedAt = at;
  close(tree.root, tree.status === 'SUCCEEDED' ? 'succeeded' : tree.status === 'FAILED' ? 'failed' : 'aborted', at);
  return { place: before };
}

function enter(event: HistoryEvent, before: Place): Applied {
  const previous = before.node;
  const opensBranch = previous?.type === 'Parallel' && previous.within === before.scope && isOpen(previous);
  const within = opensBranch ? openScope(previous, 'branch', previous.scopes.length) : before.scope;
  const node: StateNode = {
    name: detailsOf(event).name ?? '?',
    type: event.type!.replace('StateEntered', ''),
    status: 'running',
    enteredAt: timeOf(event),
    attempts: [],
    scopes: [],
    within,
  };
  within.states.push(node);
  return { place: { scope: within, node }, change: { kind: 'entered', node } };
}

function applyToIteration(event: HistoryEvent, before: Place): Applied {
  const { name, index = 0 } = detailsOf(event);
  const map = climb(before, (node) => node.name === name);
  if (map === undefined) return { place: before };
  if (event.type === 'MapIterationStarted') return { place: { scope: openScope(map, 'iteration', index) } };
  const scope = map.scopes.find((iteration) => iteration.index === index);
  const status =
    event.type === 'MapIterationSucceeded' ? 'succeeded' : event.type === 'MapIterationFailed' ? 'failed' : 'aborted';
  if (scope !== undefined) close(scope, status, timeOf(event));
  // What follows an iteration belongs to its Map: the next iteration, or the Map's own end.
  return { place: { scope: map.within, node: map } };
}

function openScope(node: StateNode, kind: Scope['kind'], index: number): Scope {
  const scope: Scope = { kind, index, status: 'running', states: [], of: node };
  node.scopes.push(scope);
  return scope;
}

/** The state an event speaks of: its own name says it, or the group it can only mean, or the event before it. */
function nodeOf(event: HistoryEvent, before: Place): StateNode | undefined {
  const type: string = event.type!;
  const { name, state } = detailsOf(event);
  if (type.endsWith('StateExited')) return climb(before, (node) => node.name === name);
  if (type === 'EvaluationFailed') {
    const entered = before.scope.states.findLast((node) => node.name === state);
    return entered ?? climb(before, (node) => node.name === state) ?? before.node;
  }
  const group = /^(Map|Parallel)(State|Run)/.exec(type)?.[1];
  // After the redrive of an aborted execution nothing before names the state: it is the one that was open.
  if (type.endsWith('Scheduled')) return before.node ?? before.scope.states.findLast(isOpen);
  return group === undefined ? before.node : climb(before, (node) => node.type === group && isOpen(node));
}

/** From a place outwards. Names are unique in a definition, so the first match is the only one. */
function climb(place: Place, matches: (node: StateNode) => boolean): StateNode | undefined {
  let node = place.node ?? place.scope.of;
  while (node !== undefined && !matches(node)) node = node.within.of;
  return node;
}

function begin(node: StateNode, event: HistoryEvent): { change?: Change } {
  delete node.failure;
  node.attempts.push({ startedAt: timeOf(event) });
  return node.attempts.length > 1 ? { change: { kind: 'retried', node } } : {};
}

function failAttempt(node: StateNode, event: HistoryEvent): Change {
  const at = timeOf(event);
  node.failure = failureOf(detailsOf(event), event.type!.endsWith('TimedOut') ? 'States.Timeout' : undefined);
  const attempt = node.attempts.at(-1);
  if (attempt !== undefined) {
    attempt.endedAt = at;
    attempt.failure = node.failure;
  }
  for (const scope of node.scopes) close(scope, 'aborted', at);
  return { kind: 'attempt failed', node };
}

function exit(node: StateNode, event: HistoryEvent): Change {
  const failed = node.failure !== undefined;
  return end(node, failed ? 'caught' : 'succeeded', event);
}

function end(node: StateNode, status: Status, event: HistoryEvent): Change {
  endNode(node, status, timeOf(event));
  return { kind: 'ended', node };
}

function endNode(node: StateNode, status: Status, at: number): void {
  node.status = status;
  node.endedAt = at;
  const attempt = node.attempts.at(-1);
  if (attempt !== undefined) attempt.endedAt ??= at;
  for (const scope of node.scopes) close(scope, status === 'succeeded' ? 'succeeded' : 'aborted', at);
}

/** Ends a line of control and what is still open in it; a state that failed there is why. */
function close(scope: Scope, status: Status, at: number): void {
  if (scope.status !== 'running') return;
  scope.status = status;
  for (const node of scope.states.filter(isOpen)) {
    const hasFailed = node.failure !== undefined || node.type === 'Fail' || hasFailedInside(node);
    const own = status === 'succeeded' ? 'succeeded' : hasFailed ? 'failed' : 'aborted';
    endNode(node, own, at);
  }
}

function hasFailedInside(node: StateNode): boolean {
  return node.scopes.some((scope) =>
    scope.states.some(
      (state) => isOpen(state) && (state.failure !== undefined || state.type === 'Fail' || hasFailedInside(state)),
    ),
  );
}

/** A redriven execution goes on where it failed. */
function reopen(scope: Scope): void {
  scope.status = 'running';
  for (const node of scope.states.filter(({ status }) => status === 'failed' || status === 'aborted')) {
    node.status = 'running';
    delete node.endedAt;
    for (const inner of node.scopes.filter(({ status }) => status !== 'succeeded')) reopen(inner);
  }
}

const isOpen = (node: StateNode) => node.status === 'running';

const timeOf = (event: HistoryEvent) => event.timestamp!.getTime();

function failureOf({ error, cause }: Details, otherwise = 'States.TaskFailed'): Failure {
  return { error: error ?? otherwise, ...(cause !== undefined && { cause }) };
}

function detailsOf(event: HistoryEvent): Details {
  for (const [key, value] of Object.entries(event)) if (key.endsWith('EventDetails') && value) return value as Details;
  return {};
}
