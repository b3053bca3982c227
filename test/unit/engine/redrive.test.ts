// Redrive: what broke goes on, what had ended well is not done again.
import { expect, test } from 'vitest';
import { memoryWorld } from '../../support/memory-world.ts';

const task = (name: string, rest: object) => ({
  Type: 'Task',
  Resource: `arn:aws:lambda:us-east-1:123456789012:function:${name}`,
  ...rest,
});

/** Fails at its first call, succeeds after. */
const brittle = (_payload: unknown, attempt: number) => {
  if (attempt === 1) throw new Error('not yet');
  return 'done';
};

async function brokenRun(definition: object, input: object = {}) {
  const world = memoryWorld({ brittle, sturdy: () => 'fine' });
  const creation = await world.start(definition, input);
  await world.settle();
  expect((await world.outcomeOf(creation)).status).toBe('FAILED');
  const { executionArn } = creation;
  const redrive = async () => {
    const answer = await world.api('RedriveExecution', { executionArn });
    await world.settle();
    return answer;
  };
  return { world, creation, executionArn, redrive };
}

test('redrive: the failed task is scheduled again, the one before it is not', async () => {
  const { world, creation, redrive } = await brokenRun({
    StartAt: 'A',
    States: { A: task('sturdy', { Next: 'B' }), B: task('brittle', { End: true }) },
  });
  await redrive();
  const { status, output, chain } = await world.outcomeOf(creation);
  expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: 'done' });
  expect(world.invocations.get('sturdy')).toBe(1);
  expect(chain.slice(-7)).toEqual([
    '11<10 ExecutionFailed',
    '12<11 ExecutionRedriven',
    '13<12 LambdaFunctionScheduled',
    '14<13 LambdaFunctionStarted',
    '15<14 LambdaFunctionSucceeded',
    '16<15 TaskStateExited',
    '17<16 ExecutionSucceeded',
  ]);
});

test('redrive: of a Map only the failed iterations run again, at any depth', async () => {
  const inner = { StartAt: 'T', States: { T: task('brittle', { End: true }) } };
  const { world, creation, redrive } = await brokenRun(
    {
      StartAt: 'P',
      States: {
        P: {
          Type: 'Parallel',
          End: true,
          Branches: [
            { StartAt: 'S', States: { S: task('sturdy', { End: true }) } },
            {
              StartAt: 'M',
              States: { M: { Type: 'Map', ItemsPath: '$.items', MaxConcurrency: 1, ItemProcessor: inner, End: true } },
            },
          ],
        },
      },
    },
    { items: [1, 2] },
  );
  await redrive();
  const { status, output } = await world.outcomeOf(creation);
  expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: ['fine', ['done', 'done']] });
});

test('redrive: what runs or has succeeded is refused, a client token repeats its answer', async () => {
  const { world, executionArn, redrive } = await brokenRun({
    StartAt: 'B',
    States: { B: task('brittle', { End: true }) },
  });
  const first = await world.api('RedriveExecution', { executionArn, clientToken: 'once' });
  await world.settle();
  expect(await world.api('RedriveExecution', { executionArn, clientToken: 'once' })).toEqual(first);
  await expect(redrive()).rejects.toThrow('Execution is SUCCEEDED and cannot be redriven');
});
