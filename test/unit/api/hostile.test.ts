// Inputs that nobody sane sends. Whatever comes in, the answer is one of AWS's errors or a success: never a 5xx.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ACTIONS } from '../../../core/api/actions/index.ts';
import type { Shape } from '../../../core/api/shape.ts';
import { apiWorld, call, newMachine, PREFIX } from './world.ts';

const ARNS = ['stateMachine:m', 'stateMachine:m:1', 'stateMachine:m:a', 'execution:m:e', 'activity:a', 'mapRun:m/l:i'];

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(...ARNS.map((arn) => PREFIX + arn), '__proto__', 'constructor', '{"a":', '[]', 'arn:', ':::::::'),
);

/** Values of the right JSON type, so that they get past the wire. */
function valuesOf(shape: Shape): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case 'string':
      return shape.values === undefined ? text : fc.constantFrom(...shape.values);
    case 'integer':
    case 'float':
      return fc.oneof(fc.integer({ min: 0, max: 1_000 }), fc.double());
    case 'boolean':
      return fc.boolean();
    case 'list':
      return fc.array(valuesOf(shape.of), { maxLength: 3 });
    case 'structure':
      return recordsOf(shape.members);
  }
}

function recordsOf(members: Readonly<Record<string, Shape>>): fc.Arbitrary<object> {
  const values = Object.entries(members).map(([name, shape]) => [name, valuesOf(shape)] as const);
  const requiredKeys = values.map(([name]) => name).filter((name) => members[name]?.required);
  return fc.record(Object.fromEntries(values), { requiredKeys });
}

const SUPPORTED = Object.entries(ACTIONS).flatMap(([name, action]) =>
  'run' in action ? [[name, action] as const] : [],
);

describe('hostile input', () => {
  test.each(SUPPORTED)('%s answers anything of the right type with an error or a success', async (name, action) => {
    await fc.assert(
      fc.asyncProperty(recordsOf(action.members), async (input) => {
        const world = apiWorld();
        await newMachine(world, 'm', { publish: true });
        const { $status } = await call(world, name, input);
        expect($status).toBeLessThan(500);
      }),
      { numRuns: 30 },
    );
  });

  test.each(SUPPORTED)('%s answers anything of any type with an error or a success', async (name, action) => {
    const anything = fc.record(
      Object.fromEntries(Object.keys(action.members).map((member) => [member, fc.jsonValue()])),
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(anything, fc.jsonValue()), async (input) => {
        const { $status } = await call(apiWorld(), name, input);
        expect($status).toBeLessThan(500);
      }),
      { numRuns: 30 },
    );
  });
});
