import { expect, test } from 'vitest';
import { checkDefinition } from '../../../core/asl/check.ts';
import { eachState, findScope } from '../../../core/asl/scope.ts';
import { variableReferences } from '../../../core/asl/variables.ts';

function checked(states: object, top: object = {}) {
  const { definition, diagnostics } = checkDefinition(
    JSON.stringify({ StartAt: Object.keys(states)[0], States: states, ...top }),
  );
  expect(diagnostics.filter(({ severity }) => severity === 'ERROR')).toEqual([]);
  return definition!;
}

const pass = (fields: object) => ({ Type: 'Pass', End: true, ...fields });
const inner = (name: string, fields: object = {}) => ({ StartAt: name, States: { [name]: pass(fields) } });

test.each<[string, object, Record<string, string[]>]>([
  ['paths, in alphabetical order', pass({ InputPath: '$b.c', OutputPath: '$a[0]' }), { X: ['a', 'b'] }],
  ['templates at any depth', pass({ Parameters: { a: [{ 'b.$': '$c' }] } }), { X: ['c'] }],
  ['no template keys without .$', pass({ Parameters: { Path: '$a', Variable: '$b' } }), {}],
  [
    'no fields of the input or the context object',
    pass({ Parameters: { 'a.$': '$.b', 'c.$': '$$.Execution.Id' } }),
    {},
  ],
  [
    'arguments of functions, but no quoted text',
    pass({ Parameters: { 'a.$': "States.Format('$no \\'$no\\' {}', $yes)" } }),
    { X: ['yes'] },
  ],
  ['variables inside filters', pass({ Parameters: { 'a.$': '$list[?(@.id == 1)]' } }), { X: ['list'] }],
  ['no literals', pass({ Result: { 'a.$': '$b' }, Comment: '$c' }), {}],
  ['what Assign reads, not what it sets', pass({ Assign: { a: 1, 'b.$': '$c' } }), { X: ['c'] }],
  [
    'expressions of JSONata',
    pass({ QueryLanguage: 'JSONata', Output: { a: '{% $b + $sum($c.d) + $states.input.e %}', f: '$g' } }),
    { X: ['b', 'c'] },
  ],
])('references: %s', (_title, state, expected) => {
  expect(variableReferences(checked({ X: state }))).toEqual(expected);
});

test('references of rules and of states within states stand under their own state', () => {
  const definition = checked({
    C: {
      Type: 'Choice',
      Choices: [{ And: [{ Variable: '$a', StringEqualsPath: '$b' }], Assign: { 'x.$': '$c' }, Next: 'M' }],
      Default: 'M',
    },
    M: {
      Type: 'Map',
      ItemsPath: '$items',
      MaxConcurrencyPath: '$n',
      ItemProcessor: inner('I', { InputPath: '$inside' }),
      End: true,
    },
  });
  expect(variableReferences(definition)).toEqual({ C: ['a', 'b', 'c'], M: ['items', 'n'], I: ['inside'] });
});

test('a state named __proto__ has its references like any other', () => {
  const states = JSON.parse('{"__proto__": {"Type": "Pass", "InputPath": "$a", "End": true}}');
  expect(Object.entries(variableReferences(checked(states)))).toEqual([['__proto__', ['a']]]);
});

const NESTED = {
  P: {
    Type: 'Parallel',
    Branches: [inner('A'), { StartAt: 'M', States: { M: { Type: 'Map', Iterator: inner('I'), End: true } } }],
    Next: 'Z',
  },
  Z: { Type: 'Succeed' },
};

test('every state is visited with its location', () => {
  const visited: string[] = [];
  eachState(checked(NESTED), (state, name, location) => visited.push(`${state.Type} ${name} ${location}`));
  expect(visited).toEqual([
    'Parallel P /States/P',
    'Succeed Z /States/Z',
    'Pass A /States/P/Branches[0]/States/A',
    'Map M /States/P/Branches[1]/States/M',
    'Pass I /States/P/Branches[1]/States/M/Iterator/States/I',
  ]);
});

test('a scope is found by its location', () => {
  const definition = checked(NESTED);
  expect(findScope(definition, '/')).toBe(definition);
  expect(findScope(definition, '/States/P/Branches[1]/States/M/Iterator')?.StartAt).toBe('I');
  expect(findScope(definition, '/States/Z')).toBeUndefined();
});
