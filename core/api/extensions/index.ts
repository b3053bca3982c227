// Actions that Step Functions does not have, called as `X-Amz-Target: Stepwell.<Action>` in the same JSON. A table of
// their own, so the one of AWS's actions stays what the SDK knows.
import type { Action } from '../action.ts';
import { DeleteTrigger } from './delete-trigger.ts';
import { DescribeDeployment } from './describe-deployment.ts';
import { Diagnose } from './diagnose.ts';
import { DiscardExecution } from './discard-execution.ts';
import { DiscardMessage } from './discard-message.ts';
import { DiscardStateMachine } from './discard-state-machine.ts';
import { ForkExecution } from './fork-execution.ts';
import { ListTriggers } from './list-triggers.ts';
import { PutTrigger } from './put-trigger.ts';
import { ReceiveEvent } from './receive-event.ts';
import { Repair } from './repair.ts';

export const EXTENSIONS = {
  DeleteTrigger,
  DescribeDeployment,
  ForkExecution,
  Diagnose,
  DiscardExecution,
  DiscardMessage,
  DiscardStateMachine,
  ListTriggers,
  PutTrigger,
  ReceiveEvent,
  Repair,
} satisfies Record<string, Action>;
