// Requests to real servers on loopback: what is sent, what comes back, and what is never connected to.
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { HttpRequest, NameValue } from '../../../core/ports.ts';
import { signatureOf } from '../../../infra/aws/signature.ts';
import { allowedHosts } from '../../../infra/http/allowed-hosts.ts';
import { type EndpointsOptions, httpEndpoints } from '../../../infra/http/endpoints.ts';
import { CERTIFICATE } from '../../support/certificate.ts';
import { type Asked, answerJson, type WebServer, webServer } from '../../support/web-server.ts';

const NEVER = new AbortController().signal;
const LOOPBACK = '*,127.0.0.0/8,::1';
const opened: WebServer[] = [];

afterEach(() => {
  for (const server of opened.splice(0)) server.close();
});

async function open(...[answer, tls]: Parameters<typeof webServer>): Promise<WebServer> {
  const server = await webServer(answer, tls);
  opened.push(server);
  return server;
}

function send(
  request: Partial<HttpRequest> & { url: string },
  list = LOOPBACK,
  options: Partial<EndpointsOptions> = {},
) {
  const endpoints = httpEndpoints({ hosts: allowedHosts(list), remedy: 'See the list.', ...options });
  return endpoints.send({ method: 'GET', headers: [], maxBytes: 1000, ...request }, NEVER);
}

const echo = (request: Asked, response: Parameters<Parameters<typeof webServer>[0]>[1]) =>
  answerJson(response, request);

test('method, path, headers with their spelling, and body arrive; status, headers and body come back', async () => {
  const { port, asked } = await open((_request, response) => {
    response.writeHead(207, 'Some of it', { 'X-Answer': ['a', 'b'] }).end('körper');
  });
  const headers: NameValue[] = [
    ['X-One', '1'],
    ['X-One', '2'],
  ];
  const answer = await send({ url: `http://127.0.0.1:${port}/a%20b?c=d`, method: 'PATCH', headers, body: 'grün' });
  expect(asked[0]).toMatchObject({ method: 'PATCH', url: '/a%20b?c=d', body: 'grün' });
  expect(asked[0]!.headers).toMatchObject({ 'x-one': '1, 2', host: `127.0.0.1:${port}`, 'content-length': '5' });
  expect(answer).toMatchObject({ status: 207, statusText: 'Some of it' });
  expect(answer.headers.filter(([name]) => name === 'X-Answer')).toEqual([
    ['X-Answer', 'a'],
    ['X-Answer', 'b'],
  ]);
  expect(Buffer.from(answer.body).toString()).toBe('körper');
});

test.each(['GET', 'DELETE', 'OPTIONS', 'POST'])(
  'the body of a %s is its body, and no further request',
  async (method) => {
    const { port, asked } = await open(echo);
    const body = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
    const headers: NameValue[] = [['content-length', '0']];
    await send({ url: `http://127.0.0.1:${port}/`, method, headers, body });
    expect(asked).toMatchObject([{ method, url: '/', body }]);
  },
);

test('a redirect is an answer like any other', async () => {
  const { port, asked } = await open((_request, response) => {
    response.writeHead(302, { Location: 'http://169.254.169.254/latest/meta-data/' }).end();
  });
  expect(await send({ url: `http://127.0.0.1:${port}/` })).toMatchObject({ status: 302, statusText: 'Found' });
  expect(asked).toHaveLength(1);
});

test('an answer that is too large is not read to its end', async () => {
  const { port } = await open((_request, response) => {
    response.writeHead(200);
    const more = () => response.write('x'.repeat(10_000), more); // Without end.
    more();
  });
  await expect(send({ url: `http://127.0.0.1:${port}/` })).rejects.toMatchObject({ kind: 'too-large' });
});

test.each([
  [
    'a server that hangs up',
    (_request: Asked, { socket }: { socket: { destroy(): void } | null }) => socket?.destroy(),
    'socket hang up',
  ],
])('%s is trouble with the socket', async (_title, answer, message) => {
  const { port } = await open(answer);
  await expect(send({ url: `http://127.0.0.1:${port}/` })).rejects.toMatchObject({ kind: 'socket', message });
});

test('nobody listening is trouble with the socket', async () => {
  const server = await open(echo);
  server.close();
  await expect(send({ url: `http://127.0.0.1:${server.port}/` })).rejects.toMatchObject({
    kind: 'socket',
    message: expect.stringContaining('ECONNREFUSED'),
  });
});

test('an unknown name is trouble with the socket', async () => {
  await expect(send({ url: 'https://nowhere.invalid/' })).rejects.toMatchObject({ kind: 'socket' });
});

test('headers of any name are sent; how long the body is, we say ourselves', async () => {
  const { port, asked } = await open(echo);
  const headers: NameValue[] = [
    ['Content-Length', '1'],
    ['__proto__', 'x'],
    ['constructor', 'y'],
  ];
  await send({ url: `http://127.0.0.1:${port}/`, method: 'POST', headers, body: 'four' });
  expect(asked[0]!.body).toBe('four');
  expect(Object.entries(asked[0]!.headers)).toEqual(
    expect.arrayContaining([
      ['content-length', '4'],
      ['constructor', 'y'],
    ]),
  );
});

