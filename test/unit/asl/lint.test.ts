import { expect, test } from 'vitest';
import { checkDefinition } from '../../../core/asl/check.ts';
import { lintDefinition } from '../../../core/asl/lint.ts';

const LAMBDA = 'arn:aws:lambda:us-east-1:123456789012:function:f';
const CAREFUL = {
  TimeoutSeconds: 60,
  Retry: [{ ErrorEquals: ['Lambda.ServiceException'] }],
  Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Failed' }],
};

function rules(state: object): string[] {
  const failed = 'Catch' in state ? { Failed: { Type: 'Fail' } } : {};
  const { definition, diagnostics } = checkDefinition(
    JSON.stringify({ StartAt: 'A', States: { A: { End: true, ...state }, ...failed } }),
  );
  expect(diagnostics).toEqual([]);
  return lintDefinition(definition!).map(({ rule, location }) => `${rule} ${location}`);
}

const GET_OBJECT = {
  Type: 'Task',
  Resource: 'arn:aws:states:::aws-sdk:s3:getObject',
  Parameters: { Bucket: 'b', Key: 'k' },
  TimeoutSeconds: 5,
};

test.each<[string, object, string[]]>([
  ['nothing about a careful task', { Type: 'Task', Resource: LAMBDA, ...CAREFUL }, []],
  [
    'everything that a bare Lambda task lacks',
    { Type: 'Task', Resource: LAMBDA },
    ['task-timeout /States/A', 'lambda-retry /States/A', 'lambda-catch /States/A'],
  ],
  [
    'the same of the integration',
    { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Parameters: { FunctionName: 'f' }, TimeoutSeconds: 5 },
    ['lambda-retry /States/A', 'lambda-catch /States/A'],
  ],
  [
    'a Retry that misses the errors of the service',
    { Type: 'Task', Resource: LAMBDA, ...CAREFUL, Retry: [{ ErrorEquals: ['MyError'] }] },
    ['lambda-retry /States/A'],
  ],
  ['an object read whole', GET_OBJECT, ['large-payload /States/A']],
  ['nothing about an object read and dropped', { ...GET_OBJECT, ResultPath: null }, []],
  ['a large literal', { Type: 'Pass', Result: 'x'.repeat(200_000) }, ['large-payload /States/A/Result']],
  [
    'states within states',
    {
      Type: 'Map',
      ItemProcessor: {
        StartAt: 'B',
        States: { B: { ...GET_OBJECT, ResultPath: null, End: true, TimeoutSeconds: undefined } },
      },
    },
    ['task-timeout /States/A/ItemProcessor/States/B'],
  ],
])('advises on %s', (_title, state, expected) => {
  expect(rules(state)).toEqual(expected);
});
