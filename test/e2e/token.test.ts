// A server that others may reach: whoever does not sign with its token is told no, in the service's words.
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../../cli/main.ts';
import { unpainted } from '../../cli/render.ts';
import { type Laptop, openLaptop } from './local-server.ts';

const TOKEN = 'a-token-of-thirty-two-characters';
let laptop: Laptop;

beforeAll(async () => {
  laptop = await openLaptop({ token: TOKEN });
});

afterAll(() => laptop.close());

function list(secretAccessKey: string, clockOffsetMs = 0) {
  const client = new SFNClient({
    endpoint: laptop.server.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'anybody', secretAccessKey },
    systemClockOffset: clockOffsetMs,
    maxAttempts: 1,
  });
  return client.send(new ListStateMachinesCommand({}));
}

test('a stock client whose secret access key is the token is served, whatever its key id and region', async () => {
  expect((await list(TOKEN)).stateMachines).toEqual([]);
});

test('another secret is refused as AWS refuses it', async () => {
  await expect(list('local')).rejects.toMatchObject({
    name: 'InvalidSignatureException',
    message: expect.stringContaining('The request signature we calculated does not match'),
  });
});

test('a request that was recorded is of no use later', async () => {
  await expect(list(TOKEN, -10 * 60_000)).rejects.toThrow('Signature expired');
});

test('a signature is good for the very request it was made for', async () => {
  const signed = await new Promise<{ headers: Record<string, string>; body: string }>((resolve) => {
    const client = new SFNClient({
      endpoint: laptop.server.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'anybody', secretAccessKey: TOKEN },
    });
    client.middlewareStack.add(
      (next) => (args) => {
        resolve(args.request as { headers: Record<string, string>; body: string });
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    client.send(new ListStateMachinesCommand({ maxResults: 5 }));
  });
  const post = (headers: Record<string, string>, body: string) =>
    fetch(laptop.server.url, { method: 'POST', headers, body });
  const { host: _host, 'content-length': _length, ...headers } = signed.headers;
  expect((await post(headers, signed.body)).status).toBe(200);
  expect((await post(headers, '{"maxResults":6}')).status).toBe(403);
  expect((await post({ ...headers, 'x-amz-target': 'AWSStepFunctions.CreateActivity' }, signed.body)).status).toBe(403);
});

test('an unsigned request is refused, and nothing is told about this machine', async () => {
  const unsigned = await fetch(laptop.server.url, { method: 'POST', body: '{}' });
  expect(unsigned.status).toBe(403);
  expect(await unsigned.json()).toMatchObject({ __type: 'MissingAuthenticationTokenException' });
  const page = await fetch(laptop.server.url);
  expect(await page.text()).toBe('The API takes POST /, signed with the token.\n');
});

test('the command line signs with STEPWELL_TOKEN', async () => {
  process.env.STEPWELL_TOKEN = TOKEN;
  const lines: string[] = [];
  const io = { out: () => {}, err: (line: string) => lines.push(line), readInput: async () => '' };
  const list = () =>
    main(['list', '--endpoint-url', laptop.server.url], { ...io, paint: unpainted, screen: undefined });
  expect({ code: await list(), lines }).toEqual({ code: 0, lines: [] });
  delete process.env.STEPWELL_TOKEN;
  expect(await list()).toBe(2);
});
