// The examples that call services, on mocks: every line of their READMEs' tables.
import { describe, expect, test } from 'vitest';
import { count, example, outputOf } from './example.ts';

describe('order-confirmation', () => {
  const orders = example('order-confirmation');
  const { run } = orders;

  test('a good order is paid, taken from stock and confirmed', async () => {
    const ended = await run('Confirmed', 'succeeds');
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
    const ended = await run(testCase, input);
    expect(ended.status).toBe('SUCCEEDED');
    expect(count(ended, 'TaskFailed')).toBe(failures);
    expect(outputOf(ended)).toMatchObject({ confirmationId });
  });

  test.each([
    ['declined-card', 'CardDeclined', 'Order 3003 was rejected: The card was declined.'],
    ['out-of-stock', 'OutOfStock', 'Order 3004 was rejected: There are not 11 of SOFA-9.'],
    ['empty', 'InvalidOrder', 'Order 3005 was rejected: There is nothing in it.'],
  ])('%s ends with %s', async (input, error, cause) => {
    expect(await run('Confirmed', input)).toMatchObject({ status: 'FAILED', error, cause });
  });

  test('only what was paid and cannot be sent is paid back', () => {
    expect(orders.laptop.lines.filter((line) => line.includes('returning'))).toEqual([
      '[return-payment] returning 9900 of payment-3004',
    ]);
  });
});

describe('uploads', () => {
  const { run } = example('uploads', { definition: 'uploads.asl.json' });

  test.each([
    ['photo', 'LargeImage', { resized: 's3://uploads/small/in/panorama.jpg', scale: 0.5 }],
    ['snapshot', 'SmallImage', { objects: ['cat', 'mat'] }],
    ['document', 'Document', { key: 'in/invoice-of-june.pdf', words: 3, isInvoice: true }],
  ])('%s, which is a %s, is worked on by its kind', async (input, testCase, output) => {
    expect(outputOf(await run(testCase, input))).toEqual(output);
  });

  test.each([
    ['document', 'EmptyDocument', 'UnreadableDocument', 'in/invoice-of-june.pdf is empty.'],
    ['song', 'Audio', 'UnknownKind', 'Nobody works on in/song.mp3, which is audio/mpeg.'],
    ['photo', 'Gone', 'S3.NoSuchKeyException', 'The object is gone.'],
  ])('%s, which is %s, ends with %s', async (input, testCase, error, text) => {
    const ended = await run(testCase, input);
    expect(ended).toMatchObject({ status: 'FAILED', error });
    expect(ended.cause).toContain(text);
  });
});

describe('nightly-files', () => {
  const { run } = example('nightly-files');

  test('every file has a branch, and the report has them in order', async () => {
    const ended = await run('AllThere', 'june');
    expect(outputOf(ended)).toEqual({ total: 6, text: 'orders.csv: 3, customers.csv: 2, products.csv: 1' });
    expect(count(ended, 'TaskSucceeded')).toBe(7);
  });

  test('a busy bucket is asked again', async () => {
    const ended = await run('SlowBucket', 'june');
    expect(outputOf(ended)).toMatchObject({ total: 4 });
    expect(count(ended, 'TaskFailed')).toBe(1);
  });

  test.each([
    ['OneMissing', 'FileMissing', 'Not all files of 2026-06-01/ have arrived.'],
    ['OneBroken', 'BrokenFile', 'Row 2 of products.csv does not have 2 fields.'],
  ])('%s ends with %s', async (testCase, error, text) => {
    const ended = await run(testCase, 'june');
    expect(ended).toMatchObject({ status: 'FAILED', error });
    expect(ended.cause).toContain(text);
  });
});
