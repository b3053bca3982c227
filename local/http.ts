// HTTP in front of the API: AWS JSON goes to `handleRequest`, `GET /` says in plain text what this is. Nothing that a
// client sends ends the server. Any Host is served (clients put `sync-` before it); a page of another origin is not,
// because a browser would let any web site that names itself 127.0.0.1 call us.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type ApiResponse, errorResponse, handleRequest } from '../core/api/wire.ts';
import { ApiError } from '../core/errors.ts';
import type { World } from '../core/world.ts';
import type { Admission } from './admission.ts';
import { type SignedRequest, verifySignature } from './signature.ts';

/** Above every limit of the API itself, which answers in its own words. */
const BODY_BYTES_MAX = 16 * 1024 * 1024;
/** SDKs keep connections; closing them first makes their next request fail. */
const KEEP_ALIVE_MS = 75_000;

const LOCAL_ORIGIN = /^https?:\/\/(?:sync-)?(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

export interface HttpOptions {
  /** The secret that every request must be signed with, under any access key id; undefined: all are taken. */
  token?: string | undefined;
  /** Throws where a request is refused. */
  admit?: Admission;
  statusText(): string;
  report(trouble: unknown, where: string): void;
}

export function httpServer(world: World, options: HttpOptions): Server {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    answer(world, request, options, gone.signal)
      .then((answered) => respond(response, answered))
      .catch((trouble) => {
        options.report(trouble, 'HTTP');
        response.destroy();
      });
  });
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
  return server;
}

async function answer(
  world: World,
  request: IncomingMessage,
  options: HttpOptions,
  signal: AbortSignal,
): Promise<ApiResponse> {
  const { origin } = request.headers;
  if (origin !== undefined && !LOCAL_ORIGIN.test(origin)) return plain(403, `No requests from ${origin}.\n`);
  const body = await readBody(request);
  if (body === undefined) return plain(413, `A request may have ${BODY_BYTES_MAX} bytes.\n`);
  if (request.method === 'GET' || request.method === 'HEAD') {
    // What we say of this machine is for whoever sits at it.
    if (options.token !== undefined) return plain(404, 'The API takes POST /, signed with the token.\n');
    return request.url === '/' ? plain(200, options.statusText()) : plain(404, 'Nothing here. The API takes POST /.\n');
  }
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
  const { method = '', url = '/' } = request;
  try {
    if (options.token !== undefined) verify({ method, url, headers, body }, options.token, world.clock.now());
    options.admit?.(headers['x-amz-target'] ?? '');
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return errorResponse(world.newId(), error);
  }
  return handleRequest(world, { method, headers, body: body.toString(), signal }, (trouble, requestId) =>
    options.report(trouble, `Request ${requestId}`),
  );
}

/** The token is the secret key of whatever access key id a client has: it never travels, and stock clients sign with it. */
function verify(request: SignedRequest, token: string, now: number): void {
  verifySignature(request, { secretOf: () => token, service: 'states', now });
}

/** Undefined when there is too much of it; the rest is then read and forgotten, so that the answer arrives. */
function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= BODY_BYTES_MAX) chunks.push(chunk);
      else chunks.length = 0;
    });
    request.on('end', () => resolve(size <= BODY_BYTES_MAX ? Buffer.concat(chunks) : undefined));
    request.on('error', reject);
  });
}

function plain(status: number, body: string): ApiResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

function respond(response: ServerResponse, { status, headers, body }: ApiResponse): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
