// New objects become executions, whichever way the bucket tells.
import { describe, expect, test } from 'vitest';
import { createStartFromS3Handler } from '../../../handlers/start-from-s3.ts';
import { memoryWorld } from '../../support/memory-world.ts';
import { executionsOf, machineWith, objectCreated, s3Record } from '../../support/triggers.ts';

async function setup(source: object = {}) {
  const world = memoryWorld();
  const machine = await machineWith(world, 'pages', { s3: { bucket: 'uploads', ...source } });
  return { world, machine, handler: createStartFromS3Handler(world) };
}

describe('a new object', () => {
  test('starts an execution with the same event, whether its bucket or EventBridge tells', async () => {
    const direct = await setup();
    await direct.handler({ Records: [s3Record('in/my+first+caf%C3%A9%2B.pdf')] });
    const [execution] = await executionsOf(direct.world, direct.machine);
    const bridged = await setup();
    const event = objectCreated('in/my first café+.pdf');
    await bridged.handler(event);
    expect((await executionsOf(bridged.world, bridged.machine))[0]?.input).toEqual(event);
    const { id, detail, ...envelope } = event;
    const { requester: _, ...same } = detail;
    expect(execution?.input).toMatchObject({ ...envelope, detail: same });
    expect(execution?.input.id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  test('starts one execution, however often and whichever way it is told', async () => {
    const { world, machine, handler } = await setup();
    await handler({ Records: [s3Record('in/report.pdf')] });
    await handler({ Records: [s3Record('in/report.pdf')] });
    await handler(objectCreated('in/report.pdf'));
    const [execution, ...more] = await executionsOf(world, machine);
    expect(more).toEqual([]);
    expect(execution?.name).toMatch(/^in_report\.pdf-[0-9a-f]{32}$/);
  });

  test('starts another when the key is written again', async () => {
    const { world, machine, handler } = await setup();
    await handler({ Records: [s3Record('report.pdf'), s3Record('report.pdf', { sequencer: '0055AED6DCD90281E6' })] });
    expect(await executionsOf(world, machine)).toHaveLength(2);
  });

  test.each([
    ['with the prefix and the suffix', 'in/a.pdf', 1],
    ['without the prefix', 'out/a.pdf', 0],
    ['without the suffix', 'in/a.png', 0],
    ['with a prefix that is written in a URL in another way', 'in%2Fa.pdf', 1],
  ])('%s of the trigger', async (_title, key, count) => {
    const { world, machine, handler } = await setup({ prefix: 'in/', suffix: '.pdf' });
    await handler({ Records: [s3Record(key)] });
    expect(await executionsOf(world, machine)).toHaveLength(count);
  });

  test('gives its execution the input of the trigger', async () => {
    const { world, machine, handler } = await setup({ input: { key: '{% $states.input.detail.object.key %}' } });
    await handler({ Records: [s3Record('a+b')] });
    expect((await executionsOf(world, machine))[0]?.input).toEqual({ key: 'a b' });
  });
});

describe('what is no new object', () => {
  test.each([
    ['the test of a notification', { Service: 'Amazon S3', Event: 's3:TestEvent' as const, Bucket: 'uploads' }],
    ['a removal', { Records: [s3Record('a', { eventName: 'ObjectRemoved:Delete' })] }],
  ])('%s starts nothing and is no trouble', async (_title, event) => {
    const { world, machine, handler } = await setup();
    expect(await handler(event)).toEqual([]);
    expect(await executionsOf(world, machine)).toEqual([]);
  });
});

describe('trouble', () => {
  test('with one object is told, and keeps no other from starting', async () => {
    const { world, machine, handler } = await setup({
      input: '{% $states.input.detail.object.key = "bad" ? $error("no good") : 1 %}',
    });
    const event = { Records: [s3Record('bad'), s3Record('good')] };
    await expect(handler(event)).rejects.toThrow(
      /^Trigger pages\/it cannot start .* for s3:\/\/uploads\/bad: .*no good/,
    );
    expect(await executionsOf(world, machine)).toHaveLength(1);
  });

  test('of a bucket without a trigger is told', async () => {
    const { handler } = await setup();
    const event = { Records: [s3Record('a', { bucket: 'strange' })] };
    await expect(handler(event)).rejects.toThrow('No trigger of any state machine listens to the bucket strange.');
  });
});
