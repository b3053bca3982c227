// Redrive: what broke goes on, what had ended well is not done again.
import { expect, test } from 'vitest';
import { callback, callbackWorld, codeOf } from '../../support/callbacks.ts';
import { memoryWorld } from '../../support/memory-world.ts';

const task = (name: string, rest: object) => ({
  Type: 'Task',
  Resource: `arn:aws:lambda:us-east-1:123456789012:function:${name}`,
  ...rest,
});

const wait = (seconds: number) => ({ Type: 'Wait', Seconds: seconds, End: true });

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

test('redrive: a run that timed out gets its whole time again, for what was open', async () => {
  const world = memoryWorld({ sturdy: () => 'fine' });
  const creation = await world.start({
    TimeoutSeconds: 100,
    StartAt: 'A',
    States: { A: task('sturdy', { Next: 'W' }), W: { Type: 'Wait', Seconds: 90, Next: 'V' }, V: wait(20) },
  });
  const { executionArn } = creation;
  await world.pass(100_000);
  const { status, stopDate = 0 } = await world.outcomeOf(creation);
  expect({ status, after: stopDate - creation.startDate }).toEqual({ status: 'TIMED_OUT', after: 100_000 });
  await world.api('RedriveExecution', { executionArn });
  await world.settle();
  const again = await world.outcomeOf(creation);
  expect(again).toMatchObject({ status: 'SUCCEEDED', output: 'fine' });
  expect(again.stopDate! - stopDate).toBeLessThanOrEqual(20_000);
  expect(world.invocations.get('sturdy')).toBe(1);
});

test('redrive: a run that was stopped asks anew, with a new token; the old one answers nothing', async () => {
  const { world, tokens } = callbackWorld();
  const creation = await world.start(callback('keep'));
  const { executionArn } = creation;
  await world.pass(1_000);
  await world.api('StopExecution', { executionArn, error: 'Enough' });
  expect(await world.outcomeOf(creation)).toMatchObject({ status: 'ABORTED', error: 'Enough' });
  await world.api('RedriveExecution', { executionArn });
  await world.pass(1_000);
  expect((await world.outcomeOf(creation)).status).toBe('RUNNING');
  expect(tokens).toHaveLength(2);
  const answer = (taskToken: string | undefined) => world.api('SendTaskSuccess', { taskToken, output: '"yes"' });
  expect(await codeOf(answer(tokens[0]))).toBe('TaskTimedOut');
  await answer(tokens[1]);
  await world.settle();
  const { status, output, chain } = await world.outcomeOf(creation);
  expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: 'yes' });
  expect(chain.slice(5, 9)).toEqual([
    '6<0 ExecutionAborted',
    '7<6 ExecutionRedriven',
    '8<7 TaskScheduled',
    '9<8 TaskStarted',
  ]);
});
