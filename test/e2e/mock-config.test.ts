// `npm start -- --mock-config FILE`: test cases of a state machine, chosen by the ARN of the start, as AWS's own client
// sends it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMachine, type Laptop, openLaptop, runToEnd } from './local-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'mocks-'));
const file = join(folder, 'MockConfigFile.json');
const QUEUE = 'https://sqs.us-east-1.amazonaws.com/123456789012/orders';
const SEND = 'arn:aws:states:::sqs:sendMessage';

const MACHINE = {
  StartAt: 'Charge',
  States: {
    Charge: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: 'charge', 'Payload.$': '$' },
      OutputPath: '$.Payload',
      Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 1, MaxAttempts: 2 }],
      Next: 'Approve',
    },
    Approve: {
      Type: 'Task',
      Resource: `${SEND}.waitForTaskToken`,
      Parameters: { QueueUrl: QUEUE, MessageBody: { 'token.$': '$$.Task.Token' } },
      End: true,
    },
  },
};

const CONFIG = {
  StateMachines: {
    orders: {
      TestCases: { Happy: { Charge: 'Paid', Approve: 'Approved' }, Declined: { Charge: 'CardDeclined' } },
    },
  },
  MockedResponses: {
    Paid: { 0: { Throw: { Error: 'Busy' } }, 1: { Return: { StatusCode: 200, Payload: { paid: true } } } },
    Approved: { 0: { Return: { by: 'Ada' } } },
    CardDeclined: { 0: { Throw: { Error: 'Declined', Cause: 'no money' } } },
  },
};

let laptop: Laptop;
let machineArn: string;

beforeAll(async () => {
  writeFileSync(file, JSON.stringify(CONFIG));
  laptop = await openLaptop({ mockConfig: file });
  machineArn = await createMachine(laptop.client, 'orders', MACHINE);
});

afterAll(async () => {
  await laptop.close();
  rmSync(folder, { recursive: true });
});

test('a test case runs to its end without a single call', async () => {
  const { status, output, types } = await runToEnd(laptop.client, `${machineArn}#Happy`, {});
  expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: '{"by":"Ada"}' });
  expect(types.filter((type) => type === 'TaskFailed')).toHaveLength(1);
  expect(types.slice(-4)).toEqual(['TaskSubmitted', 'TaskSucceeded', 'TaskStateExited', 'ExecutionSucceeded']);
});

test('another test case of the same machine ends otherwise', async () => {
  const { status, error, cause } = await runToEnd(laptop.client, `${machineArn}#Declined`, {});
  expect({ status, error, cause }).toEqual({ status: 'FAILED', error: 'Declined', cause: 'no money' });
});

test('a test case that is not in the file is refused', async () => {
  await expect(runToEnd(laptop.client, `${machineArn}#Happier`, {})).rejects.toThrow(
    "The mock configuration has no test case 'Happier' for the state machine 'orders'",
  );
});
