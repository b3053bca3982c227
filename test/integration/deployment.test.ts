// What only a deployment can show: the queue that waits, the bucket that takes what no item holds, the wire.

import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { lambda, place, s3, sfn } from './clients.ts';
import { createMachine, history, runToEnd, typesOf } from './executions.ts';

const pass = { StartAt: 'Pass', States: { Pass: { Type: 'Pass', End: true } } };
const wait = (Seconds: number) => ({ StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds, End: true } } });

test('a Wait lasts as long as it says', async () => {
  const { status, startDate, stopDate } = await runToEnd(wait(3), {});
  expect(status).toBe('SUCCEEDED');
  expect(stopDate!.getTime() - startDate!.getTime()).toBeGreaterThanOrEqual(3000);
});

test('an input too large for a table item goes through the bucket', async () => {
  const input = { noise: randomBytes(90_000).toString('base64') };
  const { status, output, events } = await runToEnd(pass, input);
  expect(status).toBe('SUCCEEDED');
  expect(JSON.parse(output!)).toEqual(input);
  expect(JSON.parse(events[0]!.executionStartedEventDetails!.input!)).toEqual(input);

  const { Environment } = await lambda.getFunctionConfiguration({ FunctionName: `stepwell-${place.stage}-api` });
  const bucket = await s3.listObjectsV2({ Bucket: Environment!.Variables!.PAYLOAD_BUCKET! });
  expect(bucket.KeyCount).toBeGreaterThan(0);
});

test('a call that may outlast a short worker is handed to a long one', async () => {
  const Resource = `arn:aws:lambda:${place.region}:${place.account}:function:ship-order`;
  const definition = { StartAt: 'Ship', States: { Ship: { Type: 'Task', Resource, TimeoutSeconds: 600, End: true } } };
  const { status, output } = await runToEnd(definition, { orderId: '7' });
  expect({ status, output: JSON.parse(output!) }).toMatchObject({
    status: 'SUCCEEDED',
    output: { trackingNumber: 'parcel-7' },
  });
});

test('starting the same name with the same input again answers with the same execution', async () => {
  const start = { stateMachineArn: await createMachine(wait(600)), name: '12345', input: '{"orderId": "12345"}' };
  const first = await sfn.startExecution(start);
  const again = await sfn.startExecution(start);
  expect(again).toMatchObject({ executionArn: first.executionArn, startDate: first.startDate });
  await expect(sfn.startExecution({ ...start, input: '{}' })).rejects.toThrow(
    expect.objectContaining({ name: 'ExecutionAlreadyExists' }),
  );
});

test('a stopped execution is over at once', async () => {
  const { executionArn } = await sfn.startExecution({ stateMachineArn: await createMachine(wait(600)) });
  await expect.poll(async () => typesOf(await history(executionArn!))).toContain('WaitStateEntered');
  await sfn.stopExecution({ executionArn, error: 'Enough', cause: 'of waiting' });
  expect(await sfn.describeExecution({ executionArn })).toMatchObject({ status: 'ABORTED', error: 'Enough' });
  expect(typesOf(await history(executionArn!)).at(-1)).toBe('ExecutionAborted');
});

test('executions are listed, newest first', async () => {
  const stateMachineArn = await createMachine(pass);
  const names = ['one', 'two', 'three'];
  for (const name of names) await sfn.startExecution({ stateMachineArn, name });
  await expect
    .poll(async () => (await sfn.listExecutions({ stateMachineArn, statusFilter: 'SUCCEEDED' })).executions)
    .toHaveLength(3);
  const { executions } = await sfn.listExecutions({ stateMachineArn });
  expect(executions!.map(({ name }) => name)).toEqual(names.toReversed());
});
