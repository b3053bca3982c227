// Triggers on a laptop: queues of an emulator of SQS are read, and `stepwell trigger` sends what other sources would.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExecutionDoesNotExist } from '@aws-sdk/client-sfn';
import { SQS } from '@aws-sdk/client-sqs';
import { startFauxqs } from 'fauxqs';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createMachine, endOf, type Laptop, openLaptop } from './local-server.ts';
import { stepwell as command } from './stepwell.ts';

const ARN = 'arn:aws:states:us-east-1:123456789012';
const PASS = '{"StartAt":"Keep","States":{"Keep":{"Type":"Pass","End":true}}}';

let emulator: Awaited<ReturnType<typeof startFauxqs>>;
let sqs: SQS;
let laptop: Laptop;
let folder: string;

beforeAll(async () => {
  emulator = await startFauxqs({ port: 0, logger: false, defaultRegion: 'us-east-1' });
  const endpoint = `http://127.0.0.1:${emulator.port}`;
  vi.stubEnv('AWS_ENDPOINT_URL_SQS', endpoint);
  sqs = new SQS({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  laptop = await openLaptop();
  folder = mkdtempSync(join(tmpdir(), 'stepwell-triggers-'));
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await laptop.close();
  sqs.destroy();
  await emulator.stop();
  rmSync(folder, { recursive: true });
});

const stepwell = (args: string[], input?: string) =>
  command([...args, '--endpoint-url', laptop.server.url], input === undefined ? {} : { input });

async function deploy(triggers: string): Promise<void> {
  writeFileSync(join(folder, 'stepwell.yaml'), `project: t\nmachines: { keep: { triggers: ${triggers} } }`);
  writeFileSync(join(folder, 'keep.asl.json'), PASS);
  const { code, err } = await stepwell(['deploy', folder, '--yes']);
  expect({ code, err }).toEqual({ code: 0, err: [] });
}

/** Resolves with the input of an execution of this name as soon as it is there and has ended. */
async function inputOf(name: string): Promise<unknown> {
  for (;;) {
    try {
      return JSON.parse((await endOf(laptop.client, `${ARN}:execution:keep:${name}`)).input!);
    } catch (error) {
      if (!(error instanceof ExecutionDoesNotExist)) throw error;
    }
  }
}

test('messages of a queue start executions and are gone; a queue of another trigger is read from then on', async () => {
  for (const QueueName of ['one', 'two']) await sqs.createQueue({ QueueName });
  const queueUrl = async (QueueName: string) => (await sqs.getQueueUrl({ QueueName })).QueueUrl!;
  const arn = async (name: string) => {
    const { Attributes } = await sqs.getQueueAttributes({
      QueueUrl: await queueUrl(name),
      AttributeNames: ['QueueArn'],
    });
    return Attributes!.QueueArn!;
  };
  await deploy(`[{ sqs: { queue: '${await arn('one')}' } }]`);
  const QueueUrl = await queueUrl('one');
  const MessageAttributes = { kind: { DataType: 'String', StringValue: 'x' } };
  const { MessageId } = await sqs.sendMessage({ QueueUrl, MessageBody: '{"a":1}', MessageAttributes });
  expect(await inputOf(MessageId!)).toMatchObject([
    {
      messageId: MessageId,
      body: '{"a":1}',
      eventSource: 'aws:sqs',
      eventSourceARN: await arn('one'),
      messageAttributes: { kind: { stringValue: 'x', dataType: 'String' } },
    },
  ]);

  await deploy(`[{ sqs: { queue: '${await arn('two')}', input: '{% $states.input.body %}' } }]`);
  const second = await sqs.sendMessage({ QueueUrl: await queueUrl('two'), MessageBody: '{"b":2}' });
  expect(await inputOf(second.MessageId!)).toEqual({ b: 2 });
  for (const name of ['one', 'two']) {
    const AttributeNames = ['ApproximateNumberOfMessages' as const];
    const { Attributes } = await sqs.getQueueAttributes({ QueueUrl: await queueUrl(name), AttributeNames });
    expect(Attributes?.ApproximateNumberOfMessages).toBe('0');
  }
});

describe('stepwell trigger', () => {
  beforeEach(() =>
    deploy(`[
      { name: orders, sqs: { queue: orders, input: '{% $states.input.body %}' } },
      { name: pdf, s3: { bucket: uploads, suffix: .pdf, input: '{% $states.input.detail.object.key %}' } },
      { name: shop, event: { pattern: { source: [shop] }, input: '{% $states.input.detail %}' } },
      { name: night, schedule: { expression: cron(0 3 * * ? *), input: all } },
    ]`),
  );

  test.each<[string, string[], string, unknown]>([
    ['sqs', ['orders', '{"id":7}'], '', { id: 7 }],
    ['sqs from standard input', ['orders', '-'], 'plain', 'plain'],
    ['s3', ['uploads/in/my file+1.pdf'], '', 'in/my file+1.pdf'],
    ['event', ['-'], '{"source":"shop","detail-type":"Order","detail":{"n":1}}', { n: 1 }],
    ['schedule', ['keep/night'], '', 'all'],
  ])('%s starts what is meant', async (way, args, input, expected) => {
    const { code, out, err } = await stepwell(['trigger', way.split(' ')[0]!, ...args], input);
    expect({ code, err, out: out.length }).toEqual({ code: 0, err: [], out: 1 });
    expect(JSON.parse((await endOf(laptop.client, out[0]!)).input!)).toEqual(expected);
  });

  test('takes what a dead-letter queue holds', async () => {
    const event = { id: 'e-1', source: 'shop', 'detail-type': 'Order', resources: [], detail: { lost: true } };
    const letter = { version: '1.0', requestPayload: event, responsePayload: { errorMessage: 'gone' } };
    const file = join(folder, 'letter.json');
    writeFileSync(file, JSON.stringify(letter));
    const { out } = await stepwell(['trigger', 'event', file]);
    expect(out).toEqual([`${ARN}:execution:keep:shop-e-1`]);
  });

  test('tells what cannot be started, and why', async () => {
    expect((await stepwell(['trigger', 's3', 'uploads/a.png'])).err).toEqual([
      'No trigger is meant: nothing was started.',
    ]);
    expect((await stepwell(['trigger', 's3', 'elsewhere/a.pdf'])).err[0]).toContain(
      'No trigger of any state machine listens to the bucket elsewhere.',
    );
    expect((await stepwell(['trigger', 'sqs', 'nowhere'])).err[0]).toContain('There is no file nowhere;');
    expect((await stepwell(['trigger', 'mail', 'x'])).err[0]).toContain(
      "takes sqs, s3, event, schedule, list, not 'mail'",
    );
  });

  test('list shows all', async () => {
    expect((await stepwell(['trigger', 'list'])).out).toEqual([
      'keep/shop  events {"source":["shop"]}',
      'keep/pdf  bucket uploads, suffix .pdf',
      'keep/night  cron(0 3 * * ? *)',
      'keep/orders  queue arn:aws:sqs:us-east-1:123456789012:orders',
    ]);
  });
});

test('a machine that is not of a project keeps its triggers to itself', async () => {
  await createMachine(laptop.client, 'alone', PASS);
  expect((await stepwell(['trigger', 'schedule', 'alone/none'])).err[0]).toContain('There is no trigger alone/none.');
});
