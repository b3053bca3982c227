// The world of a deployment: the account's table, queues, bucket and functions, as serverless.yml names them in the
// environment of every handler.
import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { LIMITS } from '../../core/limits.ts';
import type { StartFunctions, World } from '../../core/world.ts';
import { allowedHosts } from '../http/allowed-hosts.ts';
import { systemClock } from '../system-clock.ts';
import type { RoleCredentials } from './assumed-roles.ts';
import { clientConfig, withoutRecursionDetection } from './clients.ts';
import { awsHttp } from './http.ts';
import { awsLambda } from './lambda.ts';
import { s3Payloads } from './payloads.ts';
import { sqsQueue } from './queue.ts';
import { awsServices, endpointOf } from './services.ts';
import { dynamodbTable } from './table.ts';

const CALLS_PER_WORKER = 50;
/** Shorter than AWS's minute: who waits is a paid invocation. See docs/decisions/005. */
const ACTIVITY_POLL_MS = 15_000;

/** Functions are named as serverless.yml calls them, after the deployment. */
function startFunctions(get: (name: string) => string, partition: string): StartFunctions {
  const prefix = get('FUNCTION_PREFIX');
  const arnOf = (name: string) =>
    `arn:${partition}:lambda:${get('REGION')}:${get('ACCOUNT_ID')}:function:${prefix}-${name}`;
  return {
    sqs: arnOf('startFromSqs'),
    s3: arnOf('startFromS3'),
    events: arnOf('startFromEvents'),
    rulePrefix: `${prefix}-`,
  };
}

function machineRoles(setting: string): 'never' | 'try' | 'must' {
  if (setting === 'never' || setting === 'try' || setting === 'must') return setting;
  throw new Error(`MACHINE_ROLES is never, try or must, not '${setting}'.`);
}

/** Throws a sentence that names the variable where one is missing. */
export function awsWorld(environment: Record<string, string | undefined>): World {
  const get = (name: string): string => {
    const value = environment[name];
    if (value === undefined) throw new Error(`The environment variable ${name} is not set: serverless.yml sets it.`);
    return value;
  };
  const partition = environment.PARTITION ?? 'aws';
  const config = clientConfig();
  const dynamodb = withoutRecursionDetection(new DynamoDBClient(config));
  const table = dynamodbTable({ client: dynamodb, tableName: get('TABLE'), indexName: get('LIST_INDEX') });
  const openLambda = (credentials?: RoleCredentials) =>
    withoutRecursionDetection(
      new LambdaClient({ ...config, maxAttempts: 1, ...(credentials === undefined ? {} : { credentials }) }),
    );
  const urls = { advance: get('ADVANCE_QUEUE_URL'), call: get('CALL_QUEUE_URL') };
  const sqs = withoutRecursionDetection(new SQSClient(config));
  const { now } = systemClock;
  const services = awsServices({ environment, now, machineRoles: machineRoles(get('MACHINE_ROLES')) });
  const { roleOf } = services;
  const delaySeconds = Number(get('QUEUE_DELAY_SECONDS'));
  return {
    table,
    queue: sqsQueue({ client: sqs, urls, table, clock: systemClock, delaySeconds }),
    payloads: s3Payloads({ bucket: get('PAYLOAD_BUCKET') }),
    clock: systemClock,
    lambda: awsLambda({ open: openLambda, roleOf, now }),
    services,
    http: awsHttp({
      hosts: allowedHosts(environment.HTTP_ALLOWED_HOSTS ?? ''),
      remedy: 'The parameter httpAllowedHosts of this deployment lists the hosts that workflows may call.',
      services,
      roleOf,
      own: () => dynamodb.config.credentials(),
      region: get('REGION'),
      now,
      apiGatewayEndpoint: endpointOf('apigateway', environment),
    }),
    random: Math.random,
    newId: randomUUID,
    settings: {
      account: get('ACCOUNT_ID'),
      region: get('REGION'),
      partition,
      limits: environment.LIMITS === 'aws' ? LIMITS.aws : LIMITS.extended,
      transitionsPerMessage: Number(get('TRANSITIONS_PER_MESSAGE')),
      activityPollMs: ACTIVITY_POLL_MS,
      callsPerWorker: CALLS_PER_WORKER,
      retentionDays: Number(get('RETENTION_DAYS')),
      startFunctions: startFunctions(get, partition),
    },
  };
}
