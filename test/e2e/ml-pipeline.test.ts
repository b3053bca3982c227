// From raw data to predictions on mocked SageMaker jobs; the evaluation is a function.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMachine, type Laptop, openLaptop, runToEnd } from './local-server.ts';

const folder = 'examples/ml-pipeline';

let laptop: Laptop;
let machineArn: string;

beforeAll(async () => {
  laptop = await openLaptop({
    functionDirectories: [`${folder}/functions`],
    mockConfig: `${folder}/MockConfigFile.json`,
  });
  machineArn = await createMachine(laptop.client, 'ml-pipeline', readFileSync(`${folder}/ml-pipeline.json`, 'utf8'));
});

afterAll(() => laptop.close());

const run = (testCase: string) =>
  runToEnd(
    laptop.client,
    `${machineArn}#${testCase}`,
    JSON.parse(readFileSync(`${folder}/inputs/churn.json`, 'utf8')),
    testCase,
  );

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
