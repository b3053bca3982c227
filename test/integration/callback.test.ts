// A task that waits for somebody who reads a queue; Parallel and Map over deployed functions.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { place, sfn, sqs } from './clients.ts';
import { createMachine, endOf, runToEnd, typesOf } from './executions.ts';

let QueueUrl: string;

beforeAll(async () => {
  QueueUrl = (await sqs.createQueue({ QueueName: `stepwell-callback-${crypto.randomUUID()}` })).QueueUrl!;
});

afterAll(() => sqs.deleteQueue({ QueueUrl }));

const approval = () => ({
  StartAt: 'Ask',
  States: {
    Ask: {
      Type: 'Task',
      Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
      Parameters: { QueueUrl, MessageBody: { 'order.$': '$.orderId', 'token.$': '$$.Task.Token' } },
      TimeoutSeconds: 3600,
      End: true,
    },
  },
});

/** The request that the machine put into the queue. */
async function receive(): Promise<{ order: string; token: string }> {
  const { Messages } = await sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 20 });
  const [message] = Messages!;
  await sqs.deleteMessage({ QueueUrl, ReceiptHandle: message!.ReceiptHandle! });
  return JSON.parse(message!.Body!);
}

test('who finds the token in the queue ends the task with an answer', async () => {
  const stateMachineArn = await createMachine(approval());
  const { executionArn } = await sfn.startExecution({ stateMachineArn, input: '{"orderId":"7"}' });
  const { order, token: taskToken } = await receive();
  expect(order).toBe('7');
  await sfn.sendTaskHeartbeat({ taskToken });
  await sfn.sendTaskSuccess({ taskToken, output: '{"approved":true}' });

  const { status, output, events } = await endOf(executionArn!);
  expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: '{"approved":true}' });
  expect(typesOf(events)).toContain('TaskSubmitted');
  await expect(sfn.sendTaskSuccess({ taskToken, output: '{}' })).rejects.toThrow(
    expect.objectContaining({ name: 'TaskTimedOut' }),
  );
});

test('or with an error', async () => {
  const stateMachineArn = await createMachine(approval());
  const { executionArn } = await sfn.startExecution({ stateMachineArn, input: '{"orderId":"8"}' });
  const { token: taskToken } = await receive();
  await sfn.sendTaskFailure({ taskToken, error: 'TooDear', cause: 'over budget' });
  expect(await endOf(executionArn!)).toMatchObject({ status: 'FAILED', error: 'TooDear', cause: 'over budget' });
});

test('branches and iterations call functions side by side and join in order', async () => {
  const ship = {
    Type: 'Task',
    Resource: `arn:aws:lambda:${place.region}:${place.account}:function:ship-order`,
    End: true,
  };
  const each = { ItemsPath: '$.orders', ItemProcessor: { StartAt: 'Ship', States: { Ship: ship } } };
  const definition = {
    StartAt: 'Both',
    States: {
      Both: {
        Type: 'Parallel',
        Branches: [
          { StartAt: 'Each', States: { Each: { Type: 'Map', MaxConcurrency: 3, ...each, End: true } } },
          { StartAt: 'Count', States: { Count: { Type: 'Pass', Result: 'counted', End: true } } },
        ],
        End: true,
      },
    },
  };
  const orders = Array.from({ length: 12 }, (_, number) => ({ orderId: String(number) }));
  const { status, output, events } = await runToEnd(definition, { orders });
  expect(status).toBe('SUCCEEDED');
  const [shipped, counted] = JSON.parse(output!);
  expect(shipped.map(({ trackingNumber }: { trackingNumber: string }) => trackingNumber)).toEqual(
    orders.map(({ orderId }) => `parcel-${orderId}`),
  );
  expect(counted).toBe('counted');
  expect(typesOf(events).filter((type) => type === 'LambdaFunctionSucceeded')).toHaveLength(12);
});
