// Ends the task that a token names with a result. The first answer counts; a later one finds the task closed.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html
import type { SendTaskSuccessInput } from '@aws-sdk/client-sfn';
import { parseJson } from '../../expr/json.ts';
import { jsonComplaint } from '../../expr/json-complaint.ts';
import { action } from '../action.ts';
import { invalidOutput } from '../exceptions.ts';
import { checkPayload } from '../execution-input.ts';
import { PAYLOAD, REQUIRED, TASK_TOKEN } from '../members.ts';
import type { Members } from '../shape.ts';
import { answer } from '../task-token.ts';

const members = {
  taskToken: { ...TASK_TOKEN, ...REQUIRED },
  output: { ...PAYLOAD, ...REQUIRED },
} as const satisfies Members<keyof SendTaskSuccessInput>;

export const SendTaskSuccess = action(members, async ({ taskToken, output }, world) => {
  checkPayload(world, 'output', output);
  try {
    parseJson(output);
  } catch {
    throw invalidOutput(jsonComplaint(output).message);
  }
  await answer(world, taskToken, { kind: 'succeeded', output });
  return {};
});
