// The door of `stepwell proxy`: takes requests of stock clients, which sign for `states`, and passes them to a function
// URL, signed for `lambda` by whoever started the proxy. Whoever can call it acts for that person, so it listens on
// loopback only, and a browser that some web site leads here (by an Origin, or a Host of its own) is refused.
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { SFNClientResolvedConfig } from '@aws-sdk/client-sfn';
import { SignatureV4 } from '@smithy/signature-v4';
import { agentHere } from './deployment.ts';

export interface ProxyOptions {
  /** The function URL. */
  url: URL;
  /** Who signs, as the SDK resolved it. */
  caller: Pick<SFNClientResolvedConfig, 'region' | 'credentials' | 'sha256'>;
  /** Hears of requests that could not be passed on. */
  report(sentence: string): void;
}

const LOCAL_HOST = /^(?:sync-)?(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;
/** What Lambda takes at most. */
const BODY_BYTES_MAX = 6 * 1024 * 1024;
/** All that the API reads of a request, and who asks. The rest belongs to the first signature or to the connection. */
const PASSED_ON = ['content-type', 'x-amz-target', 'user-agent', 'x-amz-user-agent', 'amz-sdk-invocation-id'];
/** These belong to the connection, not to the answer. */
const NOT_PASSED_BACK = new Set(['connection', 'keep-alive', 'transfer-encoding']);

export function proxyServer(options: ProxyOptions): Server {
  const { url, caller, report } = options;
  const signer = new SignatureV4({ service: 'lambda', ...caller });
  const agent = url.protocol === 'https:' ? new HttpsAgent({ keepAlive: true }) : agentHere();
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = refusalOf(request);
    if (refusal !== undefined) return refuse(response, 403, 'AccessDeniedException', refusal);
    if (request.method !== 'POST') return refuse(response, 405, 'UnknownOperationException', 'The API takes POST /.');
    const body = await readBody(request);
    if (body === undefined)
      return refuse(response, 413, 'RequestEntityTooLargeException', 'Request size exceeded the limit');
    const { headers } = await signer.sign(requestTo(url, request, body));
    const upstream = send(url, { method: 'POST', headers, agent });
    response.on('close', () => upstream.destroy());
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      upstream.on('response', resolve);
      upstream.on('error', reject);
    });
    upstream.end(body);
    const answer = await answered;
    const kept = Object.entries(answer.headers).filter(([name]) => !NOT_PASSED_BACK.has(name));
    response.writeHead(answer.statusCode!, Object.fromEntries(kept));
    await pipeline(answer, response);
  }

  return createServer((request, response) => {
    pass(request, response).catch((trouble: Error) => {
      if (response.headersSent || response.destroyed) return response.destroy();
      const sentence = `${trouble.name === 'Error' ? '' : `${trouble.name}: `}${trouble.message}`;
      report(sentence);
      refuse(response, 502, 'ServiceUnavailable', `stepwell proxy could not reach ${url.host}: ${sentence}`);
    });
  });
}

function refusalOf({ headers: { host, origin } }: IncomingMessage): string | undefined {
  if (host === undefined || !LOCAL_HOST.test(host)) return `stepwell proxy serves this machine, not '${host ?? ''}'.`;
  if (origin === undefined) return undefined;
  const isLocal = URL.canParse(origin) && LOCAL_HOST.test(new URL(origin).host);
  return isLocal ? undefined : `stepwell proxy takes no requests from ${origin}.`;
}

/** Undefined when there is too much of it. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const length = Number(request.headers['content-length'] ?? 0);
  const body = length > BODY_BYTES_MAX ? undefined : await buffer(request);
  return body !== undefined && body.length > BODY_BYTES_MAX ? undefined : body;
}

/** What is signed: the very bytes, for the URL's own host. */
function requestTo(url: URL, request: IncomingMessage, body: Buffer) {
  const headers: Record<string, string> = { host: url.host, 'content-length': String(body.length) };
  for (const name of PASSED_ON) {
    const value = request.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  return {
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: {},
    headers,
    body,
  };
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0', connection: 'close' });
  response.end(JSON.stringify({ __type: code, message }));
}
