// JSONPath against its truth table (test/conformance/jsonpath.json): 480 rows of path, document and answer or error text.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { equalJson, type Json, type JsonObject, parseJson, printJson } from '../../../core/expr/json.ts';
import { evaluatePath, isDefinite, PathError } from '../../../core/expr/jsonpath.ts';

const rows = parseJson(
  readFileSync(new URL('../../conformance/jsonpath.json', import.meta.url), 'utf8'),
) as JsonObject[];

function outcome(path: string, document: Json): { value: Json } | { kind: string; message: string } {
  try {
    return { value: evaluatePath(path, document) };
  } catch (error) {
    if (error instanceof PathError) return { kind: error.kind, message: error.message };
    throw error;
  }
}

describe('jsonpath truth table', () => {
  const cases = rows.map((row, index) => [index, row.path as string, row] as const);
  test.each(cases)('%i: %s', (_index, path, row) => {
    const result = outcome(path, row.doc!);
    if (row.error === undefined) {
      expect(isDefinite(path)).toBe(row.definite);
      expect('value' in result && equalJson(result.value, row.expected!), JSON.stringify(result)).toBe(true);
    } else {
      const kind = row.error === 'PathNotFoundException' ? 'NotFound' : 'InvalidPath';
      // The name of a local variable depends on how the library was built.
      const message = (row.message as string).replace('<local7>', 'predicate');
      expect(result).toEqual({ kind, message });
    }
  });
});

describe('jsonpath', () => {
  test('throws nothing but PathError on any text', () => {
    const piece = fc.constantFrom(...'$@.[]()?*\'",:-!&|=<>~/ 01a', '..', '[?(', ')]', '@.a', '==', '=~', '&&', '||');
    const path = fc.oneof(
      fc.string(),
      fc.array(piece).map((pieces) => `$${pieces.join('')}`),
    );
    const document = { a: [1, { a: 'x' }, null], b: { c: 1.5 } };
    fc.assert(fc.property(path, (text) => void outcome(text, document)));
  });

  test.each<[string, Json]>([
    ['$[?(@.s =~ /(a+)+$/)]', [{ s: `${'a'.repeat(50_000)}b` }]],
    ['$[?(@.s =~ /.*.*.*.*x/)]', [{ s: 'a'.repeat(50_000) }]],
    ['$..*..*', nested(10_000)],
    ['$[0]', nested(10_000)],
    [`$${'.a'.repeat(10_000)}`, nested(10_000)],
    ['$[-2000000000:1]', [1]],
    [`$${'[?(@.a'.repeat(3_000)}${')]'.repeat(3_000)}`, {}],
  ])('ends on hostile input with an error: %#', (path, document) => {
    expect(outcome(path, document)).toHaveProperty('kind', 'InvalidPath');
  });

  test('scans a document 10,000 deep', () => {
    expect(evaluatePath('$..a', nested(10_000))).toHaveLength(10_000);
  });

  test('finds own names only', () => {
    expect(outcome('$.constructor', {})).toEqual({
      kind: 'NotFound',
      message: "No results for path: $['constructor']",
    });
    const document = parseJson('{"__proto__":{"x":1}}');
    expect(evaluatePath('$.__proto__.x', document)).toBe(1);
    expect(printJson(evaluatePath("$['__proto__','y']", document))).toBe('{"__proto__":{"x":1}}');
  });
});

function nested(depth: number): Json {
  let document: Json = 1;
  for (let level = 0; level < depth; level++) document = { a: document };
  return document;
}
