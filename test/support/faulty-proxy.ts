// A network that misbehaves, from a seed: between a client of AWS and an emulator it resets connections before the request
// is done and after, answers throttles and internal errors in the services' own words, and lets answers overtake others.
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { seededRandom } from './random.ts';

/** How often each fault strikes, of a request; the rest goes through. */
export interface FaultRates {
  /** The connection breaks; nothing was done. */
  reset: number;
  /** It was done; the connection breaks instead of the answer. */
  lost: number;
  /** Too many requests: nothing was done. */
  throttled: number;
  /** The service fails: nothing was done. */
  failed: number;
  /** The answer comes after some that were asked for later. */
  late: number;
}

export interface FaultyProxy {
  url: string;
  /** Faults that struck, by kind, and all requests. */
  counts: Record<keyof FaultRates | 'requests', number>;
  /** From now on everything goes through. */
  heal(): void;
  close(): Promise<void>;
}

/** Turns of the event loop that a late answer waits. */
const LATE_TURNS = 200;

export async function faultyProxy(target: string, seed: number, rates: FaultRates): Promise<FaultyProxy> {
  const random = seededRandom(seed);
  const counts = { requests: 0, reset: 0, lost: 0, throttled: 0, failed: 0, late: 0 };
  let isHealed = false;

  function fault(): keyof FaultRates | undefined {
    counts.requests++;
    let left = random();
    for (const kind of Object.keys(rates) as (keyof FaultRates)[]) {
      left -= rates[kind];
      if (left >= 0 || isHealed) continue;
      counts[kind]++;
      return kind;
    }
    return undefined;
  }

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const kind = fault();
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    if (kind === 'reset') return void incoming.socket.destroy();
    if (kind === 'throttled') return refuse(incoming, outgoing, 400);
    if (kind === 'failed') return refuse(incoming, outgoing, 500);
    const answer = await forward(target, incoming, Buffer.concat(chunks));
    if (kind === 'lost') return void incoming.socket.destroy();
    if (kind === 'late') for (let turn = 0; turn < LATE_TURNS; turn++) await new Promise((go) => setImmediate(go));
    outgoing.writeHead(answer.status, answer.headers);
    outgoing.end(answer.body);
  }

  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => incoming.socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    heal() {
      isHealed = true;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function forward(target: string, { method, url, headers }: IncomingMessage, body: Buffer) {
  return new Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }>((resolve, reject) => {
    const sent = request(new URL(url ?? '/', target), { method, headers }, async (answer) => {
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk as Buffer);
      resolve({ status: answer.statusCode ?? 500, headers: answer.headers, body: Buffer.concat(chunks) });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** As the service would: DynamoDB and SQS in JSON, S3 in XML. */
function refuse({ headers }: IncomingMessage, outgoing: ServerResponse, status: 400 | 500): void {
  const isS3 = headers['x-amz-target'] === undefined;
  const isSqs = String(headers['x-amz-target']).startsWith('AmazonSQS');
  const throttle = isS3 ? 'SlowDown' : isSqs ? 'RequestThrottled' : 'ProvisionedThroughputExceededException';
  const code = status === 400 ? throttle : isS3 ? 'InternalError' : 'InternalServerError';
  if (isS3) {
    outgoing.writeHead(status === 400 ? 503 : 500, { 'content-type': 'application/xml' });
    outgoing.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>by the proxy</Message></Error>`);
  } else {
    outgoing.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
    outgoing.end(JSON.stringify({ __type: code, message: 'by the proxy' }));
  }
}
