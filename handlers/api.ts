// The API behind a function URL: IAM has already let the caller in, and the deployment's access policy says for what. The
// local server serves the same `handleRequest`.
import { readFileSync } from 'node:fs';
import type { LambdaFunctionURLEvent, LambdaFunctionURLResult } from 'aws-lambda';
import { type AccessPolicy, EVERYBODY, readAccessPolicy } from '../core/api/access.ts';
import { ownApi } from '../core/api/own-api.ts';
import { handleRequest } from '../core/api/wire.ts';
import type { World } from '../core/world.ts';
import { logTrouble, onAws, type Report } from './on-aws.ts';

type CallerContext = { authorizer?: { iam?: { userArn?: string } } };

export function createApiHandler(
  world: World,
  policy: AccessPolicy = readAccessPolicy(EVERYBODY),
  report: Report = logTrouble,
) {
  world.ownApi ??= ownApi(world);
  return async (event: LambdaFunctionURLEvent): Promise<LambdaFunctionURLResult> => {
    const { body = '', isBase64Encoded, headers, requestContext } = event;
    const request = {
      method: requestContext.http.method,
      headers: headers as Record<string, string>,
      body: isBase64Encoded ? Buffer.from(body, 'base64').toString() : body,
      access: { caller: (requestContext as CallerContext).authorizer?.iam?.userArn, policy },
    };
    const answer = await handleRequest(world, request, (trouble, requestId) => report(trouble, `Request ${requestId}`));
    return { statusCode: answer.status, headers: answer.headers, body: answer.body };
  };
}

/** The policy lies beside the bundle, where the build put it: without one nobody is let in. */
function deployedPolicy(): AccessPolicy {
  return readAccessPolicy(JSON.parse(readFileSync(new URL('access.json', import.meta.url), 'utf8')));
}

export const handler = onAws<LambdaFunctionURLEvent, unknown, LambdaFunctionURLResult>((world) =>
  createApiHandler(world, deployedPolicy()),
);
