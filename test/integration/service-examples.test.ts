// The examples that call services, with the services: an order that SNS confirms (P2), uploads by kind (P9), and files of a
// bucket side by side (P10). What only mocks can bring about, a busy topic or a slow bucket, test/e2e shows.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { place, s3, sns } from './clients.ts';
import { example, runToEnd } from './executions.ts';
import { deployExample, endedExecutions, type Listener, listenTo, removeExample } from './projects.ts';

describe('order-confirmation', () => {
  const definition = example('order-confirmation/order-confirmation.json');
  const run = (input: string) => runToEnd(definition, example(`order-confirmation/inputs/${input}.json`));
  let TopicArn: string;
  let topic: Listener;

  beforeAll(async () => {
    TopicArn = (await sns.createTopic({ Name: 'order-confirmations' })).TopicArn!;
    topic = await listenTo(TopicArn);
  });

  afterAll(async () => {
    await topic.close();
    await sns.deleteTopic({ TopicArn });
  });

  test('a good order is confirmed by the topic', async () => {
    const { status, output } = await run('succeeds');
    expect(status).toBe('SUCCEEDED');
    await expect.poll(topic.listen).toHaveLength(1);
    expect(JSON.parse(output!)).toMatchObject({ orderId: '3001', confirmationId: topic.heard[0]!.id });
  });

  test.each([
    ['declined-card', 'CardDeclined'],
    ['out-of-stock', 'OutOfStock'],
    ['empty', 'InvalidOrder'],
  ])('%s ends with %s', async (input, error) => {
    expect(await run(input)).toMatchObject({ status: 'FAILED', error });
  });
});

describe('uploads', () => {
  let resources: Record<string, string>;

  beforeAll(async () => {
    resources = await deployExample('uploads');
  });

  afterAll(() => removeExample('uploads', resources));

  const upload = (Key: string, ContentType: string, Body: string | Uint8Array) =>
    s3.putObject({ Bucket: resources.Bucket!, Key, ContentType, Body });

  test('every object is worked on by its kind', async () => {
    await upload('in/cat-on-mat.jpg', 'image/jpeg', 'small');
    await upload('in/large.jpg', 'image/jpeg', new Uint8Array(4_000_000));
    await upload('in/an-invoice.pdf', 'application/pdf', '%PDF');
    await upload('in/song.mp3', 'audio/mpeg', 'la');
    await upload('elsewhere/cat-on-mat.jpg', 'image/jpeg', 'small');

    await expect.poll(() => endedExecutions('uploads')).toHaveLength(4);
    const executions = await endedExecutions('uploads');
    const of = (key: string) => executions.find(({ input }) => JSON.parse(input!).detail.object.key === key)!;
    const outputOf = (key: string) => JSON.parse(of(key).output!);
    expect(outputOf('in/cat-on-mat.jpg')).toEqual({ objects: ['cat', 'mat'] });
    expect(outputOf('in/large.jpg')).toMatchObject({ scale: 0.5 });
    expect(outputOf('in/an-invoice.pdf')).toMatchObject({ isInvoice: true });
    expect(of('in/song.mp3')).toMatchObject({ status: 'FAILED', error: 'UnknownKind' });
  });
});

describe('nightly-files', () => {
  const Bucket = `stepwell-nightly-${place.account}-${crypto.randomUUID().slice(0, 8)}`;
  const definition = example('nightly-files/nightly-files.json');
  const run = (prefix: string) => runToEnd(definition, { bucket: Bucket, prefix });
  const keys = ['orders.csv', 'customers.csv', 'products.csv'];

  beforeAll(async () => {
    await s3.createBucket({ Bucket });
    for (const [index, key] of keys.entries())
      await s3.putObject({ Bucket, Key: `full/${key}`, Body: `id,n\n${'a,1\n'.repeat(index + 1)}` });
    await s3.putObject({ Bucket, Key: `partial/${keys[0]}`, Body: 'id,n\na,1\n' });
  });

  afterAll(async () => {
    const { Contents = [] } = await s3.listObjectsV2({ Bucket });
    for (const { Key } of Contents) await s3.deleteObject({ Bucket, Key: Key! });
    await s3.deleteBucket({ Bucket });
  });

  test('each file is counted in a branch of its own', async () => {
    const { status, output } = await run('full/');
    expect(status).toBe('SUCCEEDED');
    expect(JSON.parse(output!)).toEqual({ total: 6, text: 'orders.csv: 1, customers.csv: 2, products.csv: 3' });
  });

  test('one that is missing ends the execution', async () => {
    expect(await run('partial/')).toMatchObject({ status: 'FAILED', error: 'FileMissing' });
  });
});
