// What the checker accepts, the interpreter runs: to an end, or to an error of the definition's own; never into trouble.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkDefinition } from '../../../core/asl/check.ts';
import { memoryWorld } from '../../support/memory-world.ts';

const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:';

const path = fc.constantFrom(
  '$',
  '$.a',
  '$.a.b',
  '$.items',
  '$.items[*].x',
  '$..x',
  '$.items[?(@.x > 1)]',
  '$$.State.Name',
  '$$',
);
const reference = fc.constantFrom('$', '$.a', '$.r', '$.a.b.c', '$.items', '$.items[0]', '$.__proto__');
const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(1e21, -0, '{}', '2026-01-01T00:00:00Z'));
const template = fc.record(
  {
    'p.$': path,
    'i.$': fc.constantFrom(
      "States.Format('{}', $.a)",
      'States.ArrayLength($.items)',
      'States.MathAdd($.a, 1)',
      'States.UUID()',
    ),
    v: value,
  },
  { requiredKeys: [] },
);
const expression = fc.constantFrom(
  '{% $states.input %}',
  '{% $states.input.a + 1 %}',
  '{% $sum($states.input.items.x) %}',
  '{% $nothing %}',
  '{% 1/0 %}',
  '{% $states.context.State.Name %}',
);
/** What a field for a number may be given. */
const amount = fc.constantFrom(
  '{% -1 %}',
  '{% 0 %}',
  '{% 2 %}',
  '{% 1.5 %}',
  '{% 1e300 %}',
  '{% 1/0 %}',
  '{% null %}',
  '{% [] %}',
);
const errors = fc.constantFrom(['States.ALL'], ['States.TaskFailed'], ['Nope']);
const retry = fc.record({ ErrorEquals: errors, MaxAttempts: fc.integer({ min: 0, max: 2 }) }).map((each) => [each]);

const optional = { requiredKeys: ['Type'] as ['Type'] };
const flow = { InputPath: fc.oneof(path, fc.constant(null)), OutputPath: fc.oneof(path, fc.constant(null)) };
const result = { ResultPath: fc.oneof(reference, fc.constant(null)), ResultSelector: template };
const jsonata = { QueryLanguage: fc.constant('JSONata'), Output: expression, Assign: fc.record({ v: expression }) };

function state(scope: fc.Arbitrary<object>): fc.Arbitrary<object> {
  const caught = fc.constant([{ ErrorEquals: ['States.ALL'], Next: 'D' }]);
  const task = {
    Type: fc.constant('Task'),
    Resource: fc.constantFrom(`${FUNCTION}good`, `${FUNCTION}bad`, `${FUNCTION}none`),
  };
  return fc.oneof(
    fc.record(
      { Type: fc.constant('Pass'), ...flow, Result: value, ResultPath: result.ResultPath, Parameters: template },
      optional,
    ),
    fc.record({ Type: fc.constant('Pass'), ...jsonata }, { requiredKeys: ['Type', 'QueryLanguage'] }),
    fc.record(
      {
        ...task,
        ...flow,
        ...result,
        Parameters: template,
        Retry: retry,
        Catch: caught,
        TimeoutSeconds: fc.integer({ min: 1, max: 9 }),
      },
      { requiredKeys: ['Type', 'Resource'] },
    ),
    fc.record(
      { ...task, ...jsonata, Arguments: expression, TimeoutSeconds: amount, HeartbeatSeconds: amount, Retry: retry },
      { requiredKeys: ['Type', 'Resource', 'QueryLanguage'] },
    ),
    fc.record(
      { ...task, TimeoutSecondsPath: reference, HeartbeatSecondsPath: reference, Catch: caught },
      { requiredKeys: ['Type', 'Resource'] },
    ),
    fc.record({ Type: fc.constant('Wait'), Seconds: fc.integer({ min: 0, max: 5 }) }),
    fc.record({ Type: fc.constant('Wait'), ...jsonata, Seconds: amount }),
    fc.record({ Type: fc.constant('Wait'), ...jsonata, Timestamp: expression }),
    fc.record({ Type: fc.constant('Wait'), TimestampPath: reference }),
    fc.record({ Type: fc.constant('Wait'), SecondsPath: reference }),
    fc.record({ Type: fc.constant('Succeed'), ...flow }, optional),
    fc.record({ Type: fc.constant('Fail'), ErrorPath: reference, Cause: fc.string() }, optional),
    fc.record(
      {
        Type: fc.constant('Map'),
        ItemsPath: reference,
        ItemProcessor: scope,
        ItemSelector: template,
        ...result,
        Retry: retry,
        Catch: caught,
        MaxConcurrency: fc.integer({ min: 0, max: 3 }),
      },
      { requiredKeys: ['Type', 'ItemProcessor'] },
    ),
    fc.record(
      {
        Type: fc.constant('Map'),
        ...jsonata,
        Items: fc.constantFrom('{% [1, 2] %}', '{% [] %}', '{% $states.input.items %}', '{% $nothing %}'),
        ItemProcessor: scope,
        ItemSelector: expression,
        Retry: retry,
        MaxConcurrency: amount,
      },
      { requiredKeys: ['Type', 'QueryLanguage', 'ItemProcessor'] },
    ),
    fc.record(
      { Type: fc.constant('Map'), ItemsPath: reference, ItemProcessor: scope, MaxConcurrencyPath: reference },
      { requiredKeys: ['Type', 'ItemProcessor'] },
    ),
    fc.record(
      {
        Type: fc.constant('Parallel'),
        Branches: fc.array(scope, { minLength: 1, maxLength: 2 }),
        ...result,
        Catch: caught,
      },
      { requiredKeys: ['Type', 'Branches'] },
    ),
  );
}

