// How tasks see the services of AWS: names and texts of errors, the shape of results, per generation of integration.
import { expect, test } from 'vitest';
import type { JsonObject } from '../../../core/expr/json.ts';
import { clientName, exceptionName, javaName } from '../../../core/integrations/aws-sdk.ts';
import { callTarget, lostWorker } from '../../../core/integrations/index.ts';
import { OPTIMISED } from '../../../core/integrations/optimised-services.ts';
import { AwsServiceError, type ServiceRequest } from '../../../core/ports.ts';
import type { World } from '../../../core/world.ts';

const CALLER = {
  executionArn: 'arn:aws:states:us-east-1:123456789012:execution:machine:name',
  run: 'run',
  wait: 'wait',
};

/** Makes the call of a task in a world whose AWS gives this answer. */
async function outcomeOf(resource: string, parameters: JsonObject, answer: JsonObject | AwsServiceError) {
  const requests: ServiceRequest[] = [];
  const services: World['services'] = {
    async call(request) {
      requests.push(request);
      if (answer instanceof Error) throw answer;
      const headers = { 'content-type': 'application/json', 'x-amzn-requestid': 'request-1', 'x-amz-crc32': '1' };
      return { output: answer, status: 200, requestId: 'request-1', headers };
    },
  };
  const call = { resource: `arn:aws:states:::${resource}`, parameters: JSON.stringify(parameters) };
  const outcome = await callTarget({ services } as World, call, CALLER, new AbortController().signal);
  return { outcome, request: requests[0] };
}

function refusal(serviceId: string, status: number, code: string, message: string, exception?: string) {
  const error = { code, message, status, requestId: 'request-1' };
  return new AwsServiceError(error, { serviceId, ...(exception === undefined ? {} : { exception }) });
}

test.each([
  ['DynamoDB', 'DynamoDb'],
  ['SFN', 'Sfn'],
  ['S3', 'S3'],
  ['Secrets Manager', 'SecretsManager'],
  ['CloudWatch Logs', 'CloudWatchLogs'],
  ['EventBridge', 'EventBridge'],
  ['ApiGatewayV2', 'ApiGatewayV2'],
  ['IoT', 'Iot'],
  ['KMSNotFoundException', 'KmsNotFoundException'],
])('%s is %s in the Java SDK', (name, java) => {
  expect(javaName(name)).toBe(java);
});

test.each([
  ['aws-sdk:dynamodb:getItem', 'DynamoDb'],
  ['aws-sdk:sfn:startExecution', 'Sfn'],
  ['aws-sdk:s3:getObject', 'S3'],
  ['aws-sdk:secretsmanager:getSecretValue', 'SecretsManager'],
  ['aws-sdk:cloudwatchlogs:putLogEvents', 'CloudWatchLogs'],
  ['aws-sdk:ec2:runInstances', 'Ec2'],
  ['aws-sdk:config:putConfigRule', 'Config'],
  ['aws-sdk:servicediscovery:getNamespace', 'ServiceDiscovery'],
  ['dynamodb:getItem', 'DynamoDB'],
  ['lambda:invoke', 'Lambda'],
])('a call of %s whose worker was lost fails as %s', (resource, prefix) => {
  const lost = lostWorker({ resource: `arn:aws:states:::${resource}`, parameters: '{}' });
  expect(lost).toMatchObject({ kind: 'failed', error: `${prefix}.SdkClientException` });
});

test('a service that is named one loses the word as a client of the Java SDK', () => {
  expect(clientName('Config Service')).toBe('Config');
  expect(clientName('CloudWatch Logs')).toBe('CloudWatchLogs');
});

test.each([
  ['NoSuchKey', 'NoSuchKeyException'],
  ['QueueDoesNotExist', 'QueueDoesNotExistException'],
  ['DBInstanceNotFoundFault', 'DBInstanceNotFoundException'],
  ['NotFoundException', 'NotFoundException'],
])('the exception of %s is %s', (name, exception) => {
  expect(exceptionName(name)).toBe(exception);
});

