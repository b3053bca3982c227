// AWS's own clients, where the run happens; the Step Functions one at the function URL of the deployment.

import { APIGateway } from '@aws-sdk/client-api-gateway';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { Lambda } from '@aws-sdk/client-lambda';
import { S3 } from '@aws-sdk/client-s3';
import { SFN } from '@aws-sdk/client-sfn';
import { SNS } from '@aws-sdk/client-sns';
import { SQS } from '@aws-sdk/client-sqs';
import { inject } from 'vitest';
import { agentHere } from '../../cli/deployment.ts';
import { stepwell } from '../../client/stepwell.mjs';
import { configurationOf } from './account.ts';

export const place = inject('place');
const { endpoint, ...caller } = configurationOf(place);
const configuration = { ...caller, ...(endpoint !== undefined && { endpoint }) };

export const lambda = new Lambda(configuration);
export const s3 = new S3({ ...configuration, forcePathStyle: true });
export const sqs = new SQS(configuration);
export const sns = new SNS(configuration);
export const dynamodb = new DynamoDB(configuration);
export const apiGateway = new APIGateway(configuration);
export const events = new EventBridge(configuration);
export const sfn = new SFN({
  ...stepwell({ ...caller, url: inject('apiUrl') }),
  // Where `*.localhost` does not resolve.
  ...(endpoint !== undefined && { requestHandler: { httpAgent: agentHere() } }),
});
