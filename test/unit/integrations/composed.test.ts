// Integrations that take more than one request to a service: what they ask for, in which order, and what they make of it.
import { expect, test } from 'vitest';
import type { JsonObject } from '../../../core/expr/json.ts';
import { callBoundMs, callTarget } from '../../../core/integrations/index.ts';
import { AwsServiceError, type ServiceRequest } from '../../../core/ports.ts';
import type { World } from '../../../core/world.ts';

const CALLER = { executionArn: 'arn:aws:states:us-east-1:123456789012:execution:machine:name', run: 'r', wait: '0@0' };
const TASK_ROLE = 'arn:aws:iam::123456789012:role/task';

/** Makes the call where services give these answers one after the other. */
async function outcomeOf(resource: string, parameters: JsonObject, ...answers: (JsonObject | Error)[]) {
  const asked: ServiceRequest[] = [];
  const services: World['services'] = {
    async call(request) {
      const answer = answers[asked.length] ?? {};
      asked.push(request);
      if (answer instanceof Error) throw answer;
      return { output: answer, status: 200, requestId: 'request-1', headers: {} };
    },
  };
  const call = { resource: `arn:aws:states:::${resource}`, parameters: JSON.stringify(parameters), roleArn: TASK_ROLE };
  const outcome = await callTarget({ services } as World, call, CALLER, new AbortController().signal);
  for (const { roleArn } of asked) expect(roleArn).toBe(TASK_ROLE);
  return { outcome, asked: asked.map(({ service, action, parameters: of }) => [service, action, of]) };
}

const FLEETS = { InstanceFleets: [{ Id: 'if-1', Name: 'core' }], Marker: 'more' };

test('an EMR fleet is looked up by its name, page by page', async () => {
  const { outcome, asked } = await outcomeOf(
    'elasticmapreduce:modifyInstanceFleetByName',
    { ClusterId: 'j-1', InstanceFleetName: 'task', InstanceFleet: { TargetSpotCapacity: 5 } },
    FLEETS,
    { InstanceFleets: [{ Id: 'if-2', Name: 'task' }] },
  );
  expect(asked).toEqual([
    ['emr', 'listInstanceFleets', { ClusterId: 'j-1' }],
    ['emr', 'listInstanceFleets', { ClusterId: 'j-1', Marker: 'more' }],
    [
      'emr',
      'modifyInstanceFleet',
      { ClusterId: 'j-1', InstanceFleet: { TargetSpotCapacity: 5, InstanceFleetId: 'if-2' } },
    ],
  ]);
  expect(outcome.kind).toBe('succeeded');
});

test('an EMR group is looked up by its name; one that is not there is named in the error', async () => {
  const parameters = { ClusterId: 'j-1', InstanceGroupName: 'task', InstanceGroup: { InstanceCount: 3 } };
  const resource = 'elasticmapreduce:modifyInstanceGroupByName';
  const { asked } = await outcomeOf(resource, parameters, { InstanceGroups: [{ Id: 'ig-1', Name: 'task' }] });
  expect(asked.at(-1)).toEqual([
    'emr',
    'modifyInstanceGroups',
    { ClusterId: 'j-1', InstanceGroups: [{ InstanceCount: 3, InstanceGroupId: 'ig-1' }] },
  ]);
  const { outcome } = await outcomeOf(resource, parameters, { InstanceGroups: [] });
  expect(outcome).toEqual({
    kind: 'failed',
    error: 'ElasticMapReduce.InvalidRequestException',
    cause: "Cluster j-1 has no instance group named 'task'.",
  });
});

test('a Bedrock model’s body may come from S3, and its answer go there', async () => {
  const { outcome, asked } = await outcomeOf(
    'bedrock:invokeModel',
    { ModelId: 'm', Input: { S3Uri: 's3://in/a/b.json' }, Output: { S3Uri: 's3://out/c.json' } },
    { Body: '{"prompt":"hi"}', ContentType: 'application/json' },
    { Body: '{"completion":"there"}', ContentType: 'application/json' },
  );
  expect(asked).toEqual([
    ['s3', 'getObject', { Bucket: 'in', Key: 'a/b.json' }],
    ['bedrockruntime', 'invokeModel', { ModelId: 'm', Body: '{"prompt":"hi"}', ContentType: 'application/json' }],
    [
      's3',
      'putObject',
      { Bucket: 'out', Key: 'c.json', ContentType: 'application/json', Body: { completion: 'there' } },
    ],
  ]);
  const output = '{"Body":"s3://out/c.json","ContentType":"application/json"}';
  expect(outcome).toEqual({ kind: 'succeeded', output });
});

test('without S3 it is one request, and the answer is JSON', async () => {
  const { outcome, asked } = await outcomeOf(
    'bedrock:invokeModel',
    { ModelId: 'm', Body: { prompt: 'hi' } },
    { Body: '{"completion":"there"}', ContentType: 'application/json' },
  );
  expect(asked).toEqual([['bedrockruntime', 'invokeModel', { ModelId: 'm', Body: { prompt: 'hi' } }]]);
  const output = '{"Body":{"completion":"there"},"ContentType":"application/json"}';
  expect(outcome).toEqual({ kind: 'succeeded', output });
});

