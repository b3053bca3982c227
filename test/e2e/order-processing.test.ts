// The tutorial's order example, as its two commands and as `npm start` run it.
import { readFileSync } from 'node:fs';
import { ExecutionAlreadyExists, StartExecutionCommand, UpdateStateMachineCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMachine, type Laptop, openLaptop, runToEnd } from './local-server.ts';

const definition = readFileSync('examples/order-processing/order-processing.json', 'utf8');
const machineArn = 'arn:aws:states:us-east-1:123456789012:stateMachine:OrderProcessingStateMachine';
const TASK = [
  'TaskStateEntered',
  'LambdaFunctionScheduled',
  'LambdaFunctionStarted',
  'LambdaFunctionSucceeded',
  'TaskStateExited',
];

let laptop: Laptop;

beforeAll(async () => {
  laptop = await openLaptop();
  expect(await createMachine(laptop.client, 'OrderProcessingStateMachine', definition)).toBe(machineArn);
});

afterAll(() => laptop.close());

test('an order goes through four functions in 22 events', async () => {
  const ended = await runToEnd(laptop.client, machineArn, { orderId: '12345' });
  expect(ended.status).toBe('SUCCEEDED');
  expect(ended.types).toEqual(['ExecutionStarted', ...TASK, ...TASK, ...TASK, ...TASK, 'ExecutionSucceeded']);
  expect(JSON.parse(ended.output!)).toEqual({
    orderId: '12345',
    items: [],
    total: 0,
    reservationId: 'reservation-12345',
    paymentId: 'payment-12345',
    trackingNumber: 'parcel-12345',
  });
  expect(ended.executionArn).toMatch(
    /^arn:aws:states:us-east-1:123456789012:execution:OrderProcessingStateMachine:[\w-]{36}$/,
  );
});

test('what the functions print is seen, with their name', () => {
  expect(laptop.lines).toContain('[charge-customer] charging 0 for order 12345');
});

test('an order without an id fails with the error of the function', async () => {
  const ended = await runToEnd(laptop.client, machineArn, {});
  expect(ended).toMatchObject({ status: 'FAILED', error: 'InvalidOrder' });
  expect(JSON.parse(ended.cause!)).toMatchObject({
    errorType: 'InvalidOrder',
    errorMessage: 'An order needs an orderId.',
    trace: expect.any(Array),
  });
});

test('a name belongs to one execution', async () => {
  const ended = await runToEnd(laptop.client, machineArn, { orderId: '1' }, '12345');
  expect(ended.executionArn).toBe(`${machineArn.replace(':stateMachine:', ':execution:')}:12345`);
  const again = new StartExecutionCommand({ stateMachineArn: machineArn, name: '12345', input: '{"orderId":"1"}' });
  await expect(laptop.client.send(again)).rejects.toBeInstanceOf(ExecutionAlreadyExists);
});

test('an updated machine runs its new definition', async () => {
  const stateMachineArn = await createMachine(laptop.client, 'changing', definition);
  const pass = '{"StartAt":"P","States":{"P":{"Type":"Pass","Result":"new","End":true}}}';
  await laptop.client.send(new UpdateStateMachineCommand({ stateMachineArn, definition: pass }));
  expect((await runToEnd(laptop.client, stateMachineArn, {})).output).toBe('"new"');
});
