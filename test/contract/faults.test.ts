// The AWS adapters on a network that misbehaves: whole executions through the real handlers on dynalite and fauxqs, with
// resets, lost answers, throttles, failures and late answers between, from a seed. Every execution ends as it does without
// faults, and no function is called more often.
import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, expect, test } from 'vitest';
import { handleRequest } from '../../core/api/wire.ts';
import { LIMITS } from '../../core/limits.ts';
import type { Queue } from '../../core/ports.ts';
import type { World } from '../../core/world.ts';
import { createAdvanceHandler } from '../../handlers/advance.ts';
import { clientConfig, withoutRecursionDetection } from '../../infra/aws/clients.ts';
import { s3Payloads } from '../../infra/aws/payloads.ts';
import { sqsQueue } from '../../infra/aws/queue.ts';
import { dynamodbTable } from '../../infra/aws/table.ts';
import { systemClock } from '../../infra/system-clock.ts';
import { type Poller, startPoller } from '../../local/poller.ts';
import { callback } from '../support/callbacks.ts';
import { chain, mapOf, single, task } from '../support/definitions.ts';
import { type FaultyProxy, faultyProxy } from '../support/faulty-proxy.ts';
import { memoryWorld } from '../support/memory-world.ts';
import { type TestFunction, testFunctions } from '../support/test-functions.ts';
import { awsResources } from './aws-resources.ts';

const RATES = { reset: 0.05, lost: 0.07, throttled: 0.05, failed: 0.04, late: 0.1 };
/** So short that a lost answer of a receive costs seconds, and duplicates are the rule. */
const VISIBILITY_SECONDS = 3;
const ROLE = 'arn:aws:iam::123456789012:role/test';
const RETRY = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1 }];

const DEFINITIONS: Record<string, object> = {
  chain: chain(4, 'work'),
  map: mapOf('work', { ItemsPath: '$.items' }),
  parallel: single({
    Type: 'Parallel',
    Branches: ['A', 'B', 'C'].map((name) => ({ StartAt: name, States: { [name]: task('work') } })),
    End: true,
  }),
  retried: chain(1, 'brittle', { Retry: RETRY }),
  waits: { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 1, Next: 'Work' }, Work: task('work') } },
  large: { StartAt: 'Large', States: { Large: task('large', { Next: 'Work' }), Work: task('work') } },
  fails: chain(1, 'broken', { Catch: [{ ErrorEquals: ['NotThatOne'], Next: 'T1' }] }),
  callback: callback('keep'),
};
const INPUT = JSON.stringify({ n: 1, items: [1, 2, 3, 4, 5, 6] });

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** The functions, the same with and without faults: `brittle` fails at its first call. */
function functionsOf(tokens: string[]): Record<string, TestFunction> {
  return {
    work: (payload: unknown) => payload,
    large: () => ({ text: Array.from({ length: 4_000 }, (_, index) => index.toString(36)).join(' ') }),
    keep: ({ token }: { token: string }) => void tokens.push(token),
    brittle(_payload: unknown, attempt: number) {
      if (attempt === 1) throw Object.assign(new Error('not yet'), { name: 'NotYet' });
      return 'mended';
    },
    broken() {
      throw Object.assign(new Error('on purpose'), { name: 'Broken' });
    },
  };
}

interface Ending {
  status: unknown;
  output: unknown;
  error: unknown;
  /** Types of the events, sorted: siblings may come in any order. */
  events: string[];
}

async function endingOf(api: Api, executionArn: string): Promise<Ending> {
  const { status, output, error } = await api('DescribeExecution', { executionArn });
  const { events } = await api('GetExecutionHistory', { executionArn, maxResults: 1_000 });
  const history = events as { id: number; type: string }[];
  expect(history.map(({ id }) => id)).toEqual(history.map((_, index) => index + 1));
  return { status, output, error, events: history.map(({ type }) => type).sort() };
}

type Api = (action: string, body: object) => Promise<Record<string, unknown>>;

/** Everything without faults. */
async function expected(): Promise<{ endings: Record<string, Ending>; calls: object }> {
  const tokens: string[] = [];
  const world = memoryWorld(functionsOf(tokens));
  const endings: Record<string, Ending> = {};
  for (const [name, definition] of Object.entries(DEFINITIONS)) {
    const { executionArn } = await world.start(definition, INPUT, name);
    await world.settle();
    for (const taskToken of tokens.splice(0)) await world.api('SendTaskSuccess', { taskToken, output: '"answered"' });
    await world.settle();
    endings[name] = await endingOf(world.api, executionArn);
  }
  return { endings, calls: Object.fromEntries([...world.invocations].sort()) };
}

