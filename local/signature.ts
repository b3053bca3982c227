// Whether a request was signed by somebody who knows a secret: AWS Signature Version 4, verified as AWS does, over the
// very bytes that came. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { ApiError } from '../core/errors.ts';

export interface SignedRequest {
  method: string;
  /** Path and query, as they stand in the request. */
  url: string;
  /** Names in lower case. */
  headers: Record<string, string | undefined>;
  body: Buffer;
}

export interface Verification {
  /** Which secret an access key id stands for; undefined where it stands for none. */
  secretOf(accessKeyId: string): string | undefined;
  /** What the signature must be for. */
  service: string;
  now: number;
}

/** Clocks may differ by this much. */
const SKEW_MS = 5 * 60_000;
const ALGORITHM = 'AWS4-HMAC-SHA256';
const CREDENTIAL = /^([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request$/;

/** Throws ApiError with AWS's texts. The region of the signature does not matter to us, only that it was signed. */
export function verifySignature(request: SignedRequest, { secretOf, service, now }: Verification): void {
  const { authorization, 'x-amz-date': time = '' } = request.headers;
  if (authorization === undefined)
    throw new ApiError('MissingAuthenticationTokenException', 'Missing Authentication Token', 403);
  const { accessKeyId, scope, signedHeaders, signature } = partsOf(authorization);
  const [day, region, signedFor] = scope;
  const secret = secretOf(accessKeyId);
  if (secret === undefined)
    throw new ApiError('UnrecognizedClientException', 'The security token included in the request is invalid.', 403);
  if (signedFor !== service) throw invalid(`Credential should be scoped to correct service: '${service}'.`);
  const at = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(Math.abs(now - at) <= SKEW_MS) || !time.startsWith(day))
    throw invalid(`Signature expired: ${time} is not within 5 minutes of the server's time.`);
  for (const required of ['host', 'x-amz-target'])
    if (request.headers[required] !== undefined && !signedHeaders.includes(required))
      throw invalid(`'${required}' must be a 'SignedHeader' in the AWS Authorization.`);
  const text = [
    ALGORITHM,
    time,
    `${scope.join('/')}/aws4_request`,
    sha256(canonicalRequest(request, signedHeaders)),
  ].join('\n');
  const key = [day, region, signedFor, 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${secret}`);
  const expected = hmac(key, text);
  const given = Buffer.from(signature, 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw invalid(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
}

function invalid(message: string): ApiError {
  return new ApiError('InvalidSignatureException', message, 403);
}

function partsOf(authorization: string) {
  const [algorithm, ...rest] = authorization.split(/[ ,]+/);
  const parts = new Map(rest.map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]));
  const credential = CREDENTIAL.exec(parts.get('Credential') ?? '');
  const signedHeaders = parts.get('SignedHeaders')?.split(';');
  const signature = parts.get('Signature');
  if (algorithm !== ALGORITHM || credential === null || signedHeaders === undefined || signature === undefined)
    throw new ApiError(
      'IncompleteSignatureException',
      `Authorization header requires '${ALGORITHM}' with 'Credential', 'SignedHeaders' and 'Signature' parameters.`,
      403,
    );
  const [, accessKeyId, day, region, service] = credential as unknown as [string, string, string, string, string];
  return { accessKeyId, scope: [day, region, service] as const, signedHeaders, signature };
}

function canonicalRequest({ method, url, headers, body }: SignedRequest, signedHeaders: string[]): string {
  const { pathname, searchParams } = new URL(url, 'http://host');
  const query = [...searchParams].map((pair) => pair.map(encodeURIComponent).join('=')).sort();
  const lines = signedHeaders.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`);
  return [method, pathname, query.join('&'), lines.join(''), signedHeaders.join(';'), sha256(body)].join('\n');
}

function sha256(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
