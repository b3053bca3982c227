// Where the AWS adapters run in tests: on dynalite and fauxqs inside this process, or on what the environment names:
// CONTRACT_ENDPOINT (LocalStack) or REMOTE=1 (the account the SDK finds). The resources are made through the API
// everywhere, and removed where they would otherwise stay.

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { CreateQueueCommand, DeleteQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import dynalite from 'dynalite';
import { startFauxqs } from 'fauxqs';
import { type ClientOptions, clientConfig, withoutRecursionDetection } from '../../infra/aws/clients.ts';

export interface AwsResources {
  dynamodb: DynamoDBClient;
  sqs: SQSClient;
  /** S3's adapter makes its own client. */
  s3Options: ClientOptions;
  makeTable(): Promise<{ tableName: string; indexName: string }>;
  /** A queue whose messages die after so many receives, and the queue where they go then. */
  makeQueue(maxReceiveCount: number): Promise<{ url: string; deadLetterUrl: string }>;
  makeBucket(): Promise<string>;
  close(): Promise<void>;
}

const INDEX_NAME = 'list';
const LOCAL = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };

export async function awsResources(): Promise<AwsResources> {
  const { options, stop } = await place();
  const dynamodb = withoutRecursionDetection(new DynamoDBClient(clientConfig(options.dynamodb)));
  const sqs = withoutRecursionDetection(new SQSClient(clientConfig(options.others)));
  const s3 = new S3Client(clientConfig(options.others));
  const removals: (() => Promise<unknown>)[] = [];
  const newName = () => `stepwell-contract-${randomUUID()}`;

  async function createQueue(attributes: Record<string, string>): Promise<{ url: string; arn: string }> {
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: newName(), Attributes: attributes }));
    removals.push(() => sqs.send(new DeleteQueueCommand({ QueueUrl })));
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
    return { url: QueueUrl, arn: Attributes?.QueueArn ?? '' };
  }

  return {
    dynamodb,
    sqs,
    s3Options: options.others,
    async makeTable() {
      const TableName = newName();
      await dynamodb.send(new CreateTableCommand({ TableName, ...TABLE_SHAPE }));
      removals.push(() => dynamodb.send(new DeleteTableCommand({ TableName })));
      await waitUntilTableExists({ client: dynamodb, maxWaitTime: 60, minDelay: 1, maxDelay: 2 }, { TableName });
      return { tableName: TableName, indexName: INDEX_NAME };
    },
    async makeQueue(maxReceiveCount) {
      const dead = await createQueue({});
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount });
      const { url } = await createQueue({ RedrivePolicy });
      return { url, deadLetterUrl: dead.url };
    },
    async makeBucket() {
      const Bucket = newName();
      await s3.send(new CreateBucketCommand({ Bucket }));
      removals.push(async () => {
        const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
        for (const { Key } of Contents) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
        await s3.send(new DeleteBucketCommand({ Bucket }));
      });
      return Bucket;
    },
    async close() {
      // Emulators of our own go as a whole.
      if (stop === undefined) for (const remove of removals) await remove();
      for (const client of [dynamodb, sqs, s3]) client.destroy();
      await stop?.();
    },
  };
}

interface Place {
  options: { dynamodb: ClientOptions; others: ClientOptions };
  stop?: () => Promise<void>;
}

async function place(): Promise<Place> {
  const { CONTRACT_ENDPOINT: endpoint, REMOTE } = process.env;
  if (endpoint) return { options: { dynamodb: { ...LOCAL, endpoint }, others: { ...LOCAL, endpoint } } };
  if (REMOTE) return { options: { dynamodb: {}, others: {} } };
  const tables = dynalite({ createTableMs: 0, deleteTableMs: 0 });
  tables.listen(0, '127.0.0.1');
  await once(tables, 'listening');
  const queues = await startFauxqs({ port: 0, logger: false, host: '127.0.0.1' });
  const { port } = tables.address() as AddressInfo;
  return {
    options: {
      dynamodb: { ...LOCAL, endpoint: `http://127.0.0.1:${port}` },
      others: { ...LOCAL, endpoint: `http://127.0.0.1:${queues.port}` },
    },
    async stop() {
      tables.closeAllConnections();
      await new Promise((resolve) => tables.close(resolve));
      await queues.stop();
    },
  };
}

const TABLE_SHAPE = {
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: ['pk', 'sk', 'list', 'listSort'].map((AttributeName) => ({
    AttributeName,
    AttributeType: 'S' as const,
  })),
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: INDEX_NAME,
      KeySchema: [
        { AttributeName: 'list', KeyType: 'HASH' },
        { AttributeName: 'listSort', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['summary'] },
    },
  ],
} satisfies Omit<ConstructorParameters<typeof CreateTableCommand>[0], 'TableName'>;
