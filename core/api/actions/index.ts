// The support matrix: every action that the SDK knows, with the file that does it or the reason why none does.
import { type Action, type ActionName, type Unsupported, unsupported } from '../action.ts';
import { CreateActivity } from './create-activity.ts';
import { CreateStateMachine } from './create-state-machine.ts';
import { CreateStateMachineAlias } from './create-state-machine-alias.ts';
import { DeleteActivity } from './delete-activity.ts';
import { DeleteStateMachine } from './delete-state-machine.ts';
import { DeleteStateMachineAlias } from './delete-state-machine-alias.ts';
import { DeleteStateMachineVersion } from './delete-state-machine-version.ts';
import { DescribeActivity } from './describe-activity.ts';
import { DescribeExecution } from './describe-execution.ts';
import { DescribeStateMachine } from './describe-state-machine.ts';
import { DescribeStateMachineAlias } from './describe-state-machine-alias.ts';
import { DescribeStateMachineForExecution } from './describe-state-machine-for-execution.ts';
import { GetActivityTask } from './get-activity-task.ts';
import { GetExecutionHistory } from './get-execution-history.ts';
import { ListActivities } from './list-activities.ts';
import { ListExecutions } from './list-executions.ts';
import { ListStateMachineAliases } from './list-state-machine-aliases.ts';
import { ListStateMachineVersions } from './list-state-machine-versions.ts';
import { ListStateMachines } from './list-state-machines.ts';
import { ListTagsForResource } from './list-tags-for-resource.ts';
import { PublishStateMachineVersion } from './publish-state-machine-version.ts';
import { RedriveExecution } from './redrive-execution.ts';
import { SendTaskFailure } from './send-task-failure.ts';
import { SendTaskHeartbeat } from './send-task-heartbeat.ts';
import { SendTaskSuccess } from './send-task-success.ts';
import { StartExecution } from './start-execution.ts';
import { StartSyncExecution } from './start-sync-execution.ts';
import { StopExecution } from './stop-execution.ts';
import { TagResource } from './tag-resource.ts';
import { TestState } from './test-state.ts';
import { UntagResource } from './untag-resource.ts';
import { UpdateStateMachine } from './update-state-machine.ts';
import { UpdateStateMachineAlias } from './update-state-machine-alias.ts';
import { ValidateStateMachineDefinition } from './validate-state-machine-definition.ts';

export const ACTIONS: Record<ActionName, Action | Unsupported> = {
  CreateActivity,
  CreateStateMachine,
  CreateStateMachineAlias,
  DeleteActivity,
  DeleteStateMachine,
  DeleteStateMachineAlias,
  DeleteStateMachineVersion,
  DescribeActivity,
  DescribeExecution,
  DescribeMapRun: unsupported('Distributed Map is not built yet'),
  DescribeStateMachine,
  DescribeStateMachineAlias,
  DescribeStateMachineForExecution,
  GetActivityTask,
  GetExecutionHistory,
  ListActivities,
  ListExecutions,
  ListMapRuns: unsupported('Distributed Map is not built yet'),
  ListStateMachineAliases,
  ListStateMachines,
  ListStateMachineVersions,
  ListTagsForResource,
  PublishStateMachineVersion,
  RedriveExecution,
  SendTaskFailure,
  SendTaskHeartbeat,
  SendTaskSuccess,
  StartExecution,
  StartSyncExecution,
  StopExecution,
  TagResource,
  TestState,
  UntagResource,
  UpdateMapRun: unsupported('Distributed Map is not built yet'),
  UpdateStateMachine,
  UpdateStateMachineAlias,
  ValidateStateMachineDefinition,
};
