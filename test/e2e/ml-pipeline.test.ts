// From raw data to predictions on mocked SageMaker jobs; the evaluation is a function.
import { expect, test } from 'vitest';
import { example } from './example.ts';

const pipeline = example('ml-pipeline', { mocks: 'MockConfigFile.json' });

const run = (testCase: string) => pipeline.run(testCase, 'churn', testCase);

test('a good model is deployed and predicts', async () => {
  const { status, output, types } = await run('GoodModel');
  expect(status).toBe('SUCCEEDED');
  expect(JSON.parse(output!)).toEqual({
    model: 'churn-GoodModel',
    accuracy: 0.94,
    predictions: 's3://shop-data/predictions',
  });
  // Three jobs are waited for: preparation, training, prediction.
  expect(types.filter((type) => type === 'TaskSubmitted')).toHaveLength(3);
  expect(types.filter((type) => type === 'TaskSucceeded')).toHaveLength(6);
});

test('a bad model is told to the team and goes no further', async () => {
  const { status, error, cause, types } = await run('BadModel');
  expect({ status, error, cause }).toEqual({
    status: 'FAILED',
    error: 'ModelNotDeployed',
    cause: 'The model churn-BadModel was not deployed: its accuracy is 0.71, not 0.9.',
  });
  expect(types.filter((type) => type === 'TaskSucceeded')).toHaveLength(3);
});

test('without data nothing is trained', async () => {
  const { error, cause, types } = await run('NoData');
  expect({ error, cause }).toEqual({
    error: 'ModelNotDeployed',
    cause: 'The model churn-NoData was not deployed: States.TaskFailed in PrepareData.',
  });
  expect(types.filter((type) => type === 'TaskScheduled')).toHaveLength(2);
});
