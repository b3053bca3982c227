// Triggers in a world in memory, and events as AWS documents them.
import type { SQSRecord } from 'aws-lambda';
import { handleRequest } from '../../core/api/wire.ts';
import type { World } from '../../core/world.ts';
import type { MemoryWorld } from './memory-world.ts';

export const QUEUE = 'arn:aws:sqs:us-east-1:123456789012:orders';
const ROLE = 'arn:aws:iam::123456789012:role/test';
const KEEP = { StartAt: 'Keep', States: { Keep: { Type: 'Pass', End: true } } };

/** A machine that keeps its input, with this trigger; gives its ARN. */
export async function machineWith(
  world: MemoryWorld,
  name: string,
  trigger: object,
  triggerName = 'it',
): Promise<string> {
  const definition = JSON.stringify(KEEP);
  const { stateMachineArn } = await world.api('CreateStateMachine', { name, definition, roleArn: ROLE });
  await stepwellApi(world, 'PutTrigger', { stateMachineArn, name: triggerName, definition: JSON.stringify(trigger) });
  return String(stateMachineArn);
}

/** Any of our own actions; an error answer throws an Error named after its code. */
export async function stepwellApi(world: World, action: string, body: object): Promise<Record<string, unknown>> {
  const headers = { 'x-amz-target': `Stepwell.${action}` };
  const answer = await handleRequest(world, { method: 'POST', headers, body: JSON.stringify(body) });
  const value = JSON.parse(answer.body);
  if (answer.status === 200) return value;
  throw Object.assign(new Error(value.message), { name: value.__type });
}

/** Names and inputs of a machine's executions, in order of their names. */
export async function executionsOf(world: MemoryWorld, stateMachineArn: string) {
  await world.settle();
  const { executions } = (await world.api('ListExecutions', { stateMachineArn })) as {
    executions: { name: string; executionArn: string }[];
  };
  const described = executions.map(async ({ name, executionArn }) => {
    const { input, status } = await world.api('DescribeExecution', { executionArn });
    return { name, input: JSON.parse(String(input)), status };
  });
  return (await Promise.all(described)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function sqsRecord(messageId: string, body: string, more: Partial<SQSRecord> = {}): SQSRecord {
  return {
    messageId,
    receiptHandle: `receipt of ${messageId}`,
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '1545082649183',
      SenderId: 'AIDAIENQZJOLO23YVJ4VO',
      ApproximateFirstReceiveTimestamp: '1545082649185',
    },
    messageAttributes: {},
    md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
    eventSource: 'aws:sqs',
    eventSourceARN: QUEUE,
    awsRegion: 'us-east-1',
    ...more,
  };
}

/** One record of a bucket's notification; the key as it stands in a URL. */
export function s3Record(key: string, more: { sequencer?: string; eventName?: string; bucket?: string } = {}) {
  const { sequencer = '0055AED6DCD90281E5', eventName = 'ObjectCreated:Put', bucket = 'uploads' } = more;
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: 'us-east-1',
    eventTime: '2026-01-01T00:00:00.123Z',
    eventName,
    userIdentity: { principalId: 'AWS:AIDAJDPLRKLG7UEXAMPLE' },
    requestParameters: { sourceIPAddress: '127.0.0.1' },
    responseElements: { 'x-amz-request-id': 'C3D13FE58DE4C810', 'x-amz-id-2': 'FMyUVURIY8' },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: 'it',
      bucket: { name: bucket, ownerIdentity: { principalId: 'A3NL1KOZZKExample' }, arn: `arn:aws:s3:::${bucket}` },
      object: { key, size: 1024, eTag: 'd41d8cd98f00b204e9800998ecf8427e', sequencer },
    },
  };
}

/** The same news through EventBridge; the key as it is. */
export function objectCreated(key: string) {
  return {
    version: '0',
    id: '17793124-05d4-b198-2fde-7ededc63b103',
    'detail-type': 'Object Created' as const,
    source: 'aws.s3' as const,
    account: '123456789012',
    time: '2026-01-01T00:00:00Z',
    region: 'us-east-1',
    resources: ['arn:aws:s3:::uploads'],
    detail: {
      version: '0',
      bucket: { name: 'uploads' },
      object: { key, size: 1024, etag: 'd41d8cd98f00b204e9800998ecf8427e', sequencer: '0055AED6DCD90281E5' },
      'request-id': 'C3D13FE58DE4C810',
      requester: '123456789012',
      'source-ip-address': '127.0.0.1',
      reason: 'PutObject',
    },
  };
}
