// How far the local server reaches: never to an account of AWS that nobody pointed it at.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LambdaAnswer, LambdaFunctions } from '../../../core/ports.ts';
import { reachableServices, reachText, withDeployedFunctions } from '../../../local/aws.ts';

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
  await expect(reachableServices({}, HOME).call(request, NEVER)).rejects.toMatchObject({
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
    { ...HOME, directories: [directory] },
    { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
  );
  const invoke = (functionName: string) => functions.invoke({ functionName, payload: '{}' }, NEVER);
  expect(await invoke('held')).toBe(ANSWER);
  expect(await functions.timeoutMs('arn:aws:lambda:us-east-1:123456789012:function:held')).toBe(3000);
  expect(await invoke('no name at all!')).toBe(ANSWER);
  await expect(invoke('elsewhere')).rejects.toMatchObject({ code: 'SdkClientException' });
  rmSync(directory, { recursive: true });
});

test('without anywhere to call, functions are files only', () => {
  expect(withDeployedFunctions(FILES, { ...HOME, directories: [] }, {})).toBe(FILES);
});
