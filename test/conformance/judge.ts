// Decides whether a live answer is the recorded one. `compare` finds every difference; this forgives those that say
// nothing about the service: members AWS added after the recording, traces of a Lambda runtime, and the order of
// branches that may interleave. Answers to a client must carry times as JSON numbers.
import type { Json, JsonObject } from '../../core/expr/json.ts';
import { equalJson, isNumber, isObject } from '../../core/expr/json.ts';
import { membersOf } from './case.ts';
import type { Bound, Difference, Tokens } from './compare.ts';
import { compare, parsed, tokensOf } from './compare.ts';
import type { Node } from './history.ts';
import { historyTree, sortParallel } from './history.ts';
import type { Placeholders } from './placeholders.ts';

// The day AWS added a member to answers: no difference where the recording is older.
const ADDED_LATER: Record<string, string> = {
  redriveCount: '2023-11-15',
  redriveStatus: '2023-11-15',
  redriveStatusReason: '2023-11-15',
  redriveDate: '2023-11-15',
  failuresNotRedrivable: '2023-11-15',
  pendingRedrive: '2023-11-15',
  encryptionConfiguration: '2024-07-25',
  variableReferences: '2024-11-22',
};
const SDK_MEMBERS = ['SdkHttpMetadata', 'SdkResponseMetadata'];
// Of a Lambda error's payload: recorded with Python functions, played with Node functions.
const RUNTIME_MEMBERS = ['stackTrace', 'trace', 'requestId'];

export class Judge {
  readonly #names: Placeholders;
  readonly #tokens: Tokens;
  readonly #bound: Bound = new Map();
  readonly #recordedOn: string;
  readonly #hasFunctions: boolean;

  constructor(names: Placeholders) {
    const { placeholders, last_validated, needs_kinds, group } = names.case;
    this.#names = names;
    this.#tokens = tokensOf(placeholders);
    this.#recordedOn = (last_validated ?? '9999').slice(0, 10);
    this.#hasFunctions = group === 'test_state' || (needs_kinds ?? []).includes('lambda');
  }

  /** Differences of a value; one that is JSON text on the wire may be recorded parsed. */
  value(recorded: Json, live: Json, path: string): Difference[] {
    const expected = this.#names.concrete(recorded);
    const isText = typeof expected === 'string' || isObject(expected);
    return this.#differences(expected, isText ? live : parsed(live)!, path, path.split('.').at(-1)!);
  }