/** A line of states A to D with a Choice that may go back; `prefix` keeps names unique across scopes. */
function scope(depth: number, prefix: string): fc.Arbitrary<object> {
  const inner = (letter: string): fc.Arbitrary<object> => {
    const name = `${prefix}${letter}`;
    return depth === 0
      ? fc.constant({ StartAt: name, States: { [name]: { Type: 'Pass', End: true } } })
      : scope(depth - 1, name);
  };
  return fc.tuple(state(inner('x')), state(inner('y')), state(inner('z')), fc.boolean()).map(([a, b, c, back]) => {
    const choice = {
      Type: 'Choice',
      Choices: [{ Variable: '$.a', IsPresent: true, Next: back ? 'D' : 'C' }],
      Default: 'C',
    };
    // Whatever ends early, every state can be reached.
    const enter = {
      Type: 'Choice',
      Choices: ['B', 'Choose', 'C', 'D'].map((Next) => ({ Variable: '$.never', IsPresent: true, Next })),
      Default: 'A',
    };
    const named: Record<string, object> = {
      Enter: enter,
      A: move(a, 'B'),
      B: move(b, 'Choose'),
      Choose: choice,
      C: move(c, 'D'),
      D: { Type: 'Pass', End: true },
    };
    const text = JSON.stringify(Object.fromEntries(Object.entries(named).map(([name, each]) => [prefix + name, each])));
    const renamed = text.replace(/"(Next|Default)":"(\w+)"/g, (all, key, name) =>
      String(name).startsWith(prefix) && prefix ? all : `"${key}":"${prefix}${name}"`,
    );
    // A variable of a scope around cannot be assigned.
    const own = renamed.replaceAll('"Assign":{"v":', `"Assign":{"v${prefix}":`);
    return { StartAt: `${prefix}Enter`, States: JSON.parse(prefix === '' ? text : own) };
  });
}

function move(each: object, next: string): object {
  const { Type } = each as { Type: string };
  return Type === 'Succeed' || Type === 'Fail' ? each : { ...each, Next: next };
}

test('accepted definitions run to an end of their own', async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(scope(1, ''), value, async (definition, a) => {
      if (checkDefinition(JSON.stringify(definition)).definition === undefined) return;
      accepted++;
      const world = memoryWorld({
        good: (payload) => payload,
        bad: () => {
          throw new Error('bad');
        },
      });
      const { status } = await world.run(definition, { a, items: [{ x: 1 }, { x: 2 }] });
      expect(world.troubles).toEqual([]);
      expect(status).toMatch(/SUCCEEDED|FAILED/);
    }),
    { numRuns: 1_500 },
  );
  expect(accepted).toBeGreaterThan(900);
});

test('data nested deeper than the stack fails the execution, in words', async () => {
  const world = memoryWorld();
  const deep = `{"a":${'['.repeat(900)}${']'.repeat(900)}}`;
  const Parameters = { 'a.$': '$.a' };
  const { status } = await world.run({ StartAt: 'P', States: { P: { Type: 'Pass', Parameters, End: true } } }, deep);
  expect({ status, troubles: world.troubles }).toEqual({ status: 'SUCCEEDED', troubles: [] });
  const deeper = '['.repeat(100_000) + ']'.repeat(100_000);
  await expect(world.run({ StartAt: 'P', States: { P: { Type: 'Pass', End: true } } }, deeper)).rejects.toThrow(
    /nest/i,
  );
});
