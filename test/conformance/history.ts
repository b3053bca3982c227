// Forms of a history that do not depend on how concurrent branches happened to interleave, and a form that a person
// can read: one line per event.
import type { Json, JsonObject } from '../../core/expr/json.ts';
import { isObject, printJson } from '../../core/expr/json.ts';

/** An event below the event it names as its previous one. */
export interface Node {
  type: string;
  details: JsonObject;
  children: Node[];
}

const PARALLEL_ENDS: ReadonlySet<Json | undefined> = new Set([
  'ParallelStateSucceeded',
  'ParallelStateAborted',
  'ParallelStateExited',
  'ParallelStateFailed',
]);

/**
 * What some recordings of Parallel states went through: events inside lose their ids and are sorted. The recorder
 * sorted again at ParallelStateExited, one place too far, and so lost the ParallelStateSucceeded just before it; a
 * live history has to go the same way.
 */
export function sortParallel(history: JsonObject[]): JsonObject[] {
  const events = history.map((event) => ({ ...event }));
  let start: number | undefined;
  let inside: JsonObject[] = [];
  let open = false;
  for (let i = 0; i < events.length; i += 1) {
    const event = events[i]!;
    if (PARALLEL_ENDS.has(event.type)) {
      if (start !== undefined) events.splice(start, i - start, ...inside);
      open = false;
    } else if (event.type === 'ParallelStateStarted') {
      open = true;
      inside = [];
      start = i + 1;
    } else if (open) {
      event.id = [0];
      event.previousEventId = 0;
      inside.push(event);
    }
  }
  return events;
}

export function historyTree(events: JsonObject[]): Node[] {
  const children = new Map<string, JsonObject[]>();
  for (const event of events) {
    const parent = printJson(event.previousEventId ?? 0);
    children.set(parent, [...(children.get(parent) ?? []), event]);
  }
  const below = (id: Json): Node[] => (children.get(printJson(id)) ?? []).map(node);
  const node = ({ id, previousEventId, timestamp, type, ...details }: JsonObject): Node => ({
    type: String(type),
    details,
    children: below(id!),
  });
  return below(0);
}

/** `3<2 PassStateExited Name` for every event; what a state or a Map iteration is called comes last. */
export function outline(events: JsonObject[]): string[] {
  return events.map((event) => {
    const details = Object.values(event).find(isObject) ?? {};
    const name = details.name ?? details.index;
    const line = `${event.id}<${event.previousEventId} ${event.type}`;
    return name === undefined ? line : `${line} ${typeof name === 'string' ? name : printJson(name)}`;
  });
}
