// Connections of EventBridge, as EventBridge and Secrets Manager would tell of them, and from a file.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../core/expr/json.ts';
import { connectionError } from '../../../core/integrations/http-connection.ts';
import { type AwsServices, type Connection, ServiceError, type ServiceRequest } from '../../../core/ports.ts';
import { awsConnections } from '../../../infra/aws/connections.ts';
import { localConnections, readConnections } from '../../../local/connections.ts';

const ARN = 'arn:aws:events:us-east-1:123456789012:connection/shop/81210c42-8af1-456b-9c4a-6ff02fc664ac';
const SECRET = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:events!connection/shop/abc';
const NEVER = new AbortController().signal;
const ROLES = { machineRoleArn: 'arn:aws:iam::123456789012:role/machine' };
const DESCRIBED = {
  ConnectionState: 'AUTHORIZED',
  SecretArn: SECRET,
  AuthorizationType: 'API_KEY',
  AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'X-Key' } },
};

/** Services that answer with these, and the requests they got. */
function services(answers: Record<string, JsonObject | Error>): { requests: ServiceRequest[]; port: AwsServices } {
  const requests: ServiceRequest[] = [];
  const port: AwsServices = {
    async call(request) {
      requests.push(request);
      const output = answers[`${request.service}:${request.action}`]!;
      if (output instanceof Error) throw output;
      return { output, status: 200, requestId: '', headers: {} };
    },
  };
  return { requests, port };
}

describe('of EventBridge', () => {
  test('are read with their secret, under the roles of the call, and believed for five minutes', async () => {
    let time = 0;
    const { requests, port } = services({
      'eventbridge:describeConnection': DESCRIBED,
      'secretsmanager:getSecretValue': { SecretString: '{"api_key_name":"X-Key","api_key_value":"hidden"}' },
    });
    const connections = awsConnections(port, () => time);
    const found = await connections.find(ARN, ROLES, NEVER);
    expect(found).toEqual({
      authorization: { type: 'API_KEY', name: 'X-Key', value: 'hidden' },
      parameters: { headers: [], query: [], body: [] },
    });
    expect(requests).toMatchObject([
      { parameters: { Name: 'shop' }, ...ROLES },
      { parameters: { SecretId: SECRET }, ...ROLES },
    ]);
    time = 299_999;
    await connections.find(ARN, ROLES, NEVER);
    expect(requests).toHaveLength(2);
    await connections.find(ARN, {}, NEVER);
    expect(requests).toHaveLength(4);
    time = 300_000;
    await connections.find(ARN, ROLES, NEVER);
    expect(requests).toHaveLength(6);
  });

  test.each([
    [new ServiceError('ResourceNotFoundException', 'Connection shop does not exist.', 400, ''), 'ResourceNotFound'],
    [new ServiceError('AccessDeniedException', 'No', 400, ''), 'AccessDenied'],
    [new ServiceError('SdkClientException', 'npm install @aws-sdk/client-eventbridge', 0, ''), 'InternalError'],
    [{ ...DESCRIBED, ConnectionState: 'AUTHORIZING' }, 'AuthInProgress'],
    [{ ...DESCRIBED, ConnectionState: 'DEAUTHORIZED' }, 'InvalidConnectionState'],
    [{ ...DESCRIBED, InvocationConnectivityParameters: { ResourceParameters: {} } }, 'InvalidPrivateConnectionState'],
    [DESCRIBED, 'InternalError'],
  ])('that cannot be used fail as AWS names it: %s is %s', async (described, name) => {
    const { port } = services({
      'eventbridge:describeConnection': described,
      'secretsmanager:getSecretValue': { SecretString: '{}' },
    });
    await expect(awsConnections(port, () => 0).find(ARN, {}, NEVER)).rejects.toMatchObject({
      error: `Events.ConnectionResource.${name}`,
    });
  });
});

describe('of a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'connections-'));
  const write = (text: string) => {
    const file = join(folder, 'connections.json');
    writeFileSync(file, text);
    return file;
  };

  test('take their secrets from the environment', () => {
    const BasicAuthParameters = { Username: 'ada', Password: `a$\{PASS}z` };
    const file = write(
      JSON.stringify({ shop: { AuthorizationType: 'BASIC', AuthParameters: { BasicAuthParameters } } }),
    );
    expect(readConnections(file, { PASS: '"$&' }).get('shop')!.authorization).toMatchObject({ password: 'a"$&z' });
    expect(() => readConnections(file, {})).toThrow(`${file} cannot be used: the environment variable PASS is not set`);
  });

  test.each([
    ['[]', 'it is no JSON object'],
    ['{', 'JSON'],
    ['{"shop": {"AuthorizationType": "BASIC"}}', "'shop': AuthParameters is missing"],
  ])('that says %s are refused by name', (text, message) => {
    expect(() => readConnections(write(text), {})).toThrow(message);
  });

  test.each([
    ['ResourceNotFound', 'ResourceNotFound'],
    ['InternalError', 'ResourceNotFound'],
    ['InvalidConnectionState', 'InvalidConnectionState'],
  ] as const)('come before those of EventBridge, whose %s is %s', async (said, name) => {
    const own: Connection = {
      authorization: { type: 'API_KEY', name: 'a', value: 'b' },
      parameters: { headers: [], query: [], body: [] },
    };
    const connections = localConnections(new Map([['shop', own]]), {
      find: async () => {
        throw connectionError(said, 'It is so.');
      },
    });
    expect(await connections.find(ARN, {}, NEVER)).toBe(own);
    await expect(connections.find(ARN.replace('shop', 'other'), {}, NEVER)).rejects.toMatchObject({
      error: `Events.ConnectionResource.${name}`,
      causeText: expect.stringContaining('It is so.'),
    });
  });

  test('that does not exist are refused', () => {
    rmSync(folder, { recursive: true });
    expect(() => readConnections(join(folder, 'connections.json'), {})).toThrow('There is no file');
  });
});
