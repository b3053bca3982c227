// The generic caller of AWS: requests as services take them, answers and errors as definitions see them.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { endpointOf } from '../../../infra/aws/services.ts';
import { eventStream } from '../../support/event-stream.ts';
import { callOverWire } from './wire.ts';

beforeAll(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
});
afterAll(() => vi.unstubAllEnvs());

test('members in PascalCase become those of the model, whatever its case; null is absent', async () => {
  const parameters = { StateMachineArn: 'arn', Name: null, Input: { key: ['value', 1.0] } };
  const { asked } = await callOverWire({ service: 'sfn', action: 'startExecution', parameters });
  expect(JSON.parse(asked[0]!.body)).toEqual({ stateMachineArn: 'arn', input: '{"key":["value",1]}' });
  expect(asked[0]!.headers['x-amz-target']).toBe('AWSStepFunctions.StartExecution');
});

test('keys of maps are data and keep their case', async () => {
  const parameters = { TableName: 'table', Item: { DBName: { S: 'x' }, id: { M: { ETag: { N: '1' } } } } };
  const { asked } = await callOverWire({ service: 'dynamodb', action: 'putItem', parameters });
  expect(JSON.parse(asked[0]!.body)).toEqual(parameters);
});

test.each([
  ['text', '"text"'],
  [{ Dict: 'Value' }, '{"Dict":"Value"}'],
  [0, '0'],
])('a stream is sent as JSON: %j', async (Body, sent) => {
  const { asked } = await callOverWire(
    { service: 's3', action: 'putObject', parameters: { Bucket: 'bucket', Key: 'key', Body } },
    { body: '' },
  );
  expect(asked[0]!.body).toContain(sent);
});

test('a member that the model does not have is refused before anything is sent', async () => {
  const call = callOverWire({ service: 'sqs', action: 'sendMessage', parameters: { Queue: 'x' } });
  await expect(call).rejects.toMatchObject({
    error: 'States.Runtime',
    causeText:
      'The Parameters \'{"Queue":"x"}\' could not be used to start the Task: [The field "Queue" is not supported by Step Functions]',
  });
});

test('an answer is spelled as the Java SDK’s getters, in alphabetical order, a stream as text', async () => {
  const headers = { etag: '"abc"', 'last-modified': 'Thu, 06 Nov 2025 12:21:01 GMT', 'x-amz-meta-Own': 'kept' };
  const { answer } = await callOverWire(
    { service: 's3', action: 'getObject', parameters: { Bucket: 'bucket', Key: 'key' } },
    { headers: { ...headers, 'x-amz-server-side-encryption-aws-kms-key-id': 'k' }, body: 'text data' },
  );
  expect(answer?.output).toMatchObject({
    Body: 'text data',
    ETag: '"abc"',
    LastModified: '2025-11-06T12:21:01Z',
    Metadata: { own: 'kept' },
    SsekmsKeyId: 'k',
  });
});

/** SQS's client checks it. */
const MD5_OF_X = '9dd4e461268c8034f5c8564e155c67a6';

test('the first SDK’s spelling is the model’s own, with times in milliseconds', async () => {
  const body = JSON.stringify({ MD5OfMessageBody: MD5_OF_X, MessageId: 'id' });
  const request = { service: 'sqs', action: 'sendMessage', parameters: { QueueUrl: 'http://q/1/q', MessageBody: 'x' } };
  const v1 = await callOverWire({ ...request, spelling: 'v1' }, { body });
  expect(v1.answer?.output).toEqual({ MD5OfMessageBody: MD5_OF_X, MessageId: 'id' });
  const v2 = await callOverWire({ ...request, spelling: 'v2' }, { body });
  expect(v2.answer?.output).toEqual({ Md5OfMessageBody: MD5_OF_X, MessageId: 'id' });
  const started = { service: 'sfn', action: 'startExecution', parameters: { StateMachineArn: 'arn' } };
  const times = await callOverWire({ ...started, spelling: 'v1' }, { body: '{"executionArn":"e","startDate":1.5}' });
  expect(times.answer?.output).toEqual({ ExecutionArn: 'e', StartDate: 1500 });
});

test('an action without an answer gives an empty one', async () => {
  const request = { service: 'sqs', action: 'deleteQueue', parameters: { QueueUrl: 'http://q/1/q' } };
  expect((await callOverWire(request, { body: '' })).answer?.output).toEqual({});
});

test('status, headers and request id come with the answer', async () => {
  const headers = { 'x-amzn-RequestId': 'request-1', server: 'Server' };
  const request = { service: 'dynamodb', action: 'putItem', parameters: { TableName: 't', Item: {} } };
  const { answer } = await callOverWire(request, { headers });
  expect(answer).toMatchObject({ status: 200, requestId: 'request-1', headers: { server: 'Server' }, output: {} });
});

const REFUSAL = '<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>';

