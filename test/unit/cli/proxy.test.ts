// `stepwell proxy`: a stock client on one side, a door that recomputes every signature on the other.
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { CreateStateMachineCommand, ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { proxy } from '../../../cli/commands/proxy.ts';
import type { Io } from '../../../cli/io.ts';
import { main } from '../../../cli/main.ts';
import { unpainted } from '../../../cli/render.ts';
import { createApiHandler } from '../../../handlers/api.ts';
import { memoryWorld } from '../../support/memory-world.ts';
import { CALLER, openSignedDoor, type SignedDoor } from '../../support/signed-door.ts';

let door: SignedDoor;
let proxyUrl: string;
const end = Promise.withResolvers<void>();
let ended: Promise<number>;
const said: string[] = [];

function ioTo(out: (line: string) => void): Io {
  return { out, err: (line) => said.push(line), readInput: async () => '', paint: unpainted, screen: undefined };
}

beforeAll(async () => {
  process.env.AWS_ACCESS_KEY_ID = CALLER.accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = CALLER.secretAccessKey;
  process.env.AWS_REGION = 'eu-west-1';
  door = await openSignedDoor(createApiHandler(memoryWorld()));
  const line = await new Promise<string>((resolve, reject) => {
    ended = proxy(['--url', door.url, '--port', '0'], ioTo(resolve), end.promise);
    ended.catch(reject);
  });
  proxyUrl = /^export AWS_ENDPOINT_URL_SFN=(\S+) AWS_DISABLE_HOST_PREFIX_INJECTION=true$/.exec(line)?.[1] ?? '';
});

afterAll(async () => {
  end.resolve();
  expect(await ended).toBe(0);
  door.close();
});

const stock = () =>
  new SFNClient({
    endpoint: proxyUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    maxAttempts: 1,
  });

const pass = JSON.stringify({ StartAt: 'Pass', States: { Pass: { Type: 'Pass', Comment: 'grüße', End: true } } });

function post(headers: Record<string, string>): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const call = request(proxyUrl, { method: 'POST', headers }, async (answer) =>
      resolve({ status: answer.statusCode!, body: await text(answer) }),
    );
    call.on('error', reject);
    call.end('{}');
  });
}

test('a stock client, whatever it signs with, works as the one who started the proxy', async () => {
  const roleArn = 'arn:aws:iam::123456789012:role/any';
  const { stateMachineArn } = await stock().send(
    new CreateStateMachineCommand({ name: 'grüße', definition: pass, roleArn }),
  );
  expect(stateMachineArn).toBe('arn:aws:states:us-east-1:123456789012:stateMachine:grüße');
  expect(door.seen.at(-1)?.authorization).toMatch(/Credential=AKIACALLER\/\d{8}\/eu-west-1\/lambda\//);
});

test('the API’s errors arrive as they are', async () => {
  const create = new CreateStateMachineCommand({ name: 'x', definition: '{}', roleArn: 'none' });
  await expect(stock().send(create)).rejects.toMatchObject({ name: 'InvalidArn' });
});

test('a Host that is not this machine is refused: a web site may have led a browser here', async () => {
  const answer = await post({ host: 'evil.example:8084' });
  expect(answer).toMatchObject({ status: 403, body: expect.stringContaining("not 'evil.example:8084'") });
});

test('a page of another origin is refused, one of this machine is served', async () => {
  const target = { 'x-amz-target': 'AWSStepFunctions.ListStateMachines' };
  expect((await post({ ...target, origin: 'https://evil.example' })).status).toBe(403);
  expect((await post({ ...target, origin: 'http://127.0.0.1.evil.example' })).status).toBe(403);
  expect((await post({ ...target, origin: 'http://localhost:5173' })).status).toBe(200);
});

test('a deployment that cannot be reached is said to the client and to whoever watches', async () => {
  const stop = Promise.withResolvers<void>();
  const url = await new Promise<string>((resolve, reject) => {
    proxy(['--url', 'http://127.0.0.1:1/', '--port', '0'], ioTo(resolve), stop.promise).catch(reject);
  });
  const client = new SFNClient({ ...stepwellEnvironment(url), maxAttempts: 1 });
  await expect(client.send(new ListStateMachinesCommand({}))).rejects.toThrow('could not reach 127.0.0.1:1');
  expect(said.at(-1)).toContain('ECONNREFUSED');
  stop.resolve();
});

function stepwellEnvironment(line: string) {
  const endpoint = /AWS_ENDPOINT_URL_SFN=(\S+)/.exec(line)?.[1] ?? '';
  return { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'any', secretAccessKey: 'any' } };
}

test('the commands of the CLI reach a deployment by --url without a proxy', async () => {
  const lines: string[] = [];
  expect(
    await main(
      ['list', '--url', door.url],
      ioTo((line) => lines.push(line)),
    ),
  ).toBe(0);
  expect(lines).toEqual([expect.stringContaining('stateMachine:grüße')]);
});

test('two ways to say where exclude each other, and a proxy needs one', async () => {
  expect(
    await main(
      ['list', '--url', door.url, '--stage', 'prod'],
      ioTo(() => {}),
    ),
  ).toBe(2);
  expect(said.at(-1)).toBe('stepwell: --stage and --url exclude each other.');
  expect(
    await main(
      ['proxy'],
      ioTo(() => {}),
    ),
  ).toBe(2);
  expect(said.at(-1)).toBe('stepwell: Which deployment? Name it with --stage, or give its --url.');
});
