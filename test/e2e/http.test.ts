// The server's door: what it answers to clients that are no SDK, and when it cannot open.
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ListStateMachinesCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Laptop, openLaptop } from './local-server.ts';

let laptop: Laptop;

beforeAll(async () => {
  laptop = await openLaptop();
});

afterAll(() => laptop.close());

const list = (headers: Record<string, string> = {}) =>
  fetch(laptop.server.url, {
    method: 'POST',
    headers: { 'x-amz-target': 'AWSStepFunctions.ListStateMachines', ...headers },
    body: '{}',
  });

async function raw(lines: string): Promise<string> {
  const { hostname, port } = new URL(laptop.server.url);
  const socket = connect(Number(port), hostname);
  socket.write(lines);
  return text(socket);
}

test('GET / says in plain text what this is', async () => {
  const answer = await fetch(laptop.server.url);
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
  expect(await answer.text()).toContain('account 123456789012, region us-east-1');
});

test('a host with `sync-` before it is served', async () => {
  const body = '{}';
  const answer = await raw(
    `POST / HTTP/1.1\r\nHost: sync-localhost\r\nX-Amz-Target: AWSStepFunctions.ListStateMachines\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
});

test('malformed HTTP gets 400, and the next client is served', async () => {
  expect(await raw('NONSENSE\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  expect((await list()).status).toBe(200);
});

test('a body of more than 16 MB is refused, and the next client is served', async () => {
  const answer = await fetch(laptop.server.url, { method: 'POST', body: new Uint8Array(17 * 1024 * 1024) });
  expect(answer.status).toBe(413);
  expect((await list()).status).toBe(200);
});

test('pages of this machine may call, pages of other sites may not', async () => {
  expect((await list({ origin: 'http://localhost:5173' })).status).toBe(200);
  expect((await list({ origin: 'https://example.com' })).status).toBe(403);
});

test('a port in use is said in one sentence', async () => {
  const port = Number(new URL(laptop.server.url).port);
  await expect(openLaptop({ port })).rejects.toThrow(
    `Port ${port} of 127.0.0.1 is in use: stop the other server or choose another with --port.`,
  );
  await laptop.client.send(new ListStateMachinesCommand({}));
});

test('a state directory in use is said in one sentence', async () => {
  const stateDirectory = mkdtempSync(join(tmpdir(), 'state-'));
  const first = await openLaptop({ stateDirectory });
  await expect(openLaptop({ stateDirectory })).rejects.toThrow('another process is using it.');
  await first.close();
  rmSync(stateDirectory, { recursive: true });
});
