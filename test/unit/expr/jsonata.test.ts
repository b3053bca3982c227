// What one expression gives, and AWS's words when it gives nothing of use. Rows marked R were recorded on AWS, rows
// marked T come from TestState answers quoted in public threads (expressions.md, section 2).
import { describe, expect, test } from 'vitest';
import { StatesError } from '../../../core/errors.ts';
import type { Json } from '../../../core/expr/json.ts';
import { parseJson, printJson } from '../../../core/expr/json.ts';
import { evaluateExpression, expressionText, isExpression, type JsonataScope } from '../../../core/expr/jsonata.ts';

const INPUT: Json = {
  n: 5,
  list: [1, 2, 3],
  empty: [],
  order: { id: 'x', lines: [{ sku: 'a' }, { sku: 'b' }] },
  none: null,
};

function scopeOf(input: Json = INPUT, variables: Record<string, Json> = {}): JsonataScope {
  const states = { input, context: { Execution: { Name: 'run' } } };
  return { states, variables, now: Date.UTC(2026, 0, 2, 3, 4, 5, 6), random: () => 0.25, newId: () => 'an-id' };
}

async function causeOf(expression: string, scope = scopeOf()): Promise<string> {
  const trouble = await evaluateExpression(expression, 'Output/r', scope).then(
    (value) => expect.unreachable(`gave ${printJson(value)}`),
    (error: unknown) => error,
  );
  if (!(trouble instanceof StatesError)) throw trouble;
  expect(trouble).toMatchObject({ error: 'States.QueryEvaluationError', location: 'Output/r' });
  const opening = `The JSONata expression '${expression}' specified for the field 'Output/r' `;
  expect(trouble.causeText).toContain(opening);
  return trouble.causeText!.slice(opening.length);
}

test('an expression is a string wholly between {% and %}, quoted without the marks', () => {
  expect(['{% 1 %}', '{%1%}', '{%%}'].map(isExpression)).toEqual([true, true, true]);
  expect([' {% 1 %}', '{% 1 %} ', '{%}', '{% 1', 1, null, ['{% 1 %}']].map((v) => isExpression(v))).not.toContain(true);
  expect(expressionText('{%  $a + 1\n%}')).toBe('$a + 1');
});

