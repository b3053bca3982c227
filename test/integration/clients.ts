// AWS's own clients, pointed at LocalStack; the Step Functions one at Stepwell's function URL there.

import { lookup } from 'node:dns';
import { Agent } from 'node:http';
import type { LookupFunction } from 'node:net';
import { Lambda } from '@aws-sdk/client-lambda';
import { S3 } from '@aws-sdk/client-s3';
import { SFN } from '@aws-sdk/client-sfn';

/** The account of the tutorials. LocalStack takes an access key of twelve digits for the account's number. */
export const ACCOUNT = '123456789012';

const account = { region: 'us-east-1', credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'test' } };

export function lambdaClient(endpoint: string): Lambda {
  return new Lambda({ ...account, endpoint });
}

export function s3Client(endpoint: string): S3 {
  return new S3({ ...account, endpoint, forcePathStyle: true });
}

/** A function URL is told by its host name, which need not resolve here: every name leads to LocalStack's address. */
export function sfnClient(endpoint: string, apiUrl: string): SFN {
  const { hostname, port } = new URL(endpoint);
  const url = new URL(apiUrl);
  url.port = port;
  const toLocalStack: LookupFunction = (_name, options, found) => lookup(hostname, options, found);
  return new SFN({
    ...account,
    endpoint: url.href,
    disableHostPrefix: true,
    requestHandler: { httpAgent: new Agent({ keepAlive: true, lookup: toLocalStack }) },
  });
}