test.each([
  [{ Input: { S3Uri: 'https://in/a' } }, /^Input\.S3Uri must be the address of an object, as s3:\/\/bucket\/key/],
  [{ Input: { S3Uri: 's3://in/a' }, Body: {} }, /^Body and Input\.S3Uri exclude each other\.$/],
])('%j is refused before anything is asked', async (parameters, cause) => {
  const { outcome, asked } = await outcomeOf('bedrock:invokeModel', parameters);
  expect(asked).toEqual([]);
  expect(outcome).toMatchObject({ kind: 'failed', error: 'States.Runtime', cause: expect.stringMatching(cause) });
});

test('what S3 refuses fails the task before the model is asked', async () => {
  const refusal = { code: 'NoSuchKey', message: 'The specified key does not exist.', status: 404, requestId: 'r' };
  const missing = new AwsServiceError(refusal as never, { serviceId: 'S3', exception: 'NoSuchKey' });
  const parameters = { ModelId: 'm', Input: { S3Uri: 's3://in/a' } };
  const { outcome, asked } = await outcomeOf('bedrock:invokeModel', parameters, missing);
  expect(asked).toHaveLength(1);
  expect(outcome).toMatchObject({ kind: 'failed', error: 'Bedrock.NoSuchKeyException' });
});

const said = (role: string, stop: string, tokens: number, ...deltas: [index: number, delta: JsonObject][]) => [
  { MessageStart: { Role: role } },
  ...deltas.map(([ContentBlockIndex, Delta]) => ({ ContentBlockDelta: { ContentBlockIndex, Delta } })),
  { MessageStop: { StopReason: stop } },
  {
    Metadata: {
      Usage: { InputTokens: tokens, OutputTokens: 1, TotalTokens: tokens + 1, CacheReadInputTokens: 9 },
      Metrics: { LatencyMs: 250 },
    },
  },
];

test('of an agent’s messages the last of the assistant is the result, its texts alone; what all used is added up', async () => {
  const Stream = [
    ...said('assistant', 'tool_use', 10, [0, { Text: 'I look.' }], [1, { ToolUse: { Input: '{}' } }]),
    ...said(
      'assistant',
      'end_turn',
      20,
      [0, { ReasoningContent: { Text: 'hm' } }],
      [1, { Text: 'It is ' }],
      [1, { Text: 'sent.' }],
      [2, { Text: 'Bye.' }],
    ),
    ...said('user', 'tool_result', 0, [0, { ToolResult: [] as never }]),
  ];
  const parameters = { HarnessArn: 'arn', RuntimeSessionId: 's', Messages: [] };
  const { outcome, asked } = await outcomeOf('bedrockagentcore:invokeHarness', parameters, {
    RuntimeSessionId: 's',
    Stream,
  });
  expect(asked).toEqual([['bedrockagentcore', 'invokeHarness', parameters]]);
  expect(JSON.parse((outcome as { output: string }).output)).toEqual({
    Output: { Message: { Role: 'assistant', Content: [{ Text: 'It is sent.' }, { Text: 'Bye.' }] } },
    StopReason: 'end_turn',
    Usage: { InputTokens: 30, OutputTokens: 3, TotalTokens: 33 },
    Metrics: { LatencyMs: 750 },
  });
});

test('an agent that says nothing at its end has no content; what refuses it is named as AWS names it', async () => {
  const quiet = await outcomeOf('bedrockagentcore:invokeHarness', {}, { Stream: said('assistant', 'tool_use', 1) });
  expect(JSON.parse((quiet.outcome as { output: string }).output).Output.Message.Content).toEqual([]);
  const refusal = { code: 'ThrottlingException', message: 'Slower', status: 429, requestId: 'r' } as Error &
    AwsServiceError;
  const error = new AwsServiceError(refusal, { serviceId: 'Bedrock AgentCore', exception: 'ThrottlingException' });
  const { outcome } = await outcomeOf('bedrockagentcore:invokeHarness', {}, error);
  expect(outcome).toMatchObject({ kind: 'failed', error: 'BedrockAgentCore.ThrottlingException' });
});

test.each([
  'bedrockagentcore:invokeHarness',
  'bedrock:invokeModel',
  'aws-sdk:bedrockruntime:converse',
  'aws-sdk:lambda:invoke',
])('nobody knows how long %s takes: it goes to the patient queue, unless its task has a limit', async (resource) => {
  const call = { resource: `arn:aws:states:::${resource}`, parameters: '{}' };
  expect(await callBoundMs({} as World, call, {})).toBeUndefined();
  expect(await callBoundMs({} as World, { ...call, timeoutSeconds: 20 }, {})).toBe(20_000);
});
