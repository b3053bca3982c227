// Events of EventBridge become executions: by the name of the trigger where our rule names it, else by its pattern.
import { describe, expect, test } from 'vitest';
import type { BridgeEvent } from '../../../core/triggers/events.ts';
import { createStartFromEventsHandler } from '../../../handlers/start-from-events.ts';
import { memoryWorld } from '../../support/memory-world.ts';
import { executionsOf, machineWith } from '../../support/triggers.ts';

const ORDER: BridgeEvent = {
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  'detail-type': 'Order Placed',
  source: 'shop',
  account: '123456789012',
  time: '2026-01-01T00:00:00Z',
  region: 'us-east-1',
  resources: [],
  detail: { total: 50 },
};
const NIGHT: BridgeEvent = { ...ORDER, 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} };

async function setup(trigger: object) {
  const world = memoryWorld();
  const machine = await machineWith(world, 'orders', trigger, 'placed');
  return { world, machine, handler: createStartFromEventsHandler(world) };
}

const PLACED = { event: { pattern: { source: ['shop'], detail: { total: [{ numeric: ['>', 10] }] } } } };

describe('an event', () => {
  test('starts the machine of the trigger that its rule names, with the whole event', async () => {
    const { world, machine, handler } = await setup(PLACED);
    await handler({ trigger: 'orders/placed', event: ORDER });
    expect(await executionsOf(world, machine)).toEqual([
      { name: `placed-${ORDER.id}`, input: ORDER, status: 'SUCCEEDED' },
    ]);
  });

  test('of a rule of somebody else starts what has a pattern that it matches', async () => {
    const { world, machine, handler } = await setup(PLACED);
    await handler(ORDER);
    await expect(handler({ ...ORDER, id: 'other', detail: { total: 5 } })).rejects.toThrow(
      "The event other of shop matches no trigger's pattern.",
    );
    expect(await executionsOf(world, machine)).toHaveLength(1);
  });

  test('that comes again starts nothing new', async () => {
    const { world, machine, handler } = await setup(PLACED);
    await handler({ trigger: 'orders/placed', event: ORDER });
    await world.settle();
    await handler({ trigger: 'orders/placed', event: ORDER });
    expect(await executionsOf(world, machine)).toHaveLength(1);
  });

  test('for a trigger that there is not any more is trouble', async () => {
    const { handler } = await setup(PLACED);
    await expect(handler({ trigger: 'orders/gone', event: ORDER })).rejects.toThrow('There is no trigger orders/gone.');
  });
});

test('a schedule gives its input', async () => {
  const { world, machine, handler } = await setup({
    schedule: { expression: 'rate(5 minutes)', input: { at: '{% $states.input.time %}', mode: 'full' } },
  });
  await handler({ trigger: 'orders/placed', event: NIGHT });
  expect((await executionsOf(world, machine))[0]?.input).toEqual({ at: '2026-01-01T00:00:00Z', mode: 'full' });
});
