// The examples that call services, on mocks: every line of their READMEs' tables.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMachine, type Ended, type Laptop, openLaptop, runToEnd } from './local-server.ts';

function example(name: string, definition = `${name}.json`) {
  const folder = `examples/${name}`;
  const read = (path: string) => readFileSync(`${folder}/${path}`, 'utf8');
  const opened: { laptop?: Laptop; machine?: string } = {};
  beforeAll(async () => {
    opened.laptop = await openLaptop({
      functionDirectories: [`${folder}/functions`],
      mockConfig: `${folder}/mocks.json`,
    });
    opened.machine = await createMachine(opened.laptop.client, name, read(definition));
  });
  afterAll(() => opened.laptop?.close());
  return {
    lines: () => opened.laptop!.lines,
    run: (input: string, testCase: string): Promise<Ended> =>
      runToEnd(opened.laptop!.client, `${opened.machine}#${testCase}`, JSON.parse(read(`inputs/${input}.json`))),
  };
}

const outputOf = ({ output }: Ended) => JSON.parse(output!);
const count = ({ types }: Ended, type: string) => types.filter((each) => each === type).length;

describe('order-confirmation', () => {
  const { run, lines } = example('order-confirmation');

  test('a good order is paid, taken from stock and confirmed', async () => {
    const ended = await run('succeeds', 'Confirmed');
    expect(outputOf(ended)).toEqual({
      orderId: '3001',
      paymentId: 'payment-3001',
      left: { 'LAMP-1': 8, 'BULB-4': 9 },
      confirmationId: 'confirmation-1',
    });
    expect(count(ended, 'TaskSucceeded')).toBe(4);
  });

  test.each([
    ['busy-network', 'Confirmed', 1, 'confirmation-1'],
    ['succeeds', 'BusyTopic', 2, 'confirmation-2'],
    ['succeeds', 'NoTopic', 1, null],
  ])('%s with %s succeeds after %i failures', async (input, testCase, failures, confirmationId) => {
    const ended = await run(input, testCase);
    expect(ended.status).toBe('SUCCEEDED');
    expect(count(ended, 'TaskFailed')).toBe(failures);
    expect(outputOf(ended)).toMatchObject({ confirmationId });
  });

  test.each([
    ['declined-card', 'CardDeclined', 'Order 3003 was rejected: The card was declined.'],
    ['out-of-stock', 'OutOfStock', 'Order 3004 was rejected: There are not 11 of SOFA-9.'],
    ['empty', 'InvalidOrder', 'Order 3005 was rejected: There is nothing in it.'],
  ])('%s ends with %s', async (input, error, cause) => {
    expect(await run(input, 'Confirmed')).toMatchObject({ status: 'FAILED', error, cause });
  });

  test('only what was paid and cannot be sent is paid back', () => {
    expect(lines().filter((line) => line.includes('returning'))).toEqual([
      '[return-payment] returning 9900 of payment-3004',
    ]);
  });
});

describe('uploads', () => {
  const { run } = example('uploads', 'uploads.asl.json');

  test.each([
    ['photo', 'LargeImage', { resized: 's3://uploads/small/in/panorama.jpg', scale: 0.5 }],
    ['snapshot', 'SmallImage', { objects: ['cat', 'mat'] }],
    ['document', 'Document', { key: 'in/invoice-of-june.pdf', words: 3, isInvoice: true }],
  ])('%s, which is a %s, is worked on by its kind', async (input, testCase, output) => {
    expect(outputOf(await run(input, testCase))).toEqual(output);
  });

  test.each([
    ['document', 'EmptyDocument', 'UnreadableDocument', 'in/invoice-of-june.pdf is empty.'],
    ['song', 'Audio', 'UnknownKind', 'Nobody works on in/song.mp3, which is audio/mpeg.'],
    ['photo', 'Gone', 'S3.NoSuchKeyException', 'The object is gone.'],
  ])('%s, which is %s, ends with %s', async (input, testCase, error, text) => {
    const ended = await run(input, testCase);
    expect(ended).toMatchObject({ status: 'FAILED', error });
    expect(ended.cause).toContain(text);
  });
});

describe('nightly-files', () => {
  const { run } = example('nightly-files');

  test('every file has a branch, and the report has them in order', async () => {
    const ended = await run('june', 'AllThere');
    expect(outputOf(ended)).toEqual({ total: 6, text: 'orders.csv: 3, customers.csv: 2, products.csv: 1' });
    expect(count(ended, 'TaskSucceeded')).toBe(7);
  });

  test('a busy bucket is asked again', async () => {
    const ended = await run('june', 'SlowBucket');
    expect(outputOf(ended)).toMatchObject({ total: 4 });
    expect(count(ended, 'TaskFailed')).toBe(1);
  });

  test.each([
    ['OneMissing', 'FileMissing', 'Not all files of 2026-06-01/ have arrived.'],
    ['OneBroken', 'BrokenFile', 'Row 2 of products.csv does not have 2 fields.'],
  ])('%s ends with %s', async (testCase, error, text) => {
    const ended = await run('june', testCase);
    expect(ended).toMatchObject({ status: 'FAILED', error });
    expect(ended.cause).toContain(text);
  });
});
