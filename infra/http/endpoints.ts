// HTTP requests to wherever a definition says, as far as the deployment allows. A name is resolved here and the
// connection made to an address that was looked at, so that a name cannot point elsewhere between the look and the
// connection. Every request has a connection of its own, follows no redirect and is made once.
import { lookup as resolve } from 'node:dns/promises';
import { type IncomingMessage, request as plainRequest, type RequestOptions, STATUS_CODES } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import {
  type ClusterAccess,
  type HttpAnswer,
  type HttpEndpoints,
  type HttpRequest,
  HttpTrouble,
  type NameValue,
} from '../../core/ports.ts';
import type { AllowedHosts } from './allowed-hosts.ts';

export interface EndpointsOptions {
  hosts: AllowedHosts;
  /** What to do when a host is refused, for the error's last sentence. */
  remedy: string;
  /** Requests to APIs of API Gateway go there instead, with the API's own name as their Host: an emulator. */
  apiGatewayEndpoint?: string | undefined;
  /** The headers of Signature Version 4 beside the given ones. Throws StatesError for a role that cannot be assumed. */
  sign?(request: HttpRequest, signal: AbortSignal): Promise<NameValue[]>;
  /** The token that a cluster of EKS lets in. Throws StatesError for a role that cannot be assumed. */
  clusterToken?(cluster: ClusterAccess, url: URL, signal: AbortSignal): Promise<string>;
  /** Certificates to trust instead of the public ones. */
  ca?: string;
}

/** An API of API Gateway may be called whatever the list says: it is a service of AWS like any other. */
const API_GATEWAY_HOST = /^[a-z0-9]+(-vpce-[a-z0-9-]+)?\.execute-api\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/;

/** The API of a cluster, too. */
const CLUSTER_HOST = /^[a-z0-9]+\.[a-z0-9]+\.[a-z0-9-]+\.eks\.amazonaws\.com(\.cn)?$/;

export function httpEndpoints(options: EndpointsOptions): HttpEndpoints {
  const { hosts, remedy, apiGatewayEndpoint, sign, clusterToken, ca } = options;
  const refused = (why: string) => new HttpTrouble('refused', `${why}. ${remedy}`);

  /** Throws for an address that may not be called; plain HTTP needs one that is named in the list. */
  function checkAddress(host: string, address: string, isTls: boolean): void {
    if (!hosts.isAddressAllowed(address)) throw refused(`${host} is at ${address}, which is not a public address`);
    if (!isTls && !hosts.isNamed(address))
      throw refused(`${host} is not called without TLS: its address is not among the allowed ones`);
  }

  /** As the socket resolves names: only addresses that may be called come out. */
  function lookupAllowed(isTls: boolean): LookupFunction {
    return (host, lookupOptions, callback) => {
      resolve(host, { ...lookupOptions, all: true }).then(
        (found) => {
          const usable = found.filter(
            ({ address }) => hosts.isAddressAllowed(address) && (isTls || hosts.isNamed(address)),
          );
          try {
            if (usable.length === 0) for (const { address } of found) checkAddress(host, address, isTls);
          } catch (error) {
            return callback(error as Error, []);
          }
          if (lookupOptions.all) callback(null, usable);
          else callback(null, usable[0]!.address, usable[0]!.family);
        },
        (error) => callback(error, []),
      );
    };
  }

  /** Where the connection goes. An emulator is the user's own choice, so nobody asks about it. */
  function target(request: HttpRequest): { url: URL; connection: RequestOptions } {
    const url = new URL(request.url);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const isApi = request.apiGateway !== undefined && API_GATEWAY_HOST.test(host);
    if (isApi && apiGatewayEndpoint !== undefined) {
      const { protocol, hostname, port } = new URL(apiGatewayEndpoint);
      return { url, connection: { protocol, hostname, port, setHost: false, headers: { Host: url.host } } };
    }
    const isTls = url.protocol === 'https:';
    const isCluster = request.cluster !== undefined && CLUSTER_HOST.test(host);
    const why = hosts.refusal(host, isApi || isCluster);
    if (why !== undefined) throw refused(why);
    // Whoever reads a token may use it.
    if (request.cluster !== undefined && !isTls) throw new HttpTrouble('refused', `${host} is not called without TLS`);
    if (isIP(host) !== 0) checkAddress(host, host, isTls);
    return {
      url,
      connection: { protocol: url.protocol, hostname: host, port: url.port, lookup: lookupAllowed(isTls) },
    };
  }

  return {
    async send(request, signal) {
      const { url, connection } = target(request);
      const { apiGateway, cluster } = request;
      const signature = apiGateway?.sign === undefined ? [] : ((await sign?.(request, signal)) ?? []);
      const token: NameValue[] =
        cluster === undefined ? [] : [['Authorization', `Bearer ${await clusterToken?.(cluster, url, signal)}`]];
      const trusted = cluster === undefined ? ca : certificateOf(cluster);
      const headers = {
        ...connection.headers,
        ...sentHeaders([...request.headers, ...signature, ...token], request.body),
      };
      return await sent(
        {
          ...connection,
          method: request.method,
          path: `${url.pathname}${url.search}`,
          headers,
          agent: false,
          signal,
          ...(trusted === undefined ? {} : { ca: trusted }),
        },
        request,
      );
    },
  };
}