test.each([
  [
    'aws-sdk:s3:getObject',
    refusal('S3', 404, 'NoSuchKey', 'The specified key does not exist.', 'NoSuchKey'),
    'S3.NoSuchKeyException',
    'The specified key does not exist. (Service: S3, Status Code: 404, Request ID: request-1) (SDK Attempt Count: 1)',
  ],
  [
    'aws-sdk:secretsmanager:createSecret',
    refusal('Secrets Manager', 400, 'ValidationException', 'Invalid name.'),
    'SecretsManager.SecretsManagerException',
    'Invalid name. (Service: SecretsManager, Status Code: 400, Request ID: request-1) (SDK Attempt Count: 1)',
  ],
  [
    'dynamodb:putItem',
    refusal('DynamoDB', 400, 'ValidationException', 'Invalid.'),
    'DynamoDB.AmazonDynamoDBException',
    'Invalid. (Service: AmazonDynamoDBv2; Status Code: 400; Error Code: ValidationException; Request ID: request-1; Proxy: null)',
  ],
  [
    'dynamodb:putItem',
    refusal('DynamoDB', 400, 'ConditionalCheckFailedException', 'Failed', 'ConditionalCheckFailedException'),
    'DynamoDB.ConditionalCheckFailedException',
    'Failed (Service: AmazonDynamoDBv2; Status Code: 400; Error Code: ConditionalCheckFailedException; Request ID: request-1; Proxy: null)',
  ],
  [
    'sns:publish',
    refusal('SNS', 404, 'NotFound', 'Topic does not exist', 'NotFoundException'),
    'SNS.NotFoundException',
    'Topic does not exist (Service: AmazonSNS; Status Code: 404; Error Code: NotFound; Request ID: request-1; Proxy: null)',
  ],
  [
    'sqs:sendMessage.waitForTaskToken',
    refusal('SQS', 0, 'SdkClientException', 'Unable to execute HTTP request: q: Name or service not known'),
    'SQS.SdkClientException',
    'Unable to execute HTTP request: q: Name or service not known',
  ],
])('%s: a refusal is named as on AWS', async (resource, answer, error, cause) => {
  const { outcome } = await outcomeOf(resource, {}, answer);
  expect(outcome).toEqual({ kind: 'failed', error, cause });
});

test('the older integrations show the HTTP answer beside the result', async () => {
  const { outcome, request } = await outcomeOf('dynamodb:getItem', { TableName: 't' }, { Item: {} });
  const headers = { 'Content-Type': 'application/json', 'x-amz-crc32': '1', 'x-amzn-RequestId': 'request-1' };
  expect(request).toEqual({
    service: 'dynamodb',
    action: 'getItem',
    parameters: { TableName: 't' },
    spelling: 'v1',
  });
  expect(JSON.parse((outcome as { output: string }).output)).toEqual({
    Item: {},
    SdkHttpMetadata: {
      AllHttpHeaders: {
        'Content-Type': ['application/json'],
        'x-amz-crc32': ['1'],
        'x-amzn-RequestId': ['request-1'],
      },
      HttpHeaders: headers,
      HttpStatusCode: 200,
    },
    SdkResponseMetadata: { RequestId: 'request-1' },
  });
});

test('aws-sdk calls and the newer integrations show the result alone', async () => {
  expect(await outcomeOf('aws-sdk:dynamodb:getItem', {}, { Item: {} })).toMatchObject({
    outcome: { kind: 'succeeded', output: '{"Item":{}}' },
    request: { service: 'dynamodb', spelling: 'v2' },
  });
  expect(await outcomeOf('events:putEvents', {}, { FailedEntryCount: 0 })).toMatchObject({
    outcome: { kind: 'succeeded', output: '{"FailedEntryCount":0}' },
    request: { service: 'eventbridge', spelling: 'v2' },
  });
});

test('with a task token the answer is of the submission', async () => {
  const { outcome } = await outcomeOf('aws-sdk:sns:publish.waitForTaskToken', {}, { MessageId: 'id' });
  expect(outcome).toEqual({ kind: 'submitted', output: '{"MessageId":"id"}' });
});

test('events carry their machine and their execution behind their own resources', async () => {
  const Entries = [{ Detail: {}, Resources: ['own'] }, { Detail: {} }];
  const { request } = await outcomeOf('events:putEvents', { Entries }, { FailedEntryCount: 0 });
  const sender = ['arn:aws:states:us-east-1:123456789012:stateMachine:machine', CALLER.executionArn];
  expect(request?.parameters).toEqual({
    Entries: [
      { Detail: {}, Resources: ['own', ...sender] },
      { Detail: {}, Resources: sender },
    ],
  });
});

