// The examples that queues and buckets start, on mocks: every line of their READMEs' tables. With their services, good and
// bad, they run in test/integration.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createMachine, type Ended, type Laptop, openLaptop, runToEnd } from './local-server.ts';

function example(name: string, machine = name) {
  const folder = `examples/${name}`;
  const read = (path: string) => readFileSync(`${folder}/${path}`, 'utf8');
  const opened: { laptop?: Laptop; machine?: string } = {};
  beforeAll(async () => {
    const options = { functionDirectories: [`${folder}/functions`], mockConfig: `${folder}/mocks.json` };
    opened.laptop = await openLaptop(options);
    opened.machine = await createMachine(opened.laptop.client, machine, parse(read(`${machine}.asl.yaml`)));
  });
  afterAll(() => opened.laptop?.close());
  return {
    read: (input: string) => JSON.parse(read(`inputs/${input}.json`)),
    run: (testCase: string, input: object): Promise<Ended> =>
      runToEnd(opened.laptop!.client, `${opened.machine}#${testCase}`, input),
  };
}

const outputOf = ({ output }: Ended) => JSON.parse(output!);
const count = ({ types }: Ended, type: string) => types.filter((each) => each === type).length;

describe('data-pipeline', () => {
  const { run, read } = example('data-pipeline');

  test.each([
    ['June', 0],
    ['BusyTable', 1],
  ])('%s is loaded, summed up and announced, with Retry after %i refusals', async (testCase, refusals) => {
    const ended = await run(testCase, read('uploaded'));
    expect(outputOf(ended)).toEqual({ file: 'readings/june.csv', loaded: 3, meters: 2, total: 263 });
    expect(count(ended, 'TaskFailed')).toBe(refusals);
  });

  test('a file with a line that is no reading is announced as rejected', async () => {
    const ended = await run('Broken', read('uploaded'));
    const cause = 'readings/june.csv: Line 2 is no reading: north,yesterday,a lot,kWh';
    expect(ended).toMatchObject({ status: 'FAILED', error: 'InvalidFormat', cause });
    expect(ended.types.slice(-4)).toEqual(['TaskSucceeded', 'TaskStateExited', 'FailStateEntered', 'ExecutionFailed']);
  });
});

describe('feedback', () => {
  const { run, read } = example('feedback');

  test.each([
    ['positive', 'POSITIVE', 2],
    ['negative', 'NEGATIVE', 3],
    ['mixed', 'MIXED', 2],
    ['neutral', 'NEUTRAL', 2],
  ])('%s.json is %s, after %i tasks', async (input, sentiment, tasks) => {
    const ended = await run('Offline', read(input));
    expect(outputOf(ended)).toEqual({ ...read(input), sentiment });
    expect(count(ended, 'TaskSucceeded')).toBe(tasks);
  });

  test('an empty comment ends with its error', async () => {
    expect(await run('Offline', read('empty'))).toMatchObject({ status: 'FAILED', error: 'InvalidComment' });
  });
});

describe('feedback-poll', () => {
  const { run } = example('feedback', 'feedback-poll');

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
  const { run, read } = example('document-review');

  test.each([
    ['Harmless', false, [false], 0],
    ['Offensive', true, [false, true], 2],
  ])('%s: what is offensive is announced', async (testCase, text, images, announcements) => {
    const ended = await run(testCase, read('dropped'));
    const verdicts = outputOf(ended);
    expect(verdicts.text.offensive).toBe(text);
    expect(verdicts.images.map(({ offensive }: { offensive: boolean }) => offensive)).toEqual(images);
    // Two extractions, and an analysis of the text and of every image.
    expect(count(ended, 'TaskSucceeded')).toBe(3 + images.length + announcements);
  });

  test('what is no PDF ends both branches', async () => {
    expect(await run('NotADocument', read('dropped'))).toMatchObject({ status: 'FAILED', error: 'NotADocument' });
  });
});
