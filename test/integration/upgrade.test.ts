// A second deployment over the first, with other settings, while executions run.

import { expect, test } from 'vitest';
import { lambda, place, sfn } from './clients.ts';
import { SETTINGS, stepwell } from './deployment.ts';
import { createMachine, endOf, history, typesOf } from './executions.ts';

const ship = {
  Type: 'Task',
  Resource: `arn:aws:lambda:${place.region}:${place.account}:function:ship-order`,
  ResultPath: '$.shipped',
  // LocalStack ends a function's processes when it gets another version; Lambda lets them finish.
  Retry: [{ ErrorEquals: ['Lambda.SdkClientException'], IntervalSeconds: 1, MaxAttempts: 3 }],
};
const TURNS = 8;

/** Ships again and again, with a wait in between, so that whatever happens finds it somewhere else. */
const machine = {
  StartAt: 'Ship',
  States: {
    Ship: { ...ship, Next: 'Count' },
    Count: { Type: 'Pass', Parameters: { 'orderId.$': '$.orderId', 'n.$': 'States.MathAdd($.n, 1)' }, Next: 'More' },
    More: { Type: 'Choice', Choices: [{ Variable: '$.n', NumericLessThan: TURNS, Next: 'Rest' }], Default: 'Done' },
    Rest: { Type: 'Wait', Seconds: 3, Next: 'Ship' },
    Done: { Type: 'Succeed' },
  },
};

test('a deployment over running executions loses none of them', async () => {
  const stateMachineArn = await createMachine(machine);
  const starts = Array.from({ length: 20 }, (_, number) =>
    sfn.startExecution({ stateMachineArn, input: JSON.stringify({ orderId: String(number), n: 0 }) }),
  );
  const executions = (await Promise.all(starts)).map(({ executionArn }) => executionArn!);
  await expect.poll(async () => typesOf(await history(executions.at(-1)!))).toContain('WaitStateEntered');

  stepwell(place, 'deploy', { ...SETTINGS, transitionsPerMessage: '1' });
  const { Environment } = await lambda.getFunctionConfiguration({ FunctionName: `stepwell-${place.stage}-advance` });
  expect(Environment!.Variables).toMatchObject({ TRANSITIONS_PER_MESSAGE: '1' });

  for (const executionArn of executions) {
    const { events, ...ended } = await endOf(executionArn);
    expect(ended).toMatchObject({
      status: 'SUCCEEDED',
      output: JSON.stringify({ orderId: JSON.parse(ended.input!).orderId, n: TURNS }),
    });
    expect(typesOf(events).filter((type) => type === 'LambdaFunctionSucceeded')).toHaveLength(TURNS);
  }
});