test('an error of the model is told from one that the model does not have', async () => {
  const get = { service: 's3', action: 'getObject', parameters: { Bucket: 'bucket', Key: 'key' } };
  const ids = { 'x-amz-request-id': 'request-1', 'x-amz-id-2': 'extended' };
  const known = await callOverWire(get, { status: 404, headers: ids, body: REFUSAL });
  expect(known.error).toMatchObject({
    serviceId: 'S3',
    exception: 'NoSuchKey',
    code: 'NoSuchKey',
    message: 'The specified key does not exist.',
    status: 404,
    requestId: 'request-1',
    extendedRequestId: 'extended',
  });
  const put = { service: 'dynamodb', action: 'putItem', parameters: { TableName: '/', Item: {} } };
  const body = '{"__type":"com.amazon.coral.validate#ValidationException","message":"Invalid"}';
  const unknown = await callOverWire(put, { status: 400, body });
  expect(unknown.error).toMatchObject({ code: 'ValidationException', exception: undefined, status: 400 });
});

test('one attempt, however often the service asks to come again', async () => {
  const request = { service: 'sqs', action: 'listQueues', parameters: {} };
  const { asked, error } = await callOverWire(request, { status: 503, body: '{"__type":"ServiceUnavailable"}' });
  expect(asked).toHaveLength(1);
  expect(error?.status).toBe(503);
});

test('a service without an installed client says which package to add', async () => {
  const { error } = await callOverWire({ service: 'groundstation', action: 'listSatellites', parameters: {} });
  expect(error).toMatchObject({
    code: 'SdkClientException',
    message:
      "The AWS SDK's client of 'groundstation' is not installed where Stepwell runs: npm install @aws-sdk/client-groundstation",
  });
});

test.each([
  ['secretsmanager', 'AWS_ENDPOINT_URL_SECRETS_MANAGER'],
  ['lexruntime', 'AWS_ENDPOINT_URL_LEX_RUNTIME_SERVICE'],
  ['cloudwatchlogs', 'AWS_ENDPOINT_URL_CLOUDWATCH_LOGS'],
  ['s3', 'AWS_ENDPOINT_URL_S3'],
])('the endpoint of %s is %s, else the one for all', (service, variable) => {
  expect(endpointOf(service, { [variable]: 'http://own', AWS_ENDPOINT_URL: 'http://all' })).toBe('http://own');
  expect(endpointOf(service, { AWS_ENDPOINT_URL: 'http://all' })).toBe('http://all');
});

const ASSUMED = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASSUMED</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>
<Expiration>2026-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;
const DENIED = {
  status: 403,
  body: '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>No</Message></Error></ErrorResponse>',
};
const LIST = { service: 'sqs', action: 'listQueues', parameters: {} };
const MACHINE_ROLE = 'arn:aws:iam::123456789012:role/machine';
const TASK_ROLE = 'arn:aws:iam::123456789012:role/task';

test('a request runs under the machine’s role', async () => {
  const { asked } = await callOverWire({ ...LIST, machineRoleArn: MACHINE_ROLE }, { body: ASSUMED }, {});
  expect(new URLSearchParams(asked[0]!.body).get('RoleArn')).toBe(MACHINE_ROLE);
  expect(asked[1]!.headers).toMatchObject({
    authorization: expect.stringContaining('Credential=ASSUMED/'),
    'x-amz-security-token': 'token',
  });
});

test('a machine’s role that cannot be assumed leaves the request to our own', async () => {
  const { asked } = await callOverWire({ ...LIST, machineRoleArn: MACHINE_ROLE }, DENIED, {});
  expect(asked[1]!.headers.authorization).toContain('Credential=test/');
});

test('a task’s role comes before the machine’s, and must be assumed', async () => {
  const roles = { machineRoleArn: MACHINE_ROLE, roleArn: TASK_ROLE };
  const { asked } = await callOverWire({ ...LIST, ...roles }, { body: ASSUMED }, {});
  expect(new URLSearchParams(asked[0]!.body).get('RoleArn')).toBe(TASK_ROLE);
  await expect(callOverWire({ ...LIST, ...roles }, DENIED)).rejects.toMatchObject({
    error: 'States.TaskFailed',
    causeText: `The role ${MACHINE_ROLE} is not authorized to assume the task state's role, ${TASK_ROLE}.`,
  });
});

test.each([
  ['headObject', { Bucket: 'b', Key: 'none' }, 'NoSuchKey'],
  ['headBucket', { Bucket: 'none' }, 'NoSuchBucket'],
])(
  '%s of what is not there is named as Java’s SDK names it, without a message',
  async (action, parameters, exception) => {
    const { error } = await callOverWire({ service: 's3', action, parameters }, { status: 404, body: '' });
    expect(error).toMatchObject({ exception, code: exception, message: 'null', status: 404 });
  },
);

test('a stream of events is read to its end and given as the list of them', async () => {
  const request = { service: 'lambda', action: 'invokeWithResponseStream', parameters: { FunctionName: 'f' } };
  const headers = { 'content-type': 'application/vnd.amazon.eventstream' };
  const body = eventStream(['PayloadChunk', 'one'], ['PayloadChunk', 'two'], ['InvokeComplete', { LogResult: 'log' }]);
  const { answer } = await callOverWire(request, { headers, body });
  expect(answer?.output.EventStream).toEqual([
    { PayloadChunk: { Payload: 'one' } },
    { PayloadChunk: { Payload: 'two' } },
    { InvokeComplete: { LogResult: 'log' } },
  ]);
});
