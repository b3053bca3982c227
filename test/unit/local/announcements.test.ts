// What buckets and rules tell the queue of a server on a laptop.
import { expect, test } from 'vitest';
import { announcementHandler } from '../../../local/announcements.ts';
import { memoryWorld } from '../../support/memory-world.ts';
import { executionsOf, machineWith, objectCreated, s3Record, sqsRecord } from '../../support/triggers.ts';

test('announcements start what they announce; those that cannot be used are told and come again', async () => {
  const world = memoryWorld();
  const pdf = { s3: { bucket: 'uploads', suffix: '.pdf', input: '{% $states.input.detail.object.key %}' } };
  const machine = await machineWith(world, 'pages', pdf);
  const troubles: string[] = [];
  const handler = announcementHandler(world, (trouble, where) =>
    troubles.push(`${where}: ${(trouble as Error).message}`),
  );
  const bodies = [
    { Records: [s3Record('a+b.pdf')] },
    objectCreated('c.pdf'),
    objectCreated('d.png'),
    { Service: 'Amazon S3', Event: 's3:TestEvent' },
    { Records: [s3Record('e.pdf', { bucket: 'strange' })] },
  ].map((event) => JSON.stringify(event));
  const Records = [...bodies, 'no JSON'].map((body, index) => sqsRecord(`m${index}`, body));
  expect(await handler({ Records }, {})).toEqual({
    batchItemFailures: [{ itemIdentifier: 'm4' }, { itemIdentifier: 'm5' }],
  });
  expect((await executionsOf(world, machine)).map(({ input }) => input)).toEqual(['a b.pdf', 'c.pdf']);
  expect(troubles[0]).toBe('Announcement m4: No trigger of any state machine listens to the bucket strange.');
  expect(troubles[1]).toMatch(/^Announcement m5: .*JSON/);
});
