// Messages that could not be processed twenty times: the run they are about is stalled, not failed, because the defect
// is ours (D8). They are shelved in the table, where the audit finds them and tries again.
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { shelve } from '../core/store/stalled.ts';
import type { World } from '../core/world.ts';
import { logTrouble, onAws, type Report } from './on-aws.ts';

export type DeadLetterHandler = (event: SQSEvent, context: unknown) => Promise<SQSBatchResponse>;

export function createDeadLetterHandler(world: World, report: Report = logTrouble): DeadLetterHandler {
  return async ({ Records }) => {
    const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
    for (const { messageId, body, eventSourceARN } of Records) {
      try {
        await shelve(world, {
          id: messageId,
          body,
          queue: /-call(-dead-letter)?$/.test(eventSourceARN) ? 'call' : 'advance',
        });
      } catch (trouble) {
        report(trouble, `Dead letter ${messageId}`);
        batchItemFailures.push({ itemIdentifier: messageId });
      }
    }
    return { batchItemFailures };
  };
}

export const handler: DeadLetterHandler = onAws((world) => createDeadLetterHandler(world));