test('an event that was not taken fails the task; the cause is the answer', async () => {
  const answer = { Entries: [{ ErrorCode: 'MalformedDetail' }], FailedEntryCount: 1 };
  const { outcome } = await outcomeOf('events:putEvents', { Entries: [] }, answer);
  expect(outcome).toEqual({ kind: 'failed', error: 'EventBridge.FailedEntry', cause: JSON.stringify(answer) });
});

test('a task that was not placed fails who waits for it, and only them', async () => {
  const answer = { Failures: [{ Reason: 'RESOURCE:MEMORY' }], Tasks: [] };
  expect((await outcomeOf('ecs:runTask', {}, answer)).outcome.kind).toBe('succeeded');
  expect((await outcomeOf('ecs:runTask.waitForTaskToken', {}, answer)).outcome).toMatchObject({
    kind: 'failed',
    error: 'AmazonECS.Unknown',
  });
});

test('EMR clusters are job flows to the service', async () => {
  const { request, outcome } = await outcomeOf(
    'elasticmapreduce:addStep',
    { ClusterId: 'j-1', Step: { Name: 'step' } },
    { StepIds: ['s-1'] },
  );
  expect(request).toMatchObject({
    service: 'emr',
    action: 'addJobFlowSteps',
    parameters: { JobFlowId: 'j-1', Steps: [{ Name: 'step' }] },
  });
  expect(JSON.parse((outcome as { output: string }).output)).toMatchObject({ StepId: 's-1' });
});

const CALLS = Object.entries(OPTIMISED).flatMap(([service, { actions }]) =>
  Object.entries(actions).flatMap(([action, patterns]) =>
    patterns.map((pattern) => ({ service, action, resource: `${service}:${action}${pattern && `.${pattern}`}` })),
  ),
);

/** Those that ask for something else first are in composed.test.ts. */
const DIRECT = CALLS.filter(({ action }) => !action.endsWith('ByName'));

test.each(DIRECT)('$resource asks the service', async ({ service, action, resource }) => {
  const { outcome, request } = await outcomeOf(resource, {}, {});
  const { service: usual = service, translations } = OPTIMISED[service]!;
  const { service: sdkService = usual, action: sdkAction = action } = translations?.[action] ?? {};
  expect(request).toMatchObject({ service: sdkService, action: sdkAction });
  expect(outcome.kind).toBe(/\.(waitForTaskToken|sync)$/.test(resource) ? 'submitted' : 'succeeded');
});

const STARTED = { executionArn: 'arn:aws:states:us-east-1:123456789012:execution:child:name', startDate: 1.5 };

test.each([
  ['', 'succeeded'],
  ['.waitForTaskToken', 'submitted'],
  ['.sync', 'submitted'],
  ['.sync:2', 'submitted'],
])('states:startExecution%s is %s with the child’s ARN', async (pattern, kind) => {
  const performed: unknown[] = [];
  const world = {
    newId: () => 'request-1',
    ownApi: {
      async perform(...request: unknown[]) {
        performed.push(request);
        return STARTED;
      },
    },
  } as unknown as World;
  const call = {
    resource: `arn:aws:states:::states:startExecution${pattern}`,
    parameters: '{"StateMachineArn":"child","Input":{"a":1}}',
  };
  const outcome = await callTarget(world, call, CALLER, new AbortController().signal);
  expect(outcome.kind).toBe(kind);
  expect(JSON.parse((outcome as { output: string }).output)).toMatchObject({ ExecutionArn: STARTED.executionArn });
  const parent = pattern.startsWith('.sync') ? { ...CALLER, pattern: pattern.slice(1) } : undefined;
  expect(performed).toEqual([['StartExecution', { stateMachineArn: 'child', input: '{"a":1}' }, parent]]);
});

test('lambda:invoke.waitForTaskToken is submitted with the function’s answer', async () => {
  const world = {
    lambda: {
      timeoutMs: async () => 3000,
      invoke: async () => ({ statusCode: 200, payload: '{"ok":true}', executedVersion: '$LATEST', requestId: 'r' }),
    },
  } as unknown as World;
  const call = { resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken', parameters: '{"FunctionName":"f"}' };
  const outcome = await callTarget(world, call, CALLER, new AbortController().signal);
  expect(outcome.kind).toBe('submitted');
  expect(JSON.parse((outcome as { output: string }).output)).toMatchObject({ Payload: { ok: true } });
});
