// What is refused when a machine is created, and which variables an expression is listed as reading.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expressionText, isExpression } from '../../../core/expr/jsonata.ts';
import { checkExpression, referencedVariables } from '../../../core/expr/jsonata-check.ts';

const NOWHERE = { result: false, errorOutput: false };
const EVERYWHERE = { result: true, errorOutput: true };

describe('create-time checks', () => {
  test.each([
    ['a[1,2)', 'Expected "]", got ","'],
    ['"unterminated', 'String literal must be terminated by a matching quote'],
    ['1 +', 'Unexpected end of expression'],
    ['{"a":}', 'The symbol "}" cannot be used as a unary operator'],
    ['$x :=', 'Unexpected end of expression'],
    ['$match("a", /abc', 'No terminating / in regular expression'],
    ['', 'Unexpected end of expression'],
    ['$a ?? 1', 'Syntax error: "??"'],
    ['[{"k": ($a ?: 1)}]', 'Syntax error: "?:"'],
  ])('%s does not parse', (expression, message) => {
    expect(checkExpression(expression, EVERYWHERE)).toEqual({ code: 'INVALID_JSONATA_EXPRESSION', message });
  });

  test.each([
    ['phone', 'phone'],
    ['phone.type', 'phone'],
    ['$count(phone)', 'phone'],
    ['{"a": [phone]}', 'phone'],
    ['($x := phone; $x)', 'phone'],
    ['$x[0] & phone', 'phone'],
    ['`a b`', 'a b'],
    ['$', '$'],
    ['$ + 1', '$'],
    ['$$', '$$'],
    ['$states.input[$$.a]', '$$'],
  ])('%s refers to nothing at the top level', (expression, name) => {
    const message = `Reference to '${name}' at the top level is not supported.`;
    expect(checkExpression(expression, EVERYWHERE)).toEqual({ code: 'UNSUPPORTED_JSONATA_EXPRESSION', message });
  });

  test.each([
    '$states.input.phone',
    '$states.input.phones[type = "office"].number',
    '$count($states.result[$ = 0])',
    '$states.input.(a & b)',
    '$states.input{kind: $sum(price)}',
    '$states.input.list^(>price, name)',
    '$map($states.input.list, function($v){$v.a})',
    '$states.input ~> |lines|{"total": price * n}, "price"|',
    '$exists($status) ? "completed" : "running"',
    'function($s, $n)<s?:n>{$s}',
    '$substring(?, 1)',
  ])('%s is taken', (expression) => {
    expect(checkExpression(expression, EVERYWHERE)).toBeUndefined();
  });

  test.each([
    ['$states.result.a', NOWHERE, '$states.result'],
    ['$map([1], function($v){$states.result})', NOWHERE, '$states.result'],
    ['$states.errorOutput.Error', { result: true, errorOutput: false }, '$states.errorOutput'],
    ['$states.result', { result: false, errorOutput: true }, '$states.result'],
  ])('%s is refused where it is not there', (expression, place, field) => {
    const message = `Field '${field}' does not exist.`;
    expect(checkExpression(expression, place)).toEqual({ code: 'UNSUPPORTED_JSONATA_EXPRESSION', message });
    expect(checkExpression(expression, EVERYWHERE)).toBeUndefined();
  });

  test('never throw, whatever the text', () => {
    const words = fc.constantFrom(
      '$',
      '$$',
      '$x',
      ':=',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '|',
      '/',
      '"',
      "'",
      '?',
      ':',
      '~>',
      '%',
      '@$a',
      '#$i',
      'a',
      '.',
      ',',
      '**',
      '^(',
      'function',
      '<s>',
    );
    const soup = fc.array(words, { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), soup), (text) => {
        checkExpression(text, NOWHERE);
        referencedVariables(text);
      }),
      { numRuns: 1_000 },
    );
  });

  test('a chain too long to parse is refused, not a crash', () => {
    expect(checkExpression(`1${'+1'.repeat(8_000)}`, EVERYWHERE)?.code).toBe('INVALID_JSONATA_EXPRESSION');
  });

  const recorded = new URL('../../../../shared/conformance/aws/', import.meta.url);
  test.skipIf(!existsSync(recorded))('take every expression of the executions recorded on AWS', () => {
    const files = readdirSync(recorded).filter((name) => name.startsWith('execution.'));
    const expressions = new Set<string>();
    for (const name of files) {
      for (const { definition } of JSON.parse(readFileSync(new URL(name, recorded), 'utf8')) as {
        definition: unknown;
      }[]) {
        JSON.stringify(definition, (_key, value) => {
          if (isExpression(value)) expressions.add(expressionText(value));
          return value;
        });
      }
    }
    expect([...expressions].filter((expression) => checkExpression(expression, EVERYWHERE) !== undefined)).toEqual([]);
  });
});

describe('variables read', () => {
  test.each<[string, string[]]>([
    ['$not($states.input.result.done)', []], // recorded: no references
    ['$answer', ['answer']],
    ['$b + $a.x & $b', ['b', 'a']],
    ['$sum($states.input.input_values) + $var_constant_1', ['var_constant_1']],
    ['($x := $y; $x)', ['y']],
    ['($x := $x; 1)', ['x']],
    ['($x := 1; $z) + $x', ['z', 'x']],
    ['$map($list, function($v, $i){$v + $i + $k})', ['list', 'k']],
    ['$map($list, $uppercase)', ['list']],
    ['$a.b@$p.c#$i[$i = 0 and $p = $q]', ['a', 'q']],
    ['$items[$ = $wanted]', ['items', 'wanted']],
    ['$x{$key: $value}', ['x', 'key', 'value']],
    ['$list^(>$weight)', ['list', 'weight']],
    ['$o ~> |a|{"b": $c}|', ['o', 'c']],
    ['not an expression (', []],
  ])('by %s', (expression, names) => {
    expect(referencedVariables(expression).sort()).toEqual([...names].sort());
  });
});
