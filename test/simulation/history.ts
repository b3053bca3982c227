// What two histories of one workflow have in common whatever went wrong: the tree of their events, each under the event
// that it points at. Left out is what only says that the world was unreliable, or that luck may decide:
// - attempts that failed with an error which the state retries for as long as it takes;
// - TaskSubmitted, which an answer may overtake;
// - what happened inside a Parallel or Map that failed: its first failure ends all others, wherever they are;
// - times, ids, task tokens, and what a child execution says of its own times and name.
// Events that point at whichever branch or iteration came last stand under the beginning of their group.
import type { HistoryEvent } from '../../core/execution.ts';
import { PATIENT } from './tasks.ts';
import type { Definition, States } from './workflow.ts';

type Details = Record<string, string>;

export function shapeOf(events: readonly HistoryEvent[], definition: Definition): string {
  const byId = new Map(events.map((event) => [event.id, event]));
  const before = (event: HistoryEvent) => byId.get(event.previousEventId);
  const excused = new Set<number>();
  for (const event of events) {
    if (event.type === 'TaskSubmitted') excused.add(event.id);
    if (!isExcusable(event, definition.States, before)) continue;
    for (let each: HistoryEvent | undefined = event; each !== undefined; each = before(each)) {
      excused.add(each.id);
      if (each.type.endsWith('Scheduled')) break;
    }
  }
  const children = new Map<number, HistoryEvent[]>();
  for (const event of events) {
    if (excused.has(event.id)) continue;
    let above = isJoin(event, before) ? groupOf(event, before) : before(event);
    while (above !== undefined && excused.has(above.id)) above = before(above);
    const known = children.get(above?.id ?? 0) ?? [];
    // Only the failure itself counts of a group that failed.
    if (known.some((each) => isFailure(each, before))) continue;
    children.set(above?.id ?? 0, isFailure(event, before) ? [event] : [...known, event]);
  }
  return (children.get(0) ?? []).map((event) => printed(event, children)).join('\n');
}

/** The first line in which two shapes differ, with what comes before it. */
export function firstDifference(expected: string, actual: string): string {
  const [wanted, is] = [expected.split('\n'), actual.split('\n')];
  const at = wanted.findIndex((line, i) => line !== is[i]);
  const index = at === -1 ? wanted.length : at;
  return `after ${wanted[index - 1]?.trim()}\n    is     ${is[index]?.trim()}\n    not    ${wanted[index]?.trim()}`;
}

type Before = (event: HistoryEvent) => HistoryEvent | undefined;

const isStart = ({ type }: HistoryEvent) => /^(Map|Parallel)StateStarted$/.test(type);

/** A group failed: for good, or to begin again, which no event says but the beginning itself. */
function isFailure(event: HistoryEvent, before: Before): boolean {
  return /^(Map|Parallel)StateFailed$/.test(event.type) || isRetry(event, before);
}

function isRetry(event: HistoryEvent, before: Before): boolean {
  return isStart(event) && !before(event)?.type.endsWith('StateEntered');
}

/** Whether the event points at whatever came last inside its group. */
function isJoin(event: HistoryEvent, before: Before): boolean {
  if (/^(Map|Parallel)StateExited$/.test(event.type)) return !before(event)?.type.endsWith('StateFailed');
  return /^(MapIterationStarted|(Map|Parallel)StateSucceeded)$/.test(event.type) || isFailure(event, before);
}

function printed(event: HistoryEvent, children: Map<number, HistoryEvent[]>, depth = 0): string {
  // Branches in an order of their own; a chain goes on in the same column.
  const below = (children.get(event.id) ?? []).map((each) => each);
  const deeper = below.length > 1 ? depth + 1 : depth;
  const texts = below.map((each) => printed(each, children, deeper));
  return [`${' '.repeat(depth)}${labelOf(event)}`, ...texts.sort()].join('\n');
}

function labelOf({
  type,
  id: _id,
  previousEventId: _previous,
  timestamp: _timestamp,
  ...details
}: HistoryEvent): string {
  const [own] = Object.values(details) as Details[];
  // Which of several failed first is luck.
  if (type === 'ExecutionFailed') return `${type} ${own?.error}`;
  if (own?.resourceType === 'states' || own?.resourceType === 'glue') return `${type} ${own.resource}`;
  return `${type} ${own === undefined ? '' : JSON.stringify(own)}`
    .replaceAll(/\\"token\\":\\"[\w-]+/g, '')
    .replaceAll(/\brun[12]\b/g, 'RUN')
    .replaceAll(/00000000-0000-4000-8000-\d{12}/g, 'ID');
}

/** The event that began the group around: a chain leads through the groups that ended inside it. */
function groupOf(event: HistoryEvent, before: Before): HistoryEvent | undefined {
  let open = 0;
  for (let each = before(event); each !== undefined; each = before(each)) {
    if (isStart(each) && --open < 0) return each;
    if (isFailure(each, before) || (each.type.endsWith('StateExited') && isJoin(each, before))) open++;
  }
  return undefined;
}

/** Whether its state retries this error for as long as it takes. */
function isExcusable(event: HistoryEvent, states: States, before: Before): boolean {
  if (!/^(LambdaFunction|Task|Activity)(Failed|TimedOut)$/.test(event.type)) return false;
  const [details] = Object.values(event).filter((each) => typeof each === 'object') as Details[];
  const error = details?.error ?? '';
  for (let each = before(event); each !== undefined; each = before(each)) {
    if (!each.type.endsWith('StateEntered')) continue;
    const name = (each.stateEnteredEventDetails as Details).name ?? '';
    return patienceOf(states, name).includes(error);
  }
  return false;
}

interface Retrier {
  MaxAttempts: number;
  ErrorEquals: string[];
}

/** The errors that the state of this name retries without end, wherever it is. */
function patienceOf(states: States, name: string): string[] {
  for (const [id, state] of Object.entries(states)) {
    if (id === name) {
      const retriers = (state.Retry ?? []) as Retrier[];
      return retriers.flatMap((each) => (each.MaxAttempts === PATIENT ? each.ErrorEquals : []));
    }
    const inner = [state.ItemProcessor, ...((state.Branches ?? []) as object[])] as (Definition | undefined)[];
    for (const each of inner) {
      const found = each === undefined ? [] : patienceOf(each.States, name);
      if (found.length > 0) return found;
    }
  }
  return [];
}
