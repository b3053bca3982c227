// The order examples, run by the deployed handlers, with their functions deployed as functions.

import { describe, expect, test } from 'vitest';
import { example, runToEnd, typesOf } from './executions.ts';

describe('order processing', () => {
  test('four tasks run in order and leave the 22 events of AWS', async () => {
    const definition = example('order-processing/order-processing.json');
    const { status, output, events } = await runToEnd(definition, example('order-processing/input.json'));
    expect(status).toBe('SUCCEEDED');
    expect(JSON.parse(output!)).toMatchObject({ orderId: '12345', total: 65, trackingNumber: 'parcel-12345' });
    const task = [
      'TaskStateEntered',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionSucceeded',
      'TaskStateExited',
    ];
    expect(typesOf(events)).toEqual(['ExecutionStarted', ...task, ...task, ...task, ...task, 'ExecutionSucceeded']);
  });
});

describe('order fulfilment', () => {
  const definition = example('order-fulfilment/order-fulfilment.json');

  test('a good order goes through', async () => {
    const { status, output } = await runToEnd(definition, example('order-fulfilment/inputs/succeeds.json'));
    expect(status).toBe('SUCCEEDED');
    expect(JSON.parse(output!)).toMatchObject({ shipment: { attempts: 1 } });
  });

  test('a declined card is caught, cleaned up after, and ends the execution with its error', async () => {
    const { status, error, events } = await runToEnd(definition, example('order-fulfilment/inputs/declined-card.json'));
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'CardDeclined' });
    const entered = events.flatMap((event) => event.stateEnteredEventDetails?.name ?? []);
    expect(entered.slice(-4)).toEqual(['ChargeCard', 'ReleaseInventory', 'AlertTeam', 'OrderFailed']);
  });

  test('a warehouse that fails twice is tried again through the queue until it answers', async () => {
    const { status, output, events } = await runToEnd(
      definition,
      example('order-fulfilment/inputs/flaky-warehouse.json'),
    );
    expect(status).toBe('SUCCEEDED');
    expect(JSON.parse(output!)).toMatchObject({ shipment: { attempts: 3 } });
    expect(typesOf(events).filter((type) => type === 'LambdaFunctionFailed')).toHaveLength(2);
  });
});
