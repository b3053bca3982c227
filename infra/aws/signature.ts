// Signature Version 4 of requests that no client of the SDK makes: those to APIs of API Gateway.
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import type { SignatureV4 } from '@smithy/signature-v4';
import type { HttpRequest, NameValue } from '../../core/ports.ts';
import type { RoleCredentials } from './assumed-roles.ts';

type Options = ConstructorParameters<typeof SignatureV4>[0];

/** Node's own SHA-256 in the shape that the signer wants. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array | string {
  if (typeof data === 'string') return data;
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

export type SignerCredentials = Options['credentials'];

/** Loaded only where somebody signs. */
export async function signerOf(
  service: string,
  region: string,
  credentials: RoleCredentials | SignerCredentials,
): Promise<SignatureV4> {
  const { SignatureV4: Signer } = await import('@smithy/signature-v4');
  return new Signer({ service, region, credentials, sha256: Sha256 as unknown as Options['sha256'] });
}

/** The headers to add: date, token, Authorization. The region is that of the API's own name, where it tells one. */
export async function signatureOf(
  { method, url: address, headers, body }: HttpRequest,
  credentials: RoleCredentials | SignerCredentials,
  ownRegion: string,
): Promise<NameValue[]> {
  const url = new URL(address);
  const region = /\.execute-api\.([a-z0-9-]+)\./.exec(url.hostname)?.[1] ?? ownRegion;
  const signer = await signerOf('execute-api', region, credentials);
  const query: Record<string, string[]> = {};
  for (const [name, value] of url.searchParams) query[name] = [...(query[name] ?? []), value];
  const given: Record<string, string> = { host: url.host };
  // A header that comes more than once is signed as one line.
  for (const [name, value] of headers) given[name] = Object.hasOwn(given, name) ? `${given[name]},${value}` : value;
  const signed = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query,
    headers: given,
    body,
  } as Parameters<SignatureV4['sign']>[0]);
  return Object.entries(signed.headers).filter(([name]) => !Object.hasOwn(given, name));
}
