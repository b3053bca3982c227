// The mock configuration file: what is wrong in it is said with its place.
import { expect, test } from 'vitest';
import { parseMockConfig, readMockConfig } from '../../../local/mock-config.ts';
import { parseOptions } from '../../../local/options.ts';

const CONFIG = {
  StateMachines: { Orders: { TestCases: { Happy: { Charge: 'Paid' }, Empty: {} } }, Others: {} },
  MockedResponses: {
    Paid: {
      '3-5': { Throw: { Error: 'Busy' } },
      0: { Throw: { Error: 'Broken', Cause: 'c' } },
      '1-2': { Return: { a: [1, null] } },
    },
  },
};

test('machines, test cases, states and answers are read; answers in order', () => {
  const { machines, responses } = parseMockConfig(JSON.stringify(CONFIG));
  expect(machines.get('Orders')?.get('Happy')?.get('Charge')).toBe('Paid');
  expect(machines.get('Others')?.size).toBe(0);
  expect(responses.get('Paid')).toEqual([
    { from: 0, to: 0, answer: { kind: 'failed', error: 'Broken', cause: 'c' } },
    { from: 1, to: 2, answer: { kind: 'succeeded', output: '{"a":[1,null]}' } },
    { from: 3, to: 5, answer: { kind: 'failed', error: 'Busy' } },
  ]);
});

test('what is returned keeps its numbers', () => {
  const { responses } = parseMockConfig(
    '{"MockedResponses":{"R":{"0":{"Return":{"n":1.50,"id":12345678901234567890}}}}}',
  );
  expect(responses.get('R')?.[0]?.answer).toMatchObject({ output: '{"n":1.50,"id":12345678901234567890}' });
});

const response = (answers: object) => JSON.stringify({ MockedResponses: { R: answers } });

test.each([
  ['{', /^It is not JSON: /],
  ['[]', 'The file must be an object, not [].'],
  ['{"StateMachines":[]}', 'StateMachines must be an object, not [].'],
  ['{"StateMachines":{"M":{"TestCases":{"C":1}}}}', 'StateMachines.M.TestCases.C must be an object, not 1.'],
  [
    '{"StateMachines":{"M":{"TestCases":{"C":{"S":"Missing"}}}}}',
    'StateMachines.M.TestCases.C.S must name one of the MockedResponses, not "Missing".',
  ],
  [response({ first: {} }), /^MockedResponses\.R has the key 'first': it takes the number of a call/],
  [response({ '2-1': {} }), /^MockedResponses\.R has the key '2-1'/],
  [response({ '0-2': { Return: 1 }, 2: { Return: 2 } }), 'MockedResponses.R answers call 2 twice.'],
  [response({ 0: {} }), 'MockedResponses.R.0 must have either Return or Throw.'],
  [response({ 0: { Return: 1, Throw: { Error: 'E' } } }), 'MockedResponses.R.0 must have either Return or Throw.'],
  [response({ 0: { Returns: 1 } }), "MockedResponses.R.0 has the unknown field 'Returns'."],
  [response({ 0: { Throw: {} } }), 'MockedResponses.R.0.Throw.Error must be a string.'],
  [response({ 0: { Throw: { Error: 'E', Cause: 1 } } }), 'MockedResponses.R.0.Throw.Cause must be a string.'],
])('%s is refused with its place', (text, sentence) => {
  expect(() => parseMockConfig(text)).toThrow(sentence);
});

test('a file that is not there is a mistake of the caller', () => {
  expect(() => readMockConfig('/nowhere/mocks.json')).toThrow('There is no file /nowhere/mocks.json.');
});

test('the flag wins over the variable', () => {
  const env = { SFN_MOCK_CONFIG: '/b.json' };
  expect(parseOptions(['--mock-config', '/a.json'], env)?.mockConfig).toBe('/a.json');
  expect(parseOptions([], env)?.mockConfig).toBe('/b.json');
  expect(parseOptions([], {})).not.toHaveProperty('mockConfig');
});
