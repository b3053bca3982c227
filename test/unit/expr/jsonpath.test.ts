// JSONPath against its truth table (test/conformance/jsonpath.json): 480 rows of path, document and answer or error text.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { equalJson, type Json, type JsonObject, parseJson } from '../../../core/expr/json.ts';
import { evaluatePath, isDefinite, PathError } from '../../../core/expr/jsonpath.ts';

const rows = parseJson(
  readFileSync(new URL('../../conformance/jsonpath.json', import.meta.url), 'utf8'),
) as JsonObject[];

// Rows about the order of names like "0", which JavaScript objects put first: the one known difference.
const ORDER_GAPS = new Set([207, 213]);

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
  test.each(cases.filter(([index]) => !ORDER_GAPS.has(index)))('%i: %s', (_index, path, row) => {
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
