// Payload templates, paths of a scope, Reference Paths and timestamps.
import { describe, expect, test } from 'vitest';
import { StatesError } from '../../../core/errors.ts';
import { type Json, type JsonObject, parseJson, printJson } from '../../../core/expr/json.ts';
import { PathError } from '../../../core/expr/jsonpath.ts';
import { parseReferencePath, writeReferencePath } from '../../../core/expr/reference-path.ts';
import { readPath, type Scope } from '../../../core/expr/scope.ts';
import { evaluateTemplate } from '../../../core/expr/template.ts';
import { formatTimestamp, parseTimestamp } from '../../../core/expr/timestamp.ts';

const scope: Scope = {
  input: parseJson('{"a":{"b":[1,2,3]},"id":12345678901234567890,"name":"n"}'),
  context: { State: { Name: 'S' } },
  variables: { v: { w: 7 } },
  random: () => 0,
  newId: () => 'id',
};

function failure(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof StatesError) return `${error.error}: ${error.causeText}`;
    if (error instanceof PathError) return `${error.kind}: ${error.message}`;
    throw error;
  }
  return 'no failure';
}

describe('template', () => {
  test.each<[string, Json, string]>([
    ['a path', { 'x.$': '$.a.b[1]' }, '{"x":2}'],
    ['a number beyond a double', { 'x.$': '$.id' }, '{"x":12345678901234567890}'],
    ['the context object', { 'x.$': '$$.State.Name' }, '{"x":"S"}'],
    ['a variable', { 'x.$': '$v.w', 'y.$': '$v' }, '{"x":7,"y":{"w":7}}'],
    ['an intrinsic function', { 'x.$': "States.Format('{}!', $.name)" }, '{"x":"n!"}'],
    ['arrays and nested objects', [{ 'x.$': '$.name' }, { y: { 'z.$': '$.name' } }], '[{"x":"n"},{"y":{"z":"n"}}]'],
    ['text that only looks like a path', { x: '$.a', y: ['$.a'] }, '{"x":"$.a","y":["$.a"]}'],
    [
      'fixed fields before computed ones',
      { 'Q.$': '$.name', Fixed: 1, 'M.$': '$.name' },
      '{"Fixed":1,"Q":"n","M":"n"}',
    ],
    ['an own field __proto__', parseJson('{"__proto__":{"x.$":"$.name"}}'), '{"__proto__":{"x":"n"}}'],
  ])('evaluates %s', (_what, template, expected) => {
    expect(printJson(evaluateTemplate(template, scope))).toBe(expected);
  });

  test('orders computed fields as a Java hash map does', () => {
    const names = ['ApiEndpoint', 'Method', 'Path', 'Stage', 'RequestBody', 'Headers'];
    const template = Object.fromEntries(names.map((name) => [`${name}.$`, '$.name']));
    const ordered = Object.keys(evaluateTemplate(template, scope) as JsonObject);
    expect(ordered).toEqual(['Path', 'Headers', 'Stage', 'ApiEndpoint', 'Method', 'RequestBody']);
  });

  test('selects the value itself, not a copy', () => {
    const { x } = evaluateTemplate({ 'x.$': '$.a' }, scope) as JsonObject;
    expect(x).toBe((scope.input as JsonObject).a);
  });

  test('names the path, the field and the document when a path leads nowhere', () => {
    const input = { name: 'n' };
    expect(failure(() => evaluateTemplate({ v: { 'value.$': '$.a' } }, { ...scope, input }))).toBe(
      `States.Runtime: The JSONPath '$.a' specified for the field 'value.$' could not be found in the input '{"name":"n"}'`,
    );
  });

  test('fails on a template nested beyond reason instead of overflowing', () => {
    let deep: Json = 1;
    for (let depth = 0; depth < 50_000; depth++) deep = [deep];
    expect(failure(() => evaluateTemplate(deep, scope))).toContain('States.Runtime');
  });
});