/** Node would trust nobody, and not say why, where this is no certificate. */
function certificateOf({ certificateAuthority }: ClusterAccess): string {
  const pem = Buffer.from(certificateAuthority, 'base64').toString();
  if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem;
  throw new HttpTrouble(
    'refused',
    'The CertificateAuthority is not a certificate in Base64, as DescribeCluster gives it',
  );
}

/**
 * How long a body is we say, whatever an author says. Node says nothing of it in a GET or a DELETE, and the other side would
 * take the body for its next request.
 */
function sentHeaders(headers: readonly NameValue[], body: string | undefined): Record<string, string[]> {
  const lists: Record<string, string[]> = Object.create(null);
  for (const [name, value] of headers) {
    if (name.toLowerCase() === 'content-length') continue;
    const list = lists[name] ?? [];
    list.push(value);
    lists[name] = list;
  }
  if (body !== undefined) lists['Content-Length'] = [String(Buffer.byteLength(body))];
  return lists;
}

function sent(options: RequestOptions, { body, maxBytes }: HttpRequest): Promise<HttpAnswer> {
  return new Promise((done, fail) => {
    const failed = (error: Error) =>
      fail(error instanceof HttpTrouble ? error : new HttpTrouble('socket', socketText(error)));
    let request: ReturnType<typeof plainRequest>;
    try {
      request = (options.protocol === 'https:' ? tlsRequest : plainRequest)(options);
    } catch (error) {
      return failed(error as Error); // A header that HTTP cannot carry.
    }
    request.once('error', failed);
    request.once('response', (incoming) => read(incoming, maxBytes).then(done, failed));
    request.end(body);
  });
}

async function read(incoming: IncomingMessage, maxBytes: number): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new HttpTrouble('too-large', `The answer has more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  const { statusCode: status = 0, statusMessage, rawHeaders } = incoming;
  return {
    status,
    statusText: statusMessage || STATUS_CODES[status] || '',
    headers: rawHeaders.flatMap((name, index) =>
      index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ''] as const] : [],
    ),
    body: Buffer.concat(chunks),
  };
}

/** Trouble between here and there, without more of us than the reader needs. */
function socketText(error: Error & { code?: string; hostname?: string }): string {
  if (error.code === 'ENOTFOUND') return `${error.hostname}: Name or service not known`;
  // A host with several addresses fails once per address.
  if (error instanceof AggregateError && error.errors.length > 0) return socketText(error.errors[0]);
  return error.message || String(error.code);
}