/** A world on the AWS adapters whose every request goes through the proxies. */
async function faultyWorld(
  seed: number,
  settings: Partial<World['settings']>,
  functions: Record<string, TestFunction>,
  maxAttempts: number,
) {
  const aws = await awsResources();
  closers.push(() => aws.close());
  const endpointOf = async (client: DynamoDBClient | SQSClient) => {
    const { protocol, hostname, port } = (await client.config.endpoint?.())!;
    return `${protocol}//${hostname}:${port}`;
  };
  const proxies: FaultyProxy[] = [];
  for (const [index, client] of [aws.dynamodb, aws.sqs].entries())
    proxies.push(await faultyProxy(await endpointOf(client), seed + index, RATES));
  closers.push(async () => Promise.all(proxies.map((proxy) => proxy.close())));
  const [tables, queues] = proxies as [FaultyProxy, FaultyProxy];
  const options = (url: string) => ({ ...aws.s3Options, endpoint: url });
  const [{ url: advance }, { url: call }] = await Promise.all([aws.makeQueue(20), aws.makeQueue(20)]);
  const through = (url: string) => url.replace(/^https?:\/\/[^/]+/, queues.url);
  const dynamodb = withoutRecursionDetection(new DynamoDBClient({ ...clientConfig(options(tables.url)), maxAttempts }));
  const sqs = withoutRecursionDetection(new SQSClient({ ...clientConfig(options(queues.url)), maxAttempts }));
  closers.push(async () => [dynamodb.destroy(), sqs.destroy()]);
  const table = dynamodbTable({ client: dynamodb, ...(await aws.makeTable()) });
  const urls = { advance: through(advance), call: through(call) };
  const { lambda, invocations } = testFunctions(functions);
  const world: World = {
    table,
    queue: sqsQueue({ client: sqs, urls, table, clock: systemClock, waitSeconds: 1 }),
    payloads: s3Payloads({ bucket: await aws.makeBucket(), clientOptions: options(queues.url) }),
    clock: systemClock,
    lambda,
    random: Math.random,
    newId: randomUUID,
    settings: {
      account: '123456789012',
      region: 'us-east-1',
      partition: 'aws',
      limits: LIMITS.aws,
      transitionsPerMessage: 25,
      activityPollMs: 0,
      callsPerWorker: 50,
      retentionDays: 21,
      ...settings,
    },
  };
  return { world, proxies, invocations };
}

/** What Lambda's event sources do: batches to the handler, deletes, redelivery. */
function deliver(world: World): Poller[] {
  const handler = createAdvanceHandler(world, () => {});
  const queue: Queue = {
    ...world.queue,
    receive: (name, max) => world.queue.receive(name, max, VISIBILITY_SECONDS),
  };
  return (['advance', 'call'] as const).map((name) =>
    startPoller({
      queue: { ...queue, whenVisible: async () => {} },
      name,
      handler,
      clock: systemClock,
      arn: `arn:aws:sqs:us-east-1:123456789012:stepwell-${name}`,
      region: 'us-east-1',
      report: () => {},
    }),
  );
}

/** Asks again as an SDK does, as long as the answer is that the service has trouble. */
function patientApi(world: World): Api {
  return async (action, body) => {
    for (;;) {
      const headers = { 'x-amz-target': `AWSStepFunctions.${action}` };
      const answer = await handleRequest(world, { method: 'POST', headers, body: JSON.stringify(body) });
      const value = JSON.parse(answer.body);
      if (answer.status === 200) return value;
      if (answer.status < 500 && value.__type !== 'ThrottlingException')
        throw Object.assign(new Error(value.message), { name: value.__type });
    }
  };
}

test.each([
  ['every transition its own message', 2, 3, { transitionsPerMessage: 1 }],
  // Every fault comes through to the adapters.
  ['fused, without retries of the SDK', 3, 1, { transitionsPerMessage: 25 }],
])(
  '%s: executions end as they do without faults (seed %i)',
  { timeout: 600_000 },
  async (_shape, seed, attempts, settings) => {
    const { endings, calls } = await expected();
    const tokens: string[] = [];
    const { world, proxies, invocations } = await faultyWorld(seed, settings, functionsOf(tokens), attempts);
    const api = patientApi(world);
    const pollers = deliver(world);
    closers.push(() => Promise.all(pollers.map((poller) => poller.stop())));

    const started = Object.entries(DEFINITIONS).map(async ([name, definition]) => {
      const { stateMachineArn } = await api('CreateStateMachine', {
        name,
        definition: JSON.stringify(definition),
        roleArn: ROLE,
      });
      await api('StartExecution', { stateMachineArn, name, input: INPUT }).catch((error: Error) => {
        // Begun by a request whose answer was lost, and over by now.
        if (error.name !== 'ExecutionAlreadyExists') throw error;
      });
      return [name, `${String(stateMachineArn).replace(':stateMachine:', ':execution:')}:${name}`] as const;
    });
    const arns = new Map(await Promise.all(started));
    await expect.poll(() => tokens.length, { timeout: 300_000, interval: 100 }).toBeGreaterThan(0);
    // The second of two answers may be the first one's echo, whose own answer was lost.
    await api('SendTaskSuccess', { taskToken: tokens[0], output: '"answered"' }).catch((error: Error) => {
      if (error.name !== 'TaskTimedOut') throw error;
    });
    const statuses = async () => {
      const described = [...arns.values()].map((executionArn) => api('DescribeExecution', { executionArn }));
      return (await Promise.all(described)).filter(({ status }) => status === 'RUNNING').length;
    };
    await expect.poll(statuses, { timeout: 300_000, interval: 200 }).toBe(0);

    for (const proxy of proxies) proxy.heal();
    const found: Record<string, Ending> = {};
    for (const [name, executionArn] of arns) found[name] = await endingOf(api, executionArn);
    expect(found).toEqual(endings);
    expect(Object.fromEntries([...invocations].sort())).toEqual(calls);
    for (const kind of Object.keys(RATES) as (keyof typeof RATES)[])
      expect(
        proxies.reduce((sum, { counts }) => sum + counts[kind], 0),
        kind,
      ).toBeGreaterThan(0);
  },
);
