// The comparator against itself: a recording equals every live value it can stand for, and no other. Made-up live
// values come from the recordings themselves where they are, by replacing every token with some text.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../core/expr/json.ts';
import { isNumber, isObject, parseJson } from '../../core/expr/json.ts';
import type { Case } from './case.ts';
import { recordedCases } from './case.ts';
import type { Tokens } from './compare.ts';
import { compare, tokensOf } from './compare.ts';
import { historyTree, outline, sortParallel } from './history.ts';
import { Judge } from './judge.ts';
import { Placeholders } from './placeholders.ts';
import { spacedJson } from './spaced-json.ts';

const RECORDED = join(import.meta.dirname, '../../../shared/conformance/aws');
const PLACE = { account: '000000000000', region: 'us-east-1', partition: 'aws', nonce: 'n' };
const NO_TOKENS: Tokens = { inText: [], whole: new Set() };

const table: [what: string, recorded: Json, live: Json, placeholders: string[], equal: boolean][] = [
  ['a date word stands for an ISO date', 'at date!', 'at 2024-01-02T03:04:05.678Z!', [], true],
  ['a date word stands for nothing else', 'at date!', 'at noon!', [], false],
  ['a word that holds "date" is no date', 'update', '2024-01-02T03:04:05Z', [], false],
  ['a token stands for any text', 'arn:<region>:x', 'arn:eu-west-1:x', [], true],
  ['a numbered token stands for the same text twice', ['<uuid:1>', '<uuid:1>'], ['a', 'a'], [], true],
  ['a numbered token stands for one text only', ['<uuid:1>', '<uuid:1>'], ['a', 'b'], [], false],
  ['a token of the case needs no brackets', { roleArn: 'snf_role' }, { roleArn: 'arn:x' }, ['snf_role'], true],
  ['a token inside a longer one does not cut it', 'a_b', 'xyz', ['a', 'a_b'], true],
  ['a parsed text equals its JSON text', { output: { a: 1 } }, { output: '{"a":1.0}' }, [], true],
  ['a text keeps its spelling', { output: '[1,2]' }, { output: '[1, 2]' }, [], false],
  [
    'a time stands for any time',
    { startDate: 'datetime', timestamp: 'timestamp' },
    { startDate: 1.5, timestamp: 2 },
    [],
    true,
  ],
  ['a missing member is a difference', { a: 1 }, {}, [], false],
  ['a member more is a difference', {}, { a: 1 }, [], false],
  ['what a client keeps of its HTTP exchange is of no account', {}, { ResponseMetadata: {} }, [], true],
  ['true is not 1', { a: 1 }, { a: true }, [], false],
  ['null is not absent', { a: null }, {}, [], false],
  [
    'long integers are compared exactly',
    parseJson('12345678901234567890'),
    parseJson('12345678901234567891'),
    [],
    false,
  ],
];

describe('compare', () => {
  for (const [what, recorded, live, placeholders, equal] of table)
    test(what, () => {
      const tokens = { inText: placeholders, whole: new Set<string>() };
      expect(compare(recorded, live, tokens).length === 0).toBe(equal);
    });

  test('a token for a whole value stands for any value', () => {
    const tokens = tokensOf({ '<any>': { value_at_path_replaced: true } });
    expect(compare({ a: '<any>' }, { a: { b: [1] } }, tokens)).toEqual([]);
  });
});

describe('histories', () => {
  const event = (id: number, previousEventId: number, type: string, name?: string): JsonObject => ({
    id,
    previousEventId,
    timestamp: 1,
    type,
    ...(name === undefined ? {} : { stateEnteredEventDetails: { name } }),
  });

  test('the outline has one line per event', () => {
    expect(outline([event(1, 0, 'ExecutionStarted'), event(2, 0, 'PassStateEntered', 'A')])).toEqual([
      '1<0 ExecutionStarted',
      '2<0 PassStateEntered A',
    ]);
  });

  test('interleaved branches make the same tree', () => {
    const one = [event(1, 0, 'S'), event(2, 1, 'A'), event(3, 1, 'B'), event(4, 2, 'C'), event(5, 3, 'D')];
    const other = [event(1, 0, 'S'), event(2, 1, 'B'), event(3, 1, 'A'), event(4, 3, 'C'), event(5, 2, 'D')];
    const shape = (events: JsonObject[]) => {
      const sorted = (nodes: ReturnType<typeof historyTree>): unknown[] =>
        nodes
          .map(({ type, children }) => [type, sorted(children)])
          .toSorted((a, b) => (String(a) < String(b) ? -1 : 1));
      return sorted(historyTree(events));
    };
    expect(shape(other)).toEqual(shape(one));
  });

  test('sorting the events of a Parallel loses its Succeeded, as the recorder did', () => {
    const types = ['ParallelStateEntered', 'ParallelStateStarted', 'PassStateEntered', 'ParallelStateSucceeded'];
    const live = [...types, 'ParallelStateExited'].map((type, i) => event(i + 1, i, type));
    expect(sortParallel(live).map(({ type, id }) => [type, id])).toEqual([
      ['ParallelStateEntered', 1],
      ['ParallelStateStarted', 2],
      ['PassStateEntered', [0]],
      ['ParallelStateExited', 5],
    ]);
  });
});

