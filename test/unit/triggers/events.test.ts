// Events of EventBridge become executions: by the patterns they match, or by their schedule.
import { describe, expect, test } from 'vitest';
import type { BridgeEvent } from '../../../core/triggers/events.ts';
import { ruleNameOf } from '../../../core/triggers/rule.ts';
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
  test('starts what has a pattern that it matches, with the whole event', async () => {
    const { world, machine, handler } = await setup(PLACED);
    await handler(ORDER);
    expect(await executionsOf(world, machine)).toEqual([
      { name: `placed-${ORDER.id}`, input: ORDER, status: 'SUCCEEDED' },
    ]);
  });

  test('that comes again, or by several rules, starts nothing new', async () => {
    const { world, machine, handler } = await setup(PLACED);
    await handler(ORDER);
    await handler(ORDER);
    await world.settle();
    await handler(ORDER);
    expect(await executionsOf(world, machine)).toHaveLength(1);
  });

  test('that matches no pattern is trouble', async () => {
    const { handler } = await setup(PLACED);
    await expect(handler({ ...ORDER, id: 'other', detail: { total: 5 } })).rejects.toThrow(
      "The event other of shop is of no trigger's schedule and matches no trigger's pattern.",
    );
  });

  test('may be for one trigger by name, and is trouble where there is none', async () => {
    const { world, machine, handler } = await setup(PLACED);
    await handler({ trigger: 'orders/placed', event: { ...ORDER, detail: {} } });
    expect(await executionsOf(world, machine)).toHaveLength(1);
    await expect(handler({ trigger: 'orders/gone', event: ORDER })).rejects.toThrow('There is no trigger orders/gone.');
  });
});

test('a schedule is known by its rule, and gives its input', async () => {
  const { world, machine, handler } = await setup({
    schedule: { expression: 'rate(5 minutes)', input: { at: '{% $states.input.time %}', mode: 'full' } },
  });
  const arn = 'arn:aws:lambda:us-east-1:123456789012:function:stepwell-test-';
  world.settings.startFunctions = {
    sqs: `${arn}startFromSqs`,
    s3: `${arn}startFromS3`,
    events: `${arn}startFromEvents`,
    rulePrefix: 'stepwell-test-',
  };
  const rule = ruleNameOf('stepwell-test-', { machineName: 'orders', name: 'placed' });
  await handler({ ...NIGHT, resources: [`arn:aws:events:us-east-1:123456789012:rule/${rule}`] });
  expect((await executionsOf(world, machine))[0]?.input).toEqual({ at: '2026-01-01T00:00:00Z', mode: 'full' });
});
