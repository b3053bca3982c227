// Choice rules: every operator, its `...Path` twin, and the pattern of StringMatches.
import { describe, expect, test } from 'vitest';
import type { ChoiceRule } from '../../../core/asl/definition.ts';
import { evaluateRule, matchesPattern } from '../../../core/expr/choice.ts';
import type { Json } from '../../../core/expr/json.ts';
import type { Scope } from '../../../core/expr/scope.ts';

function holds(rule: ChoiceRule, input: Json): boolean {
  const scope: Scope = { input, context: {}, variables: { v: 5 }, random: () => 0, newId: () => 'id' };
  return evaluateRule(rule, scope);
}

const EARLY = '2012-10-09T19:00:55Z';
const SAME_ELSEWHERE = '2012-10-09T21:00:55+02:00';
const LATE = '2012-10-09T19:00:56Z';

/** [operator, operand, values for which it holds, values for which it does not] */
const cases: [string, Json, Json[], Json[]][] = [
  ['BooleanEquals', true, [true], [false, 'true', 1, null]],
  ['NumericEquals', 1, [1, 1.0], [2, '1', true, null]],
  ['NumericGreaterThan', 1, [2, 1.5], [1, 0, '2']],
  ['NumericGreaterThanEquals', 1, [2, 1], [0, '1']],
  ['NumericLessThan', 1, [0, -1], [1, 2, '0']],
  ['NumericLessThanEquals', 1, [0, 1], [2, '0']],
  ['StringEquals', 'A', ['A'], ['A ', 'a', 65, null]],
  ['StringGreaterThan', 'A', ['A ', 'B', 'a'], ['A', '', 66]],
  ['StringGreaterThanEquals', 'A', ['A', 'B'], ['', 66]],
  ['StringLessThan', 'B', ['A', ''], ['B', 'C', 1]],
  ['StringLessThanEquals', 'B', ['A', 'B'], ['C', 1]],
  ['TimestampEquals', EARLY, [EARLY, SAME_ELSEWHERE], [LATE, '', '2012-10-09', 1]],
  ['TimestampGreaterThan', EARLY, [LATE], [EARLY, 'x']],
  ['TimestampGreaterThanEquals', EARLY, [LATE, SAME_ELSEWHERE], ['x']],
  ['TimestampLessThan', LATE, [EARLY], [LATE, 'x']],
  ['TimestampLessThanEquals', LATE, [EARLY, LATE], ['x']],
];

describe('choice', () => {
  test.each(cases)('%s compares values of its own type only', (operator, operand, yes, no) => {
    for (const [values, expected] of [[yes, true] as const, [no, false] as const]) {
      for (const value of values) {
        expect(holds({ Variable: '$.x', [operator]: operand }, { x: value }), String(value)).toBe(expected);
        const byPath = { Variable: '$.x', [`${operator}Path`]: '$.y' };
        expect(holds(byPath, { x: value, y: operand }), `path ${value}`).toBe(expected);
      }
    }
  });

  test.each<[string, Json[], Json[]]>([
    ['IsNull', [null], [0, '', false, {}]],
    ['IsBoolean', [true, false], [null, 'true', 0]],
    ['IsNumeric', [0, 1.5], ['0', null]],
    ['IsString', ['', 'a'], [1, null, []]],
    ['IsTimestamp', [EARLY, SAME_ELSEWHERE], ['2012-10-09', 1, null]],
    ['IsPresent', [null, 0, {}], []],
  ])('%s tests the type, and its absence when false is asked for', (operator, yes, no) => {
    for (const [values, expected] of [[yes, true] as const, [no, false] as const]) {
      for (const value of values) {
        expect(holds({ Variable: '$.x', [operator]: true }, { x: value })).toBe(expected);
        expect(holds({ Variable: '$.x', [operator]: false }, { x: value })).toBe(!expected);
      }
    }
  });

  test('IsPresent is the only operator that survives a missing value', () => {
    expect(holds({ Variable: '$.x', IsPresent: false }, {})).toBe(true);
    expect(holds({ Variable: '$unassigned.x', IsPresent: false }, {})).toBe(true);
    const text = "Invalid path '$.x': The choice state's condition path references an invalid value.";
    expect(() => holds({ Variable: '$.x', IsNull: true }, {})).toThrow(text);
    expect(() => holds({ Variable: '$.y', NumericEqualsPath: '$.x' }, { y: 1 })).toThrow(text);
  });

  test('And, Or and Not combine rules and stop as soon as the answer is known', () => {
    const yes: ChoiceRule = { Variable: '$v', NumericEquals: 5 };
    const no: ChoiceRule = { Variable: '$v', NumericEquals: 6 };
    const broken: ChoiceRule = { Variable: '$.missing', IsNull: true };
    expect(holds({ And: [yes, yes] }, {})).toBe(true);
    expect(holds({ And: [no, broken] }, {})).toBe(false);
    expect(holds({ Or: [yes, broken] }, {})).toBe(true);
    expect(holds({ Or: [no, no] }, {})).toBe(false);
    expect(holds({ Not: { And: [yes, no] } }, {})).toBe(true);
  });
});

describe('StringMatches', () => {
  test.each<[string, string, boolean]>([
    ['foo*.log', 'foo23.log', true],
    ['foo*.log', 'foo.log', true],
    ['foo*.log', 'foo.logs', false],
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
    ['a*a', 'a', false],
    ['*.*', 'a.b.c', true],
    ['a*b*c', 'aXbYbZc', true],
    ['a*b*c', 'acb', false],
    ['*abab*', 'aababa', true],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'aXb', false],
    ['a\\\\b', 'a\\b', true],
    ['a\\\\*', 'a\\xyz', true],
    ['[a-z]?.+', '[a-z]?.+', true],
    ['*\n*', 'a\nb', true],
  ])('%j on %j', (pattern, text, expected) => {
    expect(matchesPattern(pattern, text)).toBe(expected);
    expect(holds({ Variable: '$.x', StringMatches: pattern }, { x: text })).toBe(expected);
  });

  test('is false for anything but text', () => {
    expect(holds({ Variable: '$.x', StringMatches: '*' }, { x: 1 })).toBe(false);
  });
});
