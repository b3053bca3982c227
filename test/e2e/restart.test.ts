// State outlives the server: what ran yesterday is found, what was under way goes on.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeExecutionCommand, ListExecutionsCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMachine, endOf, openLaptop, runToEnd } from './local-server.ts';

let stateDirectory: string;

beforeEach(() => {
  stateDirectory = mkdtempSync(join(tmpdir(), 'state-'));
});

afterEach(() => rmSync(stateDirectory, { recursive: true }));

const order = readFileSync('examples/order-processing/order-processing.json', 'utf8');

test('yesterday’s executions are found, and each function was started once', async () => {
  const yesterday = await openLaptop({ stateDirectory });
  const machineArn = await createMachine(yesterday.client, 'order', order);
  const { executionArn, output } = await runToEnd(yesterday.client, machineArn, { orderId: '1' });
  await yesterday.close();

  const today = await openLaptop({ stateDirectory });
  const { executions } = await today.client.send(new ListExecutionsCommand({ stateMachineArn: machineArn }));
  expect(executions?.map((execution) => [execution.executionArn, execution.status])).toEqual([
    [executionArn, 'SUCCEEDED'],
  ]);
  const described = await today.client.send(new DescribeExecutionCommand({ executionArn }));
  expect(described.output).toBe(output);
  await today.close();

  const journal = readFileSync(join(stateDirectory, 'functions.log'), 'utf8').trimEnd().split('\n');
  expect(journal.map((line) => line.split(' ')[1])).toEqual([
    'validate-order',
    'reserve-inventory',
    'charge-customer',
    'ship-order',
  ]);
});

test('a wait that was under way ends after the restart', async () => {
  const wait = {
    StartAt: 'Wait',
    States: { Wait: { Type: 'Wait', Seconds: 2, Next: 'Done' }, Done: { Type: 'Pass', Result: 'awake', End: true } },
  };
  const yesterday = await openLaptop({ stateDirectory });
  const stateMachineArn = await createMachine(yesterday.client, 'waits', wait);
  const { executionArn } = await yesterday.client.send(new StartExecutionCommand({ stateMachineArn }));
  await yesterday.close();

  const today = await openLaptop({ stateDirectory });
  expect(await endOf(today.client, executionArn!)).toMatchObject({ status: 'SUCCEEDED', output: '"awake"' });
  await today.close();
});

test('a function that ran when the server ended was lost: Retry decides, and it begins again', async () => {
  const machine = {
    StartAt: 'Call',
    States: {
      Call: {
        Type: 'Task',
        Resource: 'arn:aws:lambda:us-east-1:123456789012:function:slow',
        Retry: [{ ErrorEquals: ['Lambda.SdkClientException'], IntervalSeconds: 1 }],
        End: true,
      },
    },
  };
  const yesterday = await openLaptop({ stateDirectory });
  yesterday.putFunction('slow', 'export const handler = () => { console.log("begun"); return new Promise(() => {}) }');
  const stateMachineArn = await createMachine(yesterday.client, 'slow', machine);
  const { executionArn } = await yesterday.client.send(new StartExecutionCommand({ stateMachineArn }));
  await expect.poll(() => yesterday.lines, { timeout: 10_000 }).toContain('[slow] begun');
  await yesterday.close();

  const today = await openLaptop({ stateDirectory });
  today.putFunction('slow', 'export const handler = () => "done"');
  const ended = await endOf(today.client, executionArn!);
  expect(ended).toMatchObject({ status: 'SUCCEEDED', output: '"done"' });
  expect(ended.types.filter((type) => type === 'LambdaFunctionFailed')).toHaveLength(1);
  await today.close();
});
