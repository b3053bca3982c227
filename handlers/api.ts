// The API behind a function URL: IAM has already let the caller in. The local server serves the same `handleRequest`.
import type { LambdaFunctionURLEvent, LambdaFunctionURLResult } from 'aws-lambda';
import { ownApi } from '../core/api/own-api.ts';
import { handleRequest } from '../core/api/wire.ts';
import type { World } from '../core/world.ts';
import { logTrouble, onAws, type Report } from './on-aws.ts';

export function createApiHandler(world: World, report: Report = logTrouble) {
  world.ownApi ??= ownApi(world);
  return async (event: LambdaFunctionURLEvent): Promise<LambdaFunctionURLResult> => {
    const { body = '', isBase64Encoded, headers, requestContext } = event;
    const request = {
      method: requestContext.http.method,
      headers: headers as Record<string, string>,
      body: isBase64Encoded ? Buffer.from(body, 'base64').toString() : body,
    };
    const answer = await handleRequest(world, request, (trouble, requestId) => report(trouble, `Request ${requestId}`));
    return { statusCode: answer.status, headers: answer.headers, body: answer.body };
  };
}

export const handler = onAws<LambdaFunctionURLEvent, unknown, LambdaFunctionURLResult>((world) =>
  createApiHandler(world),
);
