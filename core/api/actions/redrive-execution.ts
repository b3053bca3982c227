// Lets an execution that failed, timed out or was stopped go on where it broke: same ARN, input and definition. A client
// token makes the call idempotent for 15 minutes.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_RedriveExecution.html
import type { RedriveExecutionInput, RedriveExecutionOutput } from '@aws-sdk/client-sfn';
import { redriveExecution } from '../../driver/executions.ts';
import { readHead, standingOf } from '../../store/standing.ts';
import { action, epochSeconds, type Wire } from '../action.ts';
import { executionNotRedrivable } from '../exceptions.ts';
import { ARN, REQUIRED } from '../members.ts';
import { redriveStatus } from '../redrive-status.ts';
import { findExecution } from '../resolve.ts';
import type { Members } from '../shape.ts';

const members = {
  executionArn: { ...ARN, ...REQUIRED },
  clientToken: { kind: 'string', min: 1, max: 64, pattern: '[!-~]+' },
} as const satisfies Members<keyof RedriveExecutionInput>;

const TOKEN_MS = 15 * 60_000;

export const RedriveExecution = action(members, async ({ executionArn, clientToken }, world) => {
  const creation = await findExecution(world, executionArn);
  for (;;) {
    const head = await readHead(world, creation);
    const standing = standingOf(head);
    const earlier = clientToken === undefined ? undefined : standing.redriveTokens?.[clientToken];
    if (earlier !== undefined && world.clock.now() < earlier + TOKEN_MS) return answer(earlier);
    const verdict = await redriveStatus(world, creation, standing);
    if (verdict.redriveStatus !== 'REDRIVABLE') throw executionNotRedrivable(verdict.redriveStatusReason);
    const request = clientToken === undefined ? {} : { clientToken };
    const { isTaken, redriveDate } = await redriveExecution(world, creation, head, request);
    // Somebody else was faster, maybe with this very request: see how it stands now.
    if (isTaken) return answer(redriveDate);
  }
});

function answer(redriveDate: number): Wire<RedriveExecutionOutput> {
  return { redriveDate: epochSeconds(redriveDate) };
}