test('a header that HTTP cannot carry is trouble, not a crash', async () => {
  const headers: NameValue[] = [['X-Split', 'a\r\nX-Other: b']];
  await expect(send({ url: 'http://127.0.0.1:1/', headers })).rejects.toMatchObject({ kind: 'socket' });
});

describe('what is never connected to', () => {
  test('an address that is not public', async () => {
    const { port, asked } = await open(echo);
    for (const host of ['127.0.0.1', '0x7f.1', '2130706433', '[::ffff:127.0.0.1]'])
      await expect(send({ url: `https://${host}:${port}/` }, '*')).rejects.toMatchObject({
        kind: 'refused',
        message: expect.stringMatching(/is not among the allowed hosts\. See the list\.$/),
      });
    expect(asked).toEqual([]);
  });

  test('a name behind which stands such an address, whatever the name promises', async () => {
    const { port, asked } = await open(echo);
    await expect(send({ url: `https://localhost:${port}/` }, 'localhost')).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(
        /^localhost is at (127\.0\.0\.1|::1), which is not a public address\. See the list\.$/,
      ),
    });
    expect(asked).toEqual([]);
  });

  test('a name that is not in the list, before anybody resolves it', async () => {
    await expect(send({ url: 'https://nowhere.invalid/' }, 'api.example.com,127.0.0.1')).rejects.toMatchObject({
      kind: 'refused',
    });
  });

  test('an address without TLS that the list does not name', async () => {
    await expect(send({ url: 'http://93.184.216.34/' }, '*')).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('without TLS'),
    });
  });
});

describe('TLS', () => {
  test('to a name, at the address that was looked at', async () => {
    const { port, asked } = await open(echo, CERTIFICATE);
    const url = `https://localhost:${port}/hidden`;
    expect(await send({ url }, 'localhost,127.0.0.1', { ca: CERTIFICATE.cert })).toMatchObject({ status: 200 });
    expect(asked[0]!.headers.host).toBe(`localhost:${port}`);
  });

  test('not with a certificate that nobody vouches for', async () => {
    const { port, asked } = await open(echo, CERTIFICATE);
    await expect(send({ url: `https://localhost:${port}/` })).rejects.toMatchObject({
      kind: 'socket',
      message: expect.stringContaining('self-signed certificate'),
    });
    expect(asked).toEqual([]);
  });
});

describe('an API of API Gateway', () => {
  const url = 'https://abc123.execute-api.eu-west-1.amazonaws.com/dev/pets?b=2&a=1';
  const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'token' };
  const signatureIn = (headers: readonly NameValue[]) => headers.find(([name]) => name === 'authorization')![1];
  const sign = (request: HttpRequest) => signatureOf(request, credentials, 'us-east-1');

  test('is called at the emulator by its own name, signed for the region it is in', async () => {
    const { port, asked } = await open(echo);
    const options = { apiGatewayEndpoint: `http://127.0.0.1:${port}`, sign };
    await send({ url, method: 'POST', body: '{}', apiGateway: { sign: {} } }, '', options);
    expect(asked[0]).toMatchObject({ method: 'POST', url: '/dev/pets?b=2&a=1', body: '{}' });
    expect(asked[0]!.headers).toMatchObject({
      host: 'abc123.execute-api.eu-west-1.amazonaws.com',
      'x-amz-security-token': 'token',
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-west-1\/execute-api\/aws4_request/,
      ),
    });
  });

  test('signs a header that comes more than once as one line', async () => {
    vi.useFakeTimers({ toFake: ['Date'] }); // The time is signed, too.
    const request = (headers: NameValue[]): HttpRequest => ({ method: 'GET', url, headers, maxBytes: 1 });
    const twice = await sign(
      request([
        ['X-A', '1'],
        ['X-A', '2'],
      ]),
    );
    const once = await sign(request([['X-A', '1,2']]));
    const other = await sign(request([['X-A', '2']]));
    expect(signatureIn(twice)).toBe(signatureIn(once));
    expect(signatureIn(twice)).not.toBe(signatureIn(other));
    vi.useRealTimers();
  });

  test('unsigned, without credentials', async () => {
    const { port, asked } = await open(echo);
    await send({ url, apiGateway: {} }, '', { apiGatewayEndpoint: `http://127.0.0.1:${port}`, sign });
    expect(asked[0]!.headers.authorization).toBeUndefined();
  });

  test('another host by that way is refused like everywhere', async () => {
    const { port, asked } = await open(echo);
    const options = { apiGatewayEndpoint: `http://127.0.0.1:${port}` };
    await expect(send({ url: 'https://evil.example/', apiGateway: {} }, '', options)).rejects.toMatchObject({
      kind: 'refused',
    });
    expect(asked).toEqual([]);
  });
});