describe('an expression gives', () => {
  test.each<[string, Json]>([
    ['$base64encode("aü") ~> $base64decode()', 'aü'],
    ['$states.input.order.id', 'x'],
    ['$states.input.order.lines.sku', ['a', 'b']],
    ['$states.input.order.lines[sku="a"]', { sku: 'a' }],
    ['$states.input.none', null],
    ['$states.input.empty', []],
    ['$states.context.Execution.Name', 'run'],
    [
      '$states.input.order ~> |lines|{"sold":true}|',
      {
        id: 'x',
        lines: [
          { sku: 'a', sold: true },
          { sku: 'b', sold: true },
        ],
      },
    ],
    ['null', null],
    ['$count(null)', 1], // T
    ['1/0', 'Infinity'], // T
    ['[1/0]', ['Infinity']], // T
    ['{"low": -1/0}', { low: '-Infinity' }],
    ['$string(1e20)', '100000000000000000000'], // T
    ['$partition([0], 1)', [[0]]], // R
    ['$partition([0,1,2,3], 3)', [[0, 1, 2], [3]]], // R
    ['$partition([1,2,3], 2.9)', [[1, 2], [3]]],
    ['$partition([], 2)', []],
    ['$range(1, 9, 9)', 1], // R: a sequence of one is its item
    ['$range(0, 10, 3)', [0, 3, 6, 9]], // R
    ['$range(0, 6, 2)', [0, 2, 4, 6]], // T
    ['$range(3, 1, -1)', [3, 2, 1]],
    ['$hash("input", "SHA-1")', '140f86aae51ab9e1cda9b4254fe98a74eb54c1a1'], // T
    ['$hash("", "MD5")', 'd41d8cd98f00b204e9800998ecf8427e'],
    ['$parse("-0")', 0], // R
    ['$parse("1.1")', 1.1], // R
    ['$parse("{\\"a\\":[1]}").a', [1]],
    ['$random(42)', 0.7275636800328681], // T
    ['$random()', 0.25],
    ['$uuid()', 'an-id'],
    ['$millis()', Date.UTC(2026, 0, 2, 3, 4, 5, 6)],
    ['$now()', '2026-01-02T03:04:05.006Z'],
    ['$now("[Y0001]/[M01]")', '2026/01'],
    ['({"twice": function($x){$x * 2}}).twice(4)', 8],
    ['$shuffle([1,2,3])', [2, 3, 1]],
    ['$match("ab", /a(b)(c)?/).groups', ['b', null]],
    ['$replace("a-b-c", /-/, "+")', 'a+b+c'],
    ['$variable := 1', 1], // R
  ])('%s', async (expression, expected) => {
    const value = await evaluateExpression(expression, 'Output', scopeOf());
    expect(printJson(value)).toBe(printJson(expected));
  });

  test('variables, also ones that hide a function', async () => {
    const scope = scopeOf(INPUT, { total: 41, now: 'noon' });
    expect(await evaluateExpression('[$total + 1, $now]', 'Output', scope)).toEqual([42, 'noon']);
  });

  test('a part of the payload as the very same object, raw numbers included', async () => {
    const input = parseJson(
      '{"big":{"id":12345678901234567890,"one":1.0},"list":[{"id":12345678901234567890}],"n":2.0}',
    );
    const scope = scopeOf(input);
    expect(await evaluateExpression('$states.input', 'Output', scope)).toBe(input);
    expect(printJson(await evaluateExpression('{"kept":$states.input.big}', 'Output', scope))).toBe(
      '{"kept":{"id":12345678901234567890,"one":1.0}}',
    );
    expect(printJson(await evaluateExpression('$states.input.list[0]', 'Output', scope))).toBe(
      '{"id":12345678901234567890}',
    );
    expect(await evaluateExpression('$states.input.n * 2', 'Output', scope)).toBe(4);
  });

  test('plain arrays, without the marks of a sequence', async () => {
    const value = await evaluateExpression('$states.input.order.lines.sku', 'Output', scopeOf());
    expect(Reflect.ownKeys(value as object)).toEqual(['0', '1', 'length']);
  });

  test('the same answer when many run at once on one compiled expression', async () => {
    const runs = Array.from({ length: 50 }, (_, i) =>
      evaluateExpression(
        '$map($states.input.list, function($v){$v * $factor})',
        'Output',
        scopeOf(INPUT, { factor: i }),
      ),
    );
    expect(await Promise.all(runs)).toEqual(Array.from({ length: 50 }, (_, i) => [i, 2 * i, 3 * i]));
  });
});

describe('a failing expression says', () => {
  const bound = (text: string) => `threw an error during evaluation: ${text}`;
  const thrown = (text: string) => `threw an error during evaluation. ${text}`;
  test.each([
    ['$doesNotExist', 'returned nothing (undefined).'], // R
    ['$states.result', 'returned nothing (undefined).'],
    ['$fn := function($x){$x}', 'returned an unsupported result type.'], // R
    ['{"f": $uppercase}', 'returned an unsupported result type.'],
    ['$randomSeeded($states.input.n)', thrown('T1006: Attempted to invoke a non-function')], // R
    ['$states.input.order()', thrown('T1006: Attempted to invoke a non-function')],
    ['($f := function(){$nothing()}; $f())', thrown('T1006: Attempted to invoke a non-function')],
    ['sum([1])', thrown('T1005: Attempted to invoke a non-function. Did you mean $sum?')],
    ['$eval("1+1")', thrown('T1006: Attempted to invoke a non-function')], // T
    ['$sum("a")', thrown('T0412: Argument 1 of function "sum" must be an array of "numbers"')], // T
    ['$error("stop")', thrown('D3137: stop')],
    ['$base64decode("!!!")', 'threw an internal error during evaluation. an-id'], // T
    ['$base64encode("€")', 'threw an internal error during evaluation. an-id'],
    ['$parse("{")', 'threw an internal error during evaluation. an-id'],
    ['[1..873783] ~> $count()', bound('Expression evaluation memory limit exceeded: Check for excessive memory usage')], // T
    [
      `1${'+1'.repeat(200)}`, // T
      bound('Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive'),
    ],
  ])('%s', async (expression, expected) => {
    expect(await causeOf(expression)).toBe(expected);
  });

  test('and leaves the payload as it was', async () => {
    const before = printJson(INPUT);
    await causeOf('$states.input.order()');
    expect(printJson(INPUT)).toBe(before);
  });

  test('the largest range and text that AWS takes do not fail', async () => {
    expect(await evaluateExpression('[1..873782] ~> $count()', 'Output', scopeOf())).toBe(873_782);
    const doubled = '($f := function($n, $s){$n = 0 ? $s : $f($n - 1, $s & $s)}; $length($f(22, "x")))';
    expect(await evaluateExpression(doubled, 'Output', scopeOf())).toBe(2 ** 22);
  });
});