  history(recorded: JsonObject[], live: Json | undefined, path = '$.events'): Difference[] {
    if (!Array.isArray(live) || !live.every(isObject))
      return [{ path, why: 'no list of events', expected: undefined, got: live }];
    const expected = this.#names.concrete(recorded) as JsonObject[];
    const wasSorted = this.#names.case.transforms?.some(({ kind }) => kind === 'sort_parallel_events');
    if (wasSorted) {
      const insane = insaneNumbering(live, path);
      return insane.length > 0 ? insane : this.#sorted(expected, sortParallel(live), path);
    }
    const differences = this.#inOrder(expected, live, path);
    const mayInterleave = differences.length > 0 && hasConcurrentBranches(this.#names.case.definition);
    if (!mayInterleave || insaneNumbering(live, path).length > 0 || !sameTypes(expected, live)) return differences;
    return this.#sameForest(historyTree(expected), historyTree(live), new Map(this.#bound)) ? [] : differences;
  }

  #differences(expected: Json, live: Json, path: string, key: string, bound: Bound = this.#bound): Difference[] {
    const found = compare(expected, live, this.#tokens, bound, path, key);
    return [...found.filter((one) => !this.#isForgiven(one, key, bound)), ...wrongTimes(expected, live, path, '')];
  }

  #isForgiven({ path, why, expected, got }: Difference, key: string, bound: Bound): boolean {
    const member = path
      .replace(/\[\d+\]$/, '')
      .split('.')
      .at(-1)!;
    if (why === 'extra' && this.#recordedOn < (ADDED_LATER[member] ?? '')) return true;
    if (this.#hasFunctions && RUNTIME_MEMBERS.includes(member) && why !== 'value') return true;
    if (why !== 'text' || typeof expected !== 'string') return false;
    // JSON text inside JSON text: the same members are of no account there.
    const [inner, liveInner] = [parsed(expected)!, parsed(got)!];
    if (typeof inner !== 'object' || typeof liveInner !== 'object' || inner === null || liveInner === null)
      return false;
    const hasAny = (members: string[]) => members.some((name) => expected.includes(name));
    const same = (strip: (value: Json) => Json) =>
      this.#differences(strip(inner), strip(liveInner), path, key, bound).length === 0;
    if (hasAny(SDK_MEMBERS) && same((value) => without(value, SDK_MEMBERS, () => true))) return true;
    if (!this.#hasFunctions || !hasAny(RUNTIME_MEMBERS)) return false;
    const strip = (value: Json) => without(value, RUNTIME_MEMBERS, isLambdaError);
    const strips = !equalJson(strip(inner), inner) || !equalJson(strip(liveInner), liveInner);
    return strips && same(strip);
  }

  #inOrder(expected: JsonObject[], live: JsonObject[], path: string): Difference[] {
    const types = [expected.map(({ type }) => type ?? null), live.map(({ type }) => type ?? null)] as const;
    const sameSequence = equalJson(types[0], types[1]);
    const differences: Difference[] = sameSequence
      ? []
      : [{ path, why: 'event types', expected: types[0], got: types[1] }];
    for (const [i, event] of expected.entries()) {
      const other = live[i];
      if (other === undefined || (!sameSequence && event.type !== other.type)) break;
      differences.push(...this.#differences(event, other, `${path}[${i}]`, ''));
    }
    return differences;
  }

  /** Both sides went through `sortParallel`: a run of events that lost their ids is compared as a set. */
  #sorted(expected: JsonObject[], live: JsonObject[], path: string): Difference[] {
    const [left, right] = [stretches(expected), stretches(live)];
    const shapes = [left, right].map((all) => all.map(({ events }) => events.map(({ type }) => type ?? null).sort()));
    if (!equalJson(shapes[0]!, shapes[1]!))
      return [{ path, why: 'event types', expected: shapes[0]!, got: shapes[1]! }];
    const kept = [left, right].map((all) => new Set(all.flatMap((one) => (one.blank ? [] : one.events[0]!.id!))));
    const pointsInside = ({ previousEventId }: JsonObject, side: number) =>
      previousEventId !== 0 && !kept[side]!.has(previousEventId!);
    return left.flatMap(({ blank, events }, i) => {
      const others = right[i]!.events;
      if (blank) return this.#sameSet(events, others, path);
      let [one, other] = [events[0]!, others[0]!];
      if (pointsInside(one, 0) && pointsInside(other, 1))
        [one, other] = [
          without(one, ['previousEventId'], () => true),
          without(other, ['previousEventId'], () => true),
        ] as [JsonObject, JsonObject];
      return this.#differences(one, other, `${path}[${i}]`, '');
    });
  }

  #sameSet(expected: JsonObject[], live: JsonObject[], path: string): Difference[] {
    const left = [...live];
    return expected.flatMap((event) => {
      for (const [i, other] of left.entries()) {
        const bound = new Map(this.#bound);
        if (this.#differences(event, other, path, '', bound).length > 0) continue;
        for (const [token, text] of bound) this.#bound.set(token, text);
        left.splice(i, 1);
        return [];
      }
      const nearest = left.find(({ type }) => type === event.type) ?? left[0];
      const why = nearest === undefined ? [] : this.#differences(event, nearest, path, '');
      return why.length > 0 ? why : [{ path, why: 'no such event', expected: event, got: nearest }];
    });
  }

  #sameForest(expected: Node[], live: Node[], bound: Bound): boolean {
    if (expected.length !== live.length) return false;
    const left = [...live];
    return expected.every((node) => {
      for (const [i, other] of left.entries()) {
        if (other.type !== node.type) continue;
        const trial = new Map(bound);
        if (this.#differences(node.details, other.details, '$.events[0]', '', trial).length > 0) continue;
        if (!this.#sameForest(node.children, other.children, trial)) continue;
        for (const [token, text] of trial) bound.set(token, text);
        left.splice(i, 1);
        return true;
      }
      return false;
    });
  }
}

/** May the branches of this definition interleave in more than one way? */
export function hasConcurrentBranches(definition: Json | undefined): boolean {
  if (Array.isArray(definition)) return definition.some(hasConcurrentBranches);
  if (!isObject(definition)) return false;
  const { Type, Branches, MaxConcurrency } = definition as JsonObject;
  if (Type === 'Parallel' && Array.isArray(Branches) && Branches.length > 1) return true;
  if (Type === 'Map' && MaxConcurrency !== 1) return true;
  return Object.values(definition).some(hasConcurrentBranches);
}

/** Ids must be 1..n, and every event must follow an earlier one, whatever order branches took. */
function insaneNumbering(events: JsonObject[], path: string): Difference[] {
  for (const [i, { id, previousEventId, timestamp }] of events.entries()) {
    const at = `${path}[${i}]`;
    if (id !== i + 1) return [{ path: `${at}.id`, why: 'ids are not 1..n', expected: i + 1, got: id }];
    const isEarlier = typeof previousEventId === 'number' && previousEventId >= 0 && previousEventId <= i;
    if (!isEarlier)
      return [{ path: `${at}.previousEventId`, why: 'is no earlier event', expected: undefined, got: previousEventId }];
    if (!isNumber(timestamp))
      return [{ path: `${at}.timestamp`, why: 'time is no number', expected: 'timestamp', got: timestamp }];
  }
  return [];
}

function sameTypes(a: JsonObject[], b: JsonObject[]): boolean {
  const sorted = (events: JsonObject[]) => events.map(({ type }) => String(type)).sort();
  return equalJson(sorted(a), sorted(b));
}

/** Runs of events without ids, and single events in between. */
function stretches(events: JsonObject[]): { blank: boolean; events: JsonObject[] }[] {
  const all: { blank: boolean; events: JsonObject[] }[] = [];
  for (const event of events) {
    const blank = Array.isArray(event.id);
    const last = all.at(-1);
    if (blank && last?.blank) last.events.push(event);
    else all.push({ blank, events: [event] });
  }
  return all;
}

/** Clients read times as JSON numbers: anything else under a recorded time is a difference. */
function wrongTimes(expected: Json, live: Json, path: string, key: string): Difference[] {
  if (isObject(expected) && isObject(live)) {
    const [left, right] = [membersOf(expected), membersOf(live)];
    const both = Object.keys(left).filter((name) => Object.hasOwn(right, name));
    return both.flatMap((name) => wrongTimes(left[name]!, right[name]!, `${path}.${name}`, name));
  }
  if (Array.isArray(expected) && Array.isArray(live))
    return expected.slice(0, live.length).flatMap((item, i) => wrongTimes(item, live[i]!, `${path}[${i}]`, key));
  const isTime = expected === 'datetime' || (expected === 'timestamp' && /events\[\d+\]\.timestamp$/.test(path));
  return isTime && !isNumber(live) ? [{ path, why: 'time is no number', expected, got: live }] : [];
}

function isLambdaError(value: JsonObject): boolean {
  return 'errorMessage' in value || 'errorType' in value;
}

/** `value` without these members of any object in it that `from` accepts. */
function without(value: Json, members: string[], from: (object: JsonObject) => boolean): Json {
  if (Array.isArray(value)) return value.map((item) => without(item, members, from));
  if (!isObject(value)) return value;
  const dropped = from(value) ? members : [];
  const kept = Object.entries(value).filter(([name]) => !dropped.includes(name));
  return Object.fromEntries(kept.map(([name, item]) => [name, without(item, members, from)]));
}