describe('scope', () => {
  test('an undefined variable is an error of its own', () => {
    expect(failure(() => readPath('$nope.x', scope))).toContain('States.Runtime');
    expect(failure(() => readPath('$v.x', scope))).toBe("NotFound: No results for path: $['x']");
    expect(failure(() => readPath('$constructor', scope))).toContain('States.Runtime');
  });
});

describe('reference path', () => {
  test.each<[string, ReturnType<typeof parseReferencePath>]>([
    ['$', []],
    ['$.a.b', ['a', 'b']],
    ["$['a b'][0].c", ['a b', 0, 'c']],
    ['$.a[*]', undefined],
    ['$..a', undefined],
    ['$.a[-1]', undefined],
    ['$.a[0,1]', undefined],
    ["$['a','b']", undefined],
    ['a.b', undefined],
    ['$.a[?(@.b)]', undefined],
  ])('parses %s', (path, expected) => {
    expect(parseReferencePath(path)).toEqual(expected);
  });

  test.each<[string, Json, string]>([
    ['$', { a: 1 }, '9'],
    ['$.a', { a: 1, b: 2 }, '{"a":9,"b":2}'],
    ['$.x.y.z', { a: 1 }, '{"a":1,"x":{"y":{"z":9}}}'],
    ['$.a[1]', { a: [1, 2, 3] }, '{"a":[1,9,3]}'],
    ['$.a[0].b', { a: [{ c: 1 }] }, '{"a":[{"c":1,"b":9}]}'],
    ["$['__proto__'].x", {}, '{"__proto__":{"x":9}}'],
  ])('writes %s', (path, document, expected) => {
    const before = printJson(document);
    expect(printJson(writeReferencePath(path, document, 9))).toBe(expected);
    expect(printJson(document)).toBe(before);
  });

  test('keeps what lies beside the way', () => {
    const document = { a: { b: 1 }, c: { d: 2 } };
    expect((writeReferencePath('$.a.b', document, 9) as typeof document).c).toBe(document.c);
  });

  test.each<[string, Json, string]>([
    ['$.a', 'text', 'Unable to apply step "a" to input "text"'],
    ['$.a.b', { a: 1 }, 'Unable to apply step "b" to input 1'],
    ['$.a[1]', { a: [1] }, 'Unable to apply step "1" to input [1]'],
    ['$.a', null, 'Unable to apply step "a" to input null'],
  ])('refuses %s where something else is in the way', (path, document, cause) => {
    expect(failure(() => writeReferencePath(path, document, 9))).toBe(`States.ResultPathMatchFailure: ${cause}`);
  });
});

describe('timestamp', () => {
  test.each<[string, string | undefined]>([
    ['2016-12-05T21:29:29Z', '2016-12-05T21:29:29.000Z'],
    ['2016-12-05T21:29:29.00Z', '2016-12-05T21:29:29.000Z'],
    ['2016-12-05T21:29:29.000000Z', '2016-12-05T21:29:29.000Z'],
    ['2016-12-05T21:29:29.1239Z', '2016-12-05T21:29:29.123Z'],
    ['2016-12-05T21:29:29+02:30', '2016-12-05T18:59:29.000Z'],
    ['2016-12-05T21:29:29-02:30', '2016-12-05T23:59:29.000Z'],
    ['2016-02-29T00:00:00Z', '2016-02-29T00:00:00.000Z'],
    ['2015-02-29T00:00:00Z', undefined],
    ['2016-13-05T21:29:29Z', undefined],
    ['2016-12-05T25:29:29Z', undefined],
    ['2016-12-05 21:29:29Z', undefined],
    ['2016-12-05T21:29:29', undefined],
    ['2016-12-05t21:29:29z', undefined],
    ['05-12-2016T21:29:29Z', undefined],
    ['', undefined],
  ])('parses %s', (text, expected) => {
    const at = parseTimestamp(text);
    expect(at === undefined ? undefined : formatTimestamp(at)).toBe(expected);
  });
});
