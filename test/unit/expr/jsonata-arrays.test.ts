// The rewritten array functions answer as the library's own do.
import fc from 'fast-check';
import jsonata from 'jsonata';
import { expect, test } from 'vitest';
import type { Json } from '../../../core/expr/json.ts';
import { evaluateExpression, type JsonataScope } from '../../../core/expr/jsonata.ts';

const scalar = fc.constantFrom<Json>('a', 'b', '1', '', 1, 2, 2.5, true, null);
const item = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.oneof(scalar, fc.array(scalar, { maxLength: 2 })), { maxKeys: 3 }),
);

async function both(expression: string, input: Json): Promise<[unknown, unknown]> {
  const states = { input, context: {} };
  const scope: JsonataScope = { states, variables: {}, now: 0, random: () => 0, newId: () => '' };
  const ours = evaluateExpression(expression, 'Output', scope).catch(
    (error: Error) => /nothing|D3070|T\d+/.exec(error.message)?.[0],
  );
  const theirs = jsonata(expression)
    .evaluate(undefined, { states })
    .then((value) => value ?? (value === null ? null : 'nothing'))
    .catch((error: { code: string }) => error.code);
  return [JSON.stringify(await ours), JSON.stringify(await theirs)];
}

test.each([
  '$distinct($states.input)',
  '$distinct($states.input.a)',
  '$spread($states.input)',
  '$spread($states.input[0])',
  '$sort($states.input)',
  '$sort($states.input[$type($) = "number"])',
  '$sort($states.input[$type($) = "string"])',
  '$sort($states.input, function($l, $r){$string($l) > $string($r)})',
  '$sort($states.input.a, function($l, $r){$string($l) > $string($r)})',
])('%s', async (expression) => {
  await fc.assert(
    fc.asyncProperty(fc.array(item, { maxLength: 7 }), async (input) => {
      const [ours, theirs] = await both(expression, input);
      expect(ours).toBe(theirs);
    }),
    { numRuns: 150 },
  );
});
