// Executions from the outside: the SDK's client in, history out, through the deployed handlers, table and queues.

import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { ACCOUNT, lambdaClient, sfnClient } from './clients.ts';
import { deployFunction } from './functions.ts';

const FUNCTIONS = ['validate-order', 'reserve-inventory', 'charge-customer', 'ship-order'];
const sfn = sfnClient(inject('endpoint'), inject('apiUrl'));
const arn = (name: string) => `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}`;

const ORDER = {
  StartAt: 'ValidateOrder',
  States: {
    ValidateOrder: { Type: 'Task', Resource: arn('validate-order'), Next: 'ReserveInventory' },
    ReserveInventory: { Type: 'Task', Resource: arn('reserve-inventory'), Next: 'ChargeCustomer' },
    ChargeCustomer: { Type: 'Task', Resource: arn('charge-customer'), Next: 'ShipOrder' },
    ShipOrder: { Type: 'Task', Resource: arn('ship-order'), End: true },
  },
};

const PATIENT_ORDER = {
  StartAt: 'Pause',
  States: {
    Pause: { Type: 'Wait', Seconds: 2, Next: 'Charge' },
    Charge: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: {
        FunctionName: arn('charge-customer'),
        Payload: { 'id.$': '$.id', 'failures.$': '$.failures', 'attempt.$': '$$.State.RetryCount' },
      },
      Retry: [{ ErrorEquals: ['OutOfPaper'], IntervalSeconds: 1, BackoffRate: 1, MaxAttempts: 3 }],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Apologise' }],
      OutputPath: '$.Payload',
      End: true,
    },
    Apologise: { Type: 'Fail', Error: 'NoPaper', CausePath: '$.Error' },
  },
};

beforeAll(async () => {
  const lambda = lambdaClient(inject('endpoint'));
  await Promise.all(
    FUNCTIONS.map((name) => deployFunction(lambda, name, new URL('order/task.ts', import.meta.url).pathname)),
  );
});

async function createMachine(definition: object): Promise<string> {
  const { stateMachineArn } = await sfn.createStateMachine({
    name: `order-${crypto.randomUUID()}`,
    roleArn: `arn:aws:iam::${ACCOUNT}:role/StepFunctionsExecutionRole`,
    definition: JSON.stringify(definition),
  });
  return stateMachineArn!;
}

async function history(executionArn: string): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await sfn.getExecutionHistory({ executionArn, ...(nextToken && { nextToken }) });
    events.push(...(page.events ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  return events;
}

async function runToEnd(definition: object, input: object) {
  const stateMachineArn = await createMachine(definition);
  const { executionArn } = await sfn.startExecution({ stateMachineArn, input: JSON.stringify(input) });
  const describeExecution = () => sfn.describeExecution({ executionArn });
  await expect.poll(async () => (await describeExecution()).status, { timeout: 60_000 }).not.toBe('RUNNING');
  return { ...(await describeExecution()), events: await history(executionArn!) };
}

describe('order processing', () => {
  test('four tasks run in order and leave the 22 events of AWS', async () => {
    const { status, output, events } = await runToEnd(ORDER, { id: '12345' });
    expect(status).toBe('SUCCEEDED');
    expect(JSON.parse(output!)).toEqual({ id: '12345', signed: FUNCTIONS });
    const task = ['TaskStateEntered', 'LambdaFunctionScheduled', 'LambdaFunctionStarted', 'LambdaFunctionSucceeded'];
    expect(events.map((event) => event.type)).toEqual([
      'ExecutionStarted',
      ...FUNCTIONS.flatMap(() => [...task, 'TaskStateExited']),
      'ExecutionSucceeded',
    ]);
  });

  test('a Wait and the backoff of a Retry last as long as they say, in the queue', async () => {
    const { status, output, events } = await runToEnd(PATIENT_ORDER, { id: '1', failures: 2 });
    expect(status).toBe('SUCCEEDED');
    expect(JSON.parse(output!)).toMatchObject({ attempt: 2, signed: ['charge-customer'] });
    expect(events.filter((event) => event.type === 'TaskFailed')).toHaveLength(2);
    const started = events.at(0)!.timestamp!.getTime();
    expect(events.at(-1)!.timestamp!.getTime() - started).toBeGreaterThanOrEqual(4000);
  });

  test('retries used up, the Catch takes over and the execution fails with its error', async () => {
    const { status, error, cause } = await runToEnd(PATIENT_ORDER, { id: '2', failures: 9 });
    expect({ status, error, cause }).toEqual({ status: 'FAILED', error: 'NoPaper', cause: 'OutOfPaper' });
  });

  test('starting the same name with the same input again answers with the same execution', async () => {
    const stateMachineArn = await createMachine(PATIENT_ORDER);
    const start = { stateMachineArn, name: '12345', input: JSON.stringify({ id: '3', failures: 0 }) };
    const first = await sfn.startExecution(start);
    const again = await sfn.startExecution(start);
    expect(again).toMatchObject({ executionArn: first.executionArn, startDate: first.startDate });
  });
});
