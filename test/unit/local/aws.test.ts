// How far the local server reaches: never to an account of AWS that nobody pointed it at.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { LambdaAnswer, LambdaFunctions } from '../../../core/ports.ts';
import { reachOf, reachText, withDeployedFunctions } from '../../../local/aws.ts';
import { webServer } from '../../support/web-server.ts';

const HOME = { account: '123456789012', region: 'us-east-1' };
const NEVER = new AbortController().signal;

test.each([
  [{}, 'nowhere: set AWS_ENDPOINT_URL or AWS_PROFILE'],
  [{ AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }, 'http://127.0.0.1:4566'],
  [{ AWS_PROFILE: 'work' }, 'AWS in us-east-1, profile work'],
  [{ AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' }, 'AWS in us-east-1, keys of the environment'],
  [{ AWS_ACCESS_KEY_ID: 'a' }, 'nowhere: set AWS_ENDPOINT_URL or AWS_PROFILE'],
  [
    { AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:1', AWS_ENDPOINT_URL_SFN: 'http://127.0.0.1:2' },
    'http://127.0.0.1:1 (sqs), nowhere else',
  ],
])('with %j calls go to: %s', (environment, text) => {
  expect(reachText(environment, 'us-east-1')).toBe(text);
});

test('without endpoint and credentials a call fails and says what to set', async () => {
  const request = { service: 's3', action: 'listBuckets', parameters: {}, spelling: 'v2' } as const;
  await expect(reachOf({}, HOME, () => {}).services.call(request, NEVER)).rejects.toMatchObject({
    code: 'SdkClientException',
    message: expect.stringContaining('AWS_ENDPOINT_URL'),
  });
});

const ANSWER: LambdaAnswer = { statusCode: 200, payload: '"file"', executedVersion: '$LATEST', requestId: '' };
const FILES: LambdaFunctions = { timeoutMs: async () => 3000, invoke: async () => ANSWER };

test('functions are files first; what no file holds is called at the endpoint', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'functions-'));
  writeFileSync(join(directory, 'held.mjs'), '');
  const functions = withDeployedFunctions(
    FILES,
    [directory],
    reachOf({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }, HOME, () => {}),
  );
  const invoke = (functionName: string) => functions.invoke({ functionName, payload: '{}' }, NEVER);
  expect(await invoke('held')).toBe(ANSWER);
  expect(await functions.timeoutMs('arn:aws:lambda:us-east-1:123456789012:function:held')).toBe(3000);
  expect(await invoke('no name at all!')).toBe(ANSWER);
  await expect(invoke('elsewhere')).rejects.toMatchObject({ code: 'SdkClientException' });
  rmSync(directory, { recursive: true });
});

test('without anywhere to call, functions are files only', () => {
  expect(
    withDeployedFunctions(
      FILES,
      [],
      reachOf({}, HOME, () => {}),
    ),
  ).toBe(FILES);
});

test('an account of AWS is named before the first call to each of its services; an emulator is not', async () => {
  const lines: string[] = [];
  const environment = {
    AWS_PROFILE: 'no such profile',
    AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:1',
    AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1',
  };
  const { services } = reachOf(environment, HOME, (line) => lines.push(line));
  const call = (service: string, action: string) =>
    services.call({ service, action, parameters: {}, spelling: 'v2' }, AbortSignal.abort()).catch(() => {});
  await call('s3', 'listBuckets');
  await call('s3', 'listBuckets');
  await call('sqs', 'listQueues');
  expect(lines).toEqual(['stepwell: calling s3: AWS in us-east-1, profile no such profile']);
});

test('the line tells the number of the account, where that can be learned', async () => {
  const sts = await webServer((_request, response) =>
    response.end(
      '<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>',
    ),
  );
  const lines: string[] = [];
  // The SDK looks there itself.
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'a');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'b');
  const environment = {
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
    AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${sts.port}`,
  };
  const { announce } = reachOf(environment, HOME, (line) => lines.push(line));
  await Promise.all([announce('s3'), announce('sqs'), announce('s3')]);
  expect(lines.toSorted()).toEqual([
    'stepwell: calling s3: AWS in us-east-1, keys of the environment, account 111122223333',
    'stepwell: calling sqs: AWS in us-east-1, keys of the environment, account 111122223333',
  ]);
  expect(sts.asked).toHaveLength(1);
  vi.unstubAllEnvs();
  sts.close();
});

test('a task’s role is assumed where there is an STS to ask, and nowhere else', async () => {
  const roles = { roleArn: 'arn:aws:iam::123456789012:role/task' };
  const away = reachOf({ AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:1' }, HOME, () => {});
  expect(await away.roleOf(roles, NEVER)).toBeUndefined();
  const near = reachOf({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }, HOME, () => {});
  await expect(near.roleOf(roles, NEVER)).rejects.toThrow('ECONNREFUSED');
});
