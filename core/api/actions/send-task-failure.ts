// Ends the task that a token names with an error. The first answer counts; a later one finds the task closed.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskFailure.html
import type { SendTaskFailureInput } from '@aws-sdk/client-sfn';
import { action } from '../action.ts';
import { CAUSE, ERROR, REQUIRED, TASK_TOKEN } from '../members.ts';
import type { Members } from '../shape.ts';
import { answer } from '../task-token.ts';

const members = {
  taskToken: { ...TASK_TOKEN, ...REQUIRED },
  error: ERROR,
  cause: CAUSE,
} as const satisfies Members<keyof SendTaskFailureInput>;

export const SendTaskFailure = action(members, async ({ taskToken, ...failure }, world) => {
  await answer(world, taskToken, { kind: 'failed', ...failure });
  return {};
});
