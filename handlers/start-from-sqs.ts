// Messages of users' queues: each starts an execution, or each batch does. What could not be started comes again. The
// local server feeds it the same events.
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { startFromSqs } from '../core/triggers/sqs.ts';
import type { World } from '../core/world.ts';
import { logTrouble, onAws, type Report } from './on-aws.ts';

export type StartFromSqsHandler = (event: SQSEvent, context: unknown) => Promise<SQSBatchResponse>;

export function createStartFromSqsHandler(world: World, report: Report = logTrouble): StartFromSqsHandler {
  return async ({ Records }) => {
    const { failures } = await startFromSqs(world, Records);
    for (const { messageId, trouble } of failures) report(trouble, `Message ${messageId}`);
    const failed = new Set(failures.map(({ messageId }) => messageId));
    return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

export const handler: StartFromSqsHandler = onAws((world) => createStartFromSqsHandler(world));
