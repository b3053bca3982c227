// The deployed bundles against dynalite and fauxqs: how long they take to load, how much processor one transition takes
// them, with the SDK's clients and all, and how much memory. What they cannot show is Lambda itself, where a function of
// 1,769 MB has one processor, and a smaller one its share of it.
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { awsResources } from '../test/contract/aws-resources.ts';
import { payloadOf, tasks } from './definitions.ts';
import type { Figure } from './figure.ts';
import type { Loaded, Measured, Order } from './worker-process.ts';

/** Little enough for Node to keep its heap small: what then stays resident is what the work needs. */
const TIGHT = ['--max-old-space-size=100', '--max-semi-space-size=6'];
const CHAIN = 20;
/** Nearly as much as travels in a message. */
const LARGE_BYTES = 55_000;

export async function worker(): Promise<Figure[]> {
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: join(import.meta.dirname, '..'), stdio: 'ignore' });
  const aws = await awsResources();
  const functions = createServer(async (request, response) => {
    const body = request.method === 'POST' ? await text(request) : '{"Timeout":30}';
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  }).listen(0, '127.0.0.1');
  await once(functions, 'listening');
  const child = fork(join(import.meta.dirname, 'worker-process.ts'), {
    execArgv: ['--disable-warning=ExperimentalWarning', ...TIGHT],
    env: { ...process.env, ...(await environment(aws, functions.address() as AddressInfo)) },
  });
  try {
    const [{ importMs }] = (await once(child, 'message')) as [Loaded];
    const run = async (order: Order): Promise<Measured> => {
      child.send(order);
      return (await once(child, 'message'))[0];
    };
    const linear = { definition: tasks(CHAIN), input: payloadOf(1_000), batch: 1 };
    const first = await run({ ...linear, executions: 1 });
    await run({ ...linear, executions: 100 });
    const warm = await run({ ...linear, executions: 50 });
    const large = await run({ definition: tasks(CHAIN), input: payloadOf(LARGE_BYTES), executions: 20, batch: 10 });
    const megabytes = ({ residentBytes }: Measured) => residentBytes / 2 ** 20;
    return [
      { what: 'import of the advance bundle', value: importMs, unit: 'ms', target: { atMost: 100 } },
      { what: `first invocation, with the SDK, ${CHAIN} tasks`, value: first.wallMs, unit: 'ms' },
      { what: 'processor per Task transition, warm', value: warm.cpuMs / (50 * CHAIN), unit: 'ms' },
      { what: 'resident after 150 executions', value: megabytes(warm), unit: 'MiB' },
      { what: `resident after batches of ten with ${LARGE_BYTES / 1000} KB`, value: megabytes(large), unit: 'MiB' },
    ];
  } finally {
    child.kill();
    functions.close();
    functions.closeAllConnections();
    await aws.close();
  }
}

async function environment(aws: Awaited<ReturnType<typeof awsResources>>, { port }: AddressInfo) {
  const { tableName, indexName } = await aws.makeTable();
  const [advance, call] = [await aws.makeQueue(20), await aws.makeQueue(20)];
  const [dynamodb, sqs] = await Promise.all([aws.dynamodb, aws.sqs].map(({ config }) => config.endpoint!()));
  const urlOf = ({ hostname, port }: { hostname: string; port?: number } = { hostname: '' }) =>
    `http://${hostname}:${port}`;
  // The queue's own URL has a name that nobody resolves.
  const here = (queueUrl: string) => new URL(new URL(queueUrl.replace('sqs.us-east-1.', '')).pathname, urlOf(sqs)).href;
  return {
    AWS_ENDPOINT_URL_DYNAMODB: urlOf(dynamodb),
    AWS_ENDPOINT_URL_SQS: urlOf(sqs),
    AWS_ENDPOINT_URL_S3: urlOf(sqs),
    AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    TABLE: tableName,
    LIST_INDEX: indexName,
    ADVANCE_QUEUE_URL: here(advance.url),
    CALL_QUEUE_URL: here(call.url),
    PAYLOAD_BUCKET: await aws.makeBucket(),
    ACCOUNT_ID: '123456789012',
    REGION: 'us-east-1',
    LIMITS: 'extended',
    TRANSITIONS_PER_MESSAGE: '25',
    RETENTION_DAYS: '21',
    MACHINE_ROLES: 'never',
    FUNCTION_PREFIX: 'stepwell-bench',
  };
}
