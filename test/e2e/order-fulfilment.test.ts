// The order of the field's textbooks: Retry and Catch at every step, with its three inputs.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMachine, type Laptop, openLaptop, runToEnd } from './local-server.ts';

const folder = 'examples/order-fulfilment';
const read = (path: string) => readFileSync(`${folder}/${path}`, 'utf8');

let laptop: Laptop;
let machineArn: string;

beforeAll(async () => {
  laptop = await openLaptop();
  machineArn = await createMachine(laptop.client, 'order-fulfilment', read('order-fulfilment.json'));
});

afterAll(() => laptop.close());

const run = (input: string) => runToEnd(laptop.client, machineArn, JSON.parse(read(`inputs/${input}.json`)));
const count = (types: string[], type: string) => types.filter((each) => each === type).length;

test('a good order is charged, confirmed and packed', async () => {
  const { status, output, types } = await run('succeeds');
  expect(status).toBe('SUCCEEDED');
  expect(JSON.parse(output!)).toMatchObject({
    payment: { amount: 25 },
    confirmation: { messageId: 'confirmation-1001' },
    shipment: { parcel: 'parcel-1001', attempts: 1 },
  });
  expect(count(types, 'LambdaFunctionSucceeded')).toBe(5);
});

test('a declined card releases the items, alerts the team and ends with a clear error', async () => {
  const { status, error, cause, types } = await run('declined-card');
  expect({ status, error, cause }).toEqual({
    status: 'FAILED',
    error: 'CardDeclined',
    cause: 'Order 1002 was not fulfilled: The card ending in 0002 was declined.',
  });
  expect(count(types, 'LambdaFunctionFailed')).toBe(1);
  expect(count(types, 'LambdaFunctionSucceeded')).toBe(3);
  expect(laptop.lines.some((line) => line.startsWith('[alert-team] alert: CardDeclined'))).toBe(true);
});

test('a flaky warehouse is asked three times', async () => {
  const { status, output, types } = await run('flaky-warehouse');
  expect(status).toBe('SUCCEEDED');
  expect(JSON.parse(output!).shipment).toEqual({ parcel: 'parcel-1003', attempts: 3 });
  expect(count(types, 'LambdaFunctionFailed')).toBe(2);
});
