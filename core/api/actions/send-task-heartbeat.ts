// Says that the task a token names is still worked on: its heartbeat timer starts again.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskHeartbeat.html
import type { SendTaskHeartbeatInput } from '@aws-sdk/client-sfn';
import { action } from '../action.ts';
import { REQUIRED, TASK_TOKEN } from '../members.ts';
import type { Members } from '../shape.ts';
import { beat } from '../task-token.ts';

const members = {
  taskToken: { ...TASK_TOKEN, ...REQUIRED },
} as const satisfies Members<keyof SendTaskHeartbeatInput>;

export const SendTaskHeartbeat = action(members, async ({ taskToken }, world) => {
  await beat(world, taskToken);
  return {};
});