test('JSON text of the recording client has a space after commas and colons', () => {
  expect(spacedJson(parseJson('{"a":[1,2.0,{}],"b":"x,y:z"}'))).toBe('{"a": [1, 2.0, {}], "b": "x,y:z"}');
});

const recorded = recordedCases(RECORDED);

describe.runIf(recorded.length > 0)('recordings', () => {
  const sides = recorded.map((one) => ({ one, tokens: tokensOf(one.placeholders), expected: answersOf(one) }));

  test('every recording equals a live value made of it', () => {
    const unequal = sides.flatMap(({ one, tokens, expected }) => {
      const differences = compare(expected, liveFrom(expected, tokens), tokens);
      return differences.length === 0 ? [] : [`${one.id}: ${differences[0]!.path} ${differences[0]!.why}`];
    });
    expect(unequal).toEqual([]);
  });

  test('no recording equals a live value with one member changed', () => {
    const blind = sides.flatMap(({ one, tokens, expected }) => {
      const live = liveFrom(expected, tokens);
      const mutants = mutantsOf(live).filter((mutant) => compare(expected, mutant, tokens).length === 0);
      return mutants.length === 0 ? [] : [one.id];
    });
    expect(blind).toEqual([]);
  });

  test('every recorded history is its own history, and not that of another numbering', () => {
    const wrong: string[] = [];
    for (const one of recorded.filter(({ expected }) => expected?.events !== undefined)) {
      const names = new Placeholders(one, PLACE, 0);
      const events = names.case.expected.events!;
      if (events.some(({ id }) => Array.isArray(id)) || names.case.expected.events_reversed) continue;
      const live = liveFrom(names.concrete(events), tokensOf(one.placeholders)) as JsonObject[];
      const shifted = live.map((event) => ({ ...event, previousEventId: Number(event.previousEventId) + 1 }));
      if (new Judge(names).history(events, live).length > 0) wrong.push(`${one.id} is not itself`);
      if (new Judge(names).history(events, shifted).length === 0) wrong.push(`${one.id} is shifted`);
    }
    expect(wrong).toEqual([]);
  });
});

test('a time must be a number', () => {
  const names = new Placeholders({ id: 'x', expected: {} } as unknown as Case, PLACE, 0);
  expect(new Judge(names).value({ stopDate: 'datetime' }, { stopDate: '2024' }, '$')).toHaveLength(1);
  expect(compare({ stopDate: 'datetime' }, { stopDate: '2024' }, NO_TOKENS)).toEqual([]);
});

function answersOf(one: Case): Json {
  if (one.kind !== 'api') return one.expected as unknown as Json;
  return (one.steps ?? []).flatMap(({ match, recorded: value }) => (match === undefined ? [] : [value ?? null]));
}

/** A live value that this recording stands for. */
function liveFrom(value: Json, tokens: Tokens, key = ''): Json {
  if (Array.isArray(value)) return value.map((item) => liveFrom(item, tokens, key));
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, liveFrom(item, tokens, name)]));
  if (typeof value !== 'string') return value;
  if (value === 'datetime' || (value === 'timestamp' && key.toLowerCase().includes('time'))) return 1_700_000_000.5;
  if (tokens.whole.has(value)) return { any: 'value' };
  const longestFirst = tokens.inText.toSorted((a, b) => b.length - a.length);
  return longestFirst.reduce((text, token) => text.replaceAll(token, `live-${token.replace(/\W/g, '')}`), value);
}

/** The value with its first number, then its first member, changed. */
function mutantsOf(value: Json): Json[] {
  const mutants: Json[] = [];
  let changed = false;
  const bump = (item: Json): Json => {
    if (Array.isArray(item)) return item.map(bump);
    if (isObject(item))
      return Object.fromEntries(
        Object.entries(item).map(([name, one]) => [name, /Metadata$/.test(name) ? one : bump(one)]),
      );
    if (changed || !isNumber(item) || item === 1_700_000_000.5) return item;
    changed = true;
    return -12345;
  };
  const bumped = bump(value);
  if (changed) mutants.push(bumped);
  if (isObject(value)) mutants.push({ ...(value as JsonObject), aMemberMore: 1 });
  return mutants;
}
