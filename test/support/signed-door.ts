// A function URL as far as signatures go: lets in only what is signed for `lambda` with the right secret, and hands it to
// the API in memory, as a deployment's handler gets it.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { LambdaFunctionURLEvent, LambdaFunctionURLResult } from 'aws-lambda';
import { ApiError } from '../../core/errors.ts';
import { verifySignature } from '../../local/signature.ts';

export const CALLER = { accessKeyId: 'AKIACALLER', secretAccessKey: 'the-secret-of-the-caller' };
export const USER_ARN = 'arn:aws:iam::123456789012:user/caller';

export interface SignedDoor {
  url: string;
  /** Requests that were let in: their headers. */
  seen: Record<string, string | undefined>[];
  close(): void;
}

export async function openSignedDoor(
  handler: (event: LambdaFunctionURLEvent) => Promise<LambdaFunctionURLResult>,
): Promise<SignedDoor> {
  const seen: SignedDoor['seen'] = [];
  const server = createServer(async (request, response) => {
    const headers = request.headers as Record<string, string>;
    const { method = '', url = '' } = request;
    const body = await buffer(request);
    try {
      const secretOf = (id: string) => (id === CALLER.accessKeyId ? CALLER.secretAccessKey : undefined);
      verifySignature({ method, url, headers, body }, { secretOf, service: 'lambda', now: Date.now() });
    } catch (error) {
      // A function URL's answer to whoever may not call it.
      response.writeHead(403, { 'content-type': 'application/json', 'x-amzn-errortype': 'AccessDeniedException' });
      response.end(JSON.stringify({ Message: `Forbidden: ${(error as ApiError).message}` }));
      return;
    }
    seen.push(headers);
    const requestContext = { http: { method }, authorizer: { iam: { userArn: USER_ARN } } };
    const event = { headers, body: body.toString(), isBase64Encoded: false, requestContext };
    const answer = await handler(event as unknown as LambdaFunctionURLEvent);
    if (typeof answer === 'string') throw new ApiError('InternalFailure', 'The handler answers with an object.', 500);
    response.writeHead(answer.statusCode ?? 200, answer.headers as Record<string, string>).end(answer.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    seen,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
