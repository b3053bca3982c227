// The examples that queues and buckets start, on mocks: every line of their READMEs' tables. With their services, good and
// bad, they run in test/integration.
import { describe, expect, test } from 'vitest';
import { count, example, outputOf } from './example.ts';

describe('data-pipeline', () => {
  const { run } = example('data-pipeline', { definition: 'data-pipeline.asl.yaml' });

  test.each([
    ['June', 0],
    ['BusyTable', 1],
  ])('%s is loaded, summed up and announced, with Retry after %i refusals', async (testCase, refusals) => {
    const ended = await run(testCase, 'uploaded');
    expect(outputOf(ended)).toEqual({ file: 'readings/june.csv', loaded: 3, meters: 2, total: 263 });
    expect(count(ended, 'TaskFailed')).toBe(refusals);
  });

  test('a file with a line that is no reading is announced as rejected', async () => {
    const ended = await run('Broken', 'uploaded');
    const cause = 'readings/june.csv: Line 2 is no reading: north,yesterday,a lot,kWh';
    expect(ended).toMatchObject({ status: 'FAILED', error: 'InvalidFormat', cause });
    expect(ended.types.slice(-4)).toEqual(['TaskSucceeded', 'TaskStateExited', 'FailStateEntered', 'ExecutionFailed']);
  });
});

describe('feedback', () => {
  const { run, read } = example('feedback', { definition: 'feedback.asl.yaml' });

  test.each([
    ['positive', 'POSITIVE', 2],
    ['negative', 'NEGATIVE', 3],
    ['mixed', 'MIXED', 2],
    ['neutral', 'NEUTRAL', 2],
  ])('%s.json is %s, after %i tasks', async (input, sentiment, tasks) => {
    const ended = await run('Offline', input);
    expect(outputOf(ended)).toEqual({ ...(read(input) as object), sentiment });
    expect(count(ended, 'TaskSucceeded')).toBe(tasks);
  });

  test('an empty comment ends with its error', async () => {
    expect(await run('Offline', 'empty')).toMatchObject({ status: 'FAILED', error: 'InvalidComment' });
  });
});

describe('feedback-poll', () => {
  const { run } = example('feedback', { definition: 'feedback-poll.asl.yaml' });

  test('receives until there is nothing, and deletes only what was worked on', async () => {
    const ended = await run('Offline', {});
    expect(ended.status).toBe('SUCCEEDED');
    expect(count(ended, 'MapIterationSucceeded')).toBe(2);
    // Two receives, one message worked on and deleted; the other, which is no JSON, is left.
    expect(count(ended, 'TaskSucceeded')).toBe(4);
    expect(count(ended, 'PassStateEntered')).toBe(1);
  });
});

describe('document-review', () => {
  const { run } = example('document-review', { definition: 'document-review.asl.yaml' });

  test.each([
    ['Harmless', false, [false], 0],
    ['Offensive', true, [false, true], 2],
  ])('%s: what is offensive is announced', async (testCase, text, images, announcements) => {
    const ended = await run(testCase, 'dropped');
    const verdicts = outputOf(ended);
    expect(verdicts.text.offensive).toBe(text);
    expect(verdicts.images.map(({ offensive }: { offensive: boolean }) => offensive)).toEqual(images);
    // Two extractions, and an analysis of the text and of every image.
    expect(count(ended, 'TaskSucceeded')).toBe(3 + images.length + announcements);
  });

  test('what is no PDF ends both branches', async () => {
    expect(await run('NotADocument', 'dropped')).toMatchObject({ status: 'FAILED', error: 'NotADocument' });
  });
});