describe('a hostile expression ends in an error', () => {
  const doublings = (count: number, step: string) => `($a := {"x": 1}; ${`$a := ${step}; `.repeat(count)} $a)`;
  test.each([
    ['a long range', '[1..1e7]', 'memory limit'],
    ['a longer range', '[1..1e8]', 'memory limit'],
    ['$range without end', '$range(1, 1e12, 1)', 'memory limit'],
    ['recursion without end', '($f := function($x){1 + $f($x + 1)}; $f(1))', 'Stack overflow'],
    ['tail recursion without end', '($f := function($x){$f($x + 1)}; $f(1))', 'timeout'],
    ['text doubled', '($f := function($n, $s){$n = 0 ? $s : $f($n - 1, $s & $s)}; $f(23, "x"))', 'memory limit'],
    ['padding', '$pad("x", 1e9)', 'memory limit'],
    ['objects doubled', doublings(40, '{"p": $a, "q": $a}'), 'memory limit'],
    ['objects doubled, then printed', `$string(${doublings(40, '{"p": $a, "q": $a}')})`, 'memory limit'],
    ['arrays doubled', doublings(40, '$zip([[$a]], [[$a]])'), 'memory limit'],
    ['nesting', `${'['.repeat(7_000)}1${']'.repeat(7_000)}`, 'Stack overflow'],
    ['a chain of operators', `1${'+1'.repeat(8_000)}`, 'Stack overflow'],
    ['ordering', '[1..60000]^(>$, $)', 'memory limit'],
    ['comparing', '$sort([1..800000], function($a, $b){$a > $b})', 'timeout'],
    ['backtracking', `$contains("${'a'.repeat(40)}!", /(a+)+$/)`, 'timeout'],
    ['backtracking in a split', `$split("${'abcd '.repeat(60)}!", /(\\w+\\s?)+$/)`, 'timeout'],
  ])('%s', async (_name, expression, sign) => {
    expect(await causeOf(expression)).toContain(sign);
  });

  test.each(['$sort($reverse([1..200000]))', '$distinct([1..200000])', '$spread([1..20000].{"a": $})'])(
    '%s is ordinary work',
    async (expression) => {
      expect(await evaluateExpression(`$count(${expression})`, 'Output', scopeOf())).toBeGreaterThanOrEqual(20_000);
    },
  );

  test.each(['$states.input.__proto__', '$states.input.constructor', '$lookup($states.input, "__proto__")'])(
    '%s finds nothing',
    async (expression) => expect(await causeOf(expression)).toBe('returned nothing (undefined).'),
  );

  test('a key __proto__ is a key like any other and changes no prototype', async () => {
    const input = parseJson('{"__proto__":{"polluted":1.0},"a":1}');
    const value = await evaluateExpression(
      '$merge([$states.input, {"__proto__": {"polluted": 2}}])',
      'Output',
      scopeOf(input),
    );
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(printJson(await evaluateExpression('{"in": $states.input}', 'Output', scopeOf(input)))).toBe(
      '{"in":{"__proto__":{"polluted":1.0},"a":1}}',
    );
  });
});
