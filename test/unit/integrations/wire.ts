// A service of AWS as its clients see it: an HTTP server on loopback that gives one prepared answer and keeps what it
// was asked, so that the real SDK is tested without any service.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AwsServiceError, type ServiceAnswer, ServiceError, type ServiceRequest } from '../../../core/ports.ts';
import { awsServices } from '../../../infra/aws/services.ts';

export interface WireAnswer {
  status?: number;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
}

export interface Asked {
  url: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

type Request = Omit<ServiceRequest, 'spelling'> & Partial<Pick<ServiceRequest, 'spelling'>>;

/** One request through an adapter that assumes machines' roles where it can; what went over the wire, and what came of it. */
export async function callOverWire(
  request: Request,
  ...answers: WireAnswer[]
): Promise<{ asked: Asked[]; answer?: ServiceAnswer; error?: AwsServiceError }> {
  const asked: Asked[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk) => chunks.push(chunk));
    incoming.on('end', () => {
      const { status = 200, headers = {}, body = '{}' } = answers[asked.length] ?? answers.at(-1) ?? {};
      asked.push({ url: incoming.url ?? '', headers: incoming.headers, body: Buffer.concat(chunks).toString() });
      outgoing.writeHead(status, { connection: 'close', ...headers }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const services = awsServices({
    region: 'us-east-1',
    environment: { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` },
    machineRoles: 'try',
    now: () => 0,
  });
  try {
    const answer = await services.call({ spelling: 'v2', ...request }, new AbortController().signal);
    return { asked, answer };
  } catch (error) {
    if (error instanceof ServiceError) return { asked, error: error as AwsServiceError };
    throw error;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
