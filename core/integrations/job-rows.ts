// The jobs that tasks can wait for, one row for each action with `.sync`. Names of actions, members and states are those
// of the services' own APIs, members in the spelling of optimised-services.ts. Which states count as the end is AWS's
// where the developer guide says it; of the rest the row says what is assumed.
import { isObject, type Json, type JsonObject } from '../expr/json.ts';

/** Of a request; those that are undefined are left out. */
export type Members = Record<string, Json | undefined>;

export interface JobRow {
  /** What names the job, from what the action answered and was asked. */
  handle(answer: JsonObject, parameters: JsonObject): Members;
  /** The action that tells how the job stands. */
  describe: string;
  /** Its parameters, where they are not what names the job. */
  ask?(handle: JsonObject): Members;
  /** The job in the answer, as the task's result has it; absent: the answer itself. Undefined where there is no such job. */
  result?(answer: JsonObject, handle: JsonObject): JsonObject | undefined;
  /** Where the result says how the job stands: a path. */
  status: string;
  /** What it says at the end, words with spaces between. All else: the job still runs. */
  succeeded: string;
  failed: string;
  /** Whether a job that got to its end failed nevertheless. */
  isFailure?(result: JsonObject): boolean;
  /** The action that ends the job before its time; AWS has none for the rest. */
  stop?: { action: string; parameters?(handle: JsonObject): Members };
  /** That the service shows it no longer is its good end. */
  endsGone?: true;
  /** How long to wait between two requests, by the age of the job, in milliseconds. */
  pause?(age: number): number;
}

const REASON = 'The execution that started this was stopped, or no longer waits for it.';

export const JOBS: Record<string, JobRow> = {
  'athena:startQueryExecution': {
    handle: ({ QueryExecutionId }) => ({ QueryExecutionId }),
    describe: 'getQueryExecution',
    status: 'QueryExecution.Status.State',
    succeeded: 'SUCCEEDED',
    failed: 'FAILED CANCELLED',
    stop: { action: 'stopQueryExecution' },
  },
  'batch:submitJob': {
    handle: ({ JobId }) => ({ JobId }),
    describe: 'describeJobs',
    ask: ({ JobId = null }) => ({ Jobs: [JobId] }),
    result: ({ Jobs }) => firstOf(Jobs),
    status: 'Status',
    succeeded: 'SUCCEEDED',
    failed: 'FAILED',
    stop: { action: 'terminateJob', parameters: (handle) => ({ ...handle, Reason: REASON }) },
  },
  'bedrock:createModelCustomizationJob': {
    handle: ({ JobArn }) => ({ JobIdentifier: JobArn }),
    describe: 'getModelCustomizationJob',
    status: 'Status',
    succeeded: 'Completed',
    failed: 'Failed Stopped',
    stop: { action: 'stopModelCustomizationJob' },
  },
  'codebuild:startBuild': {
    handle: ({ Build }) => ({ Id: memberOf(Build, 'Id') }),
    describe: 'batchGetBuilds',
    ask: ({ Id = null }) => ({ Ids: [Id] }),
    result: ({ Builds }) => within('Build', firstOf(Builds)),
    status: 'Build.BuildStatus',
    succeeded: 'SUCCEEDED',
    failed: 'FAILED FAULT TIMED_OUT STOPPED',
    stop: { action: 'stopBuild' },
  },
  'codebuild:startBuildBatch': buildBatch(),
  'codebuild:retryBuildBatch': buildBatch(),
  'databrew:startJobRun': {
    handle: ({ RunId }, { Name }) => ({ Name, RunId }),
    describe: 'describeJobRun',
    status: 'State',
    succeeded: 'SUCCEEDED',
    failed: 'FAILED STOPPED TIMEOUT',
    stop: { action: 'stopJobRun' },
  },
  'ecs:runTask': {
    handle: ({ Tasks }, { Cluster }) => ({ Cluster, Task: memberOf(firstOf(Tasks), 'TaskArn') }),
    describe: 'describeTasks',
    ask: ({ Cluster, Task = null }) => ({ Cluster, Tasks: [Task] }),
    result: ({ Tasks }) => firstOf(Tasks),
    status: 'LastStatus',
    succeeded: 'STOPPED',
    failed: '',
    isFailure: hasFailedContainer,
    stop: { action: 'stopTask', parameters: (handle) => ({ ...handle, Reason: REASON }) },
  },
  'eks:createCluster': {
    handle: ({ Cluster }) => ({ Name: memberOf(Cluster, 'Name') }),
    describe: 'describeCluster',
    status: 'Cluster.Status',
    succeeded: 'ACTIVE',
    failed: 'FAILED',
  },
  'eks:deleteCluster': {
    handle: (_answer, { Name }) => ({ Name }),
    describe: 'describeCluster',
    status: 'Cluster.Status',
    succeeded: '',
    failed: 'FAILED',
    endsGone: true,
  },
  'eks:createFargateProfile': {
    handle: (_answer, { ClusterName, FargateProfileName }) => ({ ClusterName, FargateProfileName }),
    describe: 'describeFargateProfile',
    status: 'FargateProfile.Status',
    succeeded: 'ACTIVE',
    failed: 'CREATE_FAILED',
  },
  'eks:deleteFargateProfile': {
    handle: (_answer, { ClusterName, FargateProfileName }) => ({ ClusterName, FargateProfileName }),
    describe: 'describeFargateProfile',
    status: 'FargateProfile.Status',
    succeeded: '',
    failed: 'DELETE_FAILED',
    endsGone: true,
  },
  'eks:createNodegroup': {
    handle: (_answer, { ClusterName, NodegroupName }) => ({ ClusterName, NodegroupName }),
    describe: 'describeNodegroup',
    status: 'Nodegroup.Status',
    succeeded: 'ACTIVE',
    failed: 'CREATE_FAILED',
  },
  'eks:deleteNodegroup': {
    handle: (_answer, { ClusterName, NodegroupName }) => ({ ClusterName, NodegroupName }),
    describe: 'describeNodegroup',
    status: 'Nodegroup.Status',
    succeeded: '',
    failed: 'DELETE_FAILED',
    endsGone: true,
  },
  // The guide's examples take `$.ClusterId` of what this gives. A cluster with steps of its own is there when they are
  // done (assumed): it waits for more, or has terminated.
  'elasticmapreduce:createCluster': {
    handle: ({ ClusterId }) => ({ ClusterId }),
    describe: 'describeCluster',
    result: ({ Cluster = null }, { ClusterId = null }) => ({ Cluster, ClusterId }),
    status: 'Cluster.Status.State',
    succeeded: 'WAITING TERMINATED',
    failed: 'TERMINATED_WITH_ERRORS',
    stop: { action: 'terminateJobFlows', parameters: ({ ClusterId = null }) => ({ JobFlowIds: [ClusterId] }) },
    pause: emrPause,
  },
  'elasticmapreduce:terminateCluster': {
    handle: (_answer, { ClusterId }) => ({ ClusterId }),
    describe: 'describeCluster',
    status: 'Cluster.Status.State',
    succeeded: 'TERMINATED TERMINATED_WITH_ERRORS',
    failed: '',
    pause: emrPause,
  },
  'elasticmapreduce:addStep': {
    handle: ({ StepId }, { ClusterId }) => ({ ClusterId, StepId }),
    describe: 'describeStep',
    status: 'Step.Status.State',
    succeeded: 'COMPLETED',
    failed: 'FAILED CANCELLED INTERRUPTED',
    stop: {
      action: 'cancelSteps',
      parameters: ({ ClusterId, StepId = null }) => ({ ClusterId, StepIds: [StepId] }),
    },
    pause: emrPause,
  },
  'emr-containers:startJobRun': {
    handle: ({ Id, VirtualClusterId }) => ({ Id, VirtualClusterId }),
    describe: 'describeJobRun',
    status: 'JobRun.State',
    succeeded: 'COMPLETED',
    failed: 'FAILED CANCELLED',
    stop: { action: 'cancelJobRun' },
  },
  'emr-containers:deleteVirtualCluster': {
    handle: ({ Id }) => ({ Id }),
    describe: 'describeVirtualCluster',
    status: 'VirtualCluster.State',
    succeeded: 'TERMINATED',
    failed: 'ARRESTED',
    endsGone: true,
  },
  'emr-serverless:createApplication': application('CREATED STARTING STARTED STOPPED', 'TERMINATED'),
  'emr-serverless:startApplication': {
    ...application('STARTED', 'TERMINATED'),
    stop: { action: 'stopApplication' },
  },
  'emr-serverless:stopApplication': application('STOPPED CREATED', 'TERMINATED'),
  'emr-serverless:deleteApplication': { ...application('TERMINATED', ''), endsGone: true },
  'emr-serverless:startJobRun': {
    handle: ({ ApplicationId, JobRunId }) => ({ ApplicationId, JobRunId }),
    describe: 'getJobRun',
    status: 'JobRun.State',
    succeeded: 'SUCCESS',
    failed: 'FAILED CANCELLED',
    stop: { action: 'cancelJobRun' },
  },
  'emr-serverless:cancelJobRun': {
    handle: (_answer, { ApplicationId, JobRunId }) => ({ ApplicationId, JobRunId }),
    describe: 'getJobRun',
    status: 'JobRun.State',
    succeeded: 'CANCELLED',
    failed: 'SUCCESS FAILED',
  },
  'glue:startJobRun': {
    handle: ({ JobRunId }, { JobName }) => ({ JobName, RunId: JobRunId }),
    describe: 'getJobRun',
    result: ({ JobRun }) => (isObject(JobRun) ? JobRun : undefined),
    status: 'JobRunState',
    succeeded: 'SUCCEEDED',
    failed: 'FAILED STOPPED TIMEOUT ERROR EXPIRED',
    stop: {
      action: 'batchStopJobRun',
      parameters: ({ JobName, RunId = null }) => ({ JobName, JobRunIds: [RunId] }),
    },
  },
  'mediaconvert:createJob': {
    handle: ({ Job }) => ({ Id: memberOf(Job, 'Id') }),
    describe: 'getJob',
    status: 'Job.Status',
    succeeded: 'COMPLETE',
    failed: 'ERROR CANCELED',
    stop: { action: 'cancelJob' },
  },
  'sagemaker:createHyperParameterTuningJob': sagemakerJob('HyperParameterTuningJob'),
  'sagemaker:createLabelingJob': sagemakerJob('LabelingJob'),
  'sagemaker:createProcessingJob': sagemakerJob('ProcessingJob'),
  'sagemaker:createTrainingJob': sagemakerJob('TrainingJob'),
  'sagemaker:createTransformJob': sagemakerJob('TransformJob'),
};

function buildBatch(): JobRow {
  return {
    handle: ({ BuildBatch }) => ({ Id: memberOf(BuildBatch, 'Id') }),
    describe: 'batchGetBuildBatches',
    ask: ({ Id = null }) => ({ Ids: [Id] }),
    result: ({ BuildBatches }) => within('BuildBatch', firstOf(BuildBatches)),
    status: 'BuildBatch.BuildBatchStatus',
    succeeded: 'SUCCEEDED',
    failed: 'FAILED FAULT TIMED_OUT STOPPED',
    stop: { action: 'stopBuildBatch' },
  };
}

function application(succeeded: string, failed: string): JobRow {
  return {
    handle: (answer, parameters) => ({ ApplicationId: answer.ApplicationId ?? parameters.ApplicationId }),
    describe: 'getApplication',
    status: 'Application.State',
    succeeded,
    failed,
  };
}

function sagemakerJob(name: string): JobRow {
  return {
    handle: (_answer, parameters) => ({ [`${name}Name`]: parameters[`${name}Name`] }),
    describe: `describe${name}`,
    status: `${name}Status`,
    succeeded: 'Completed',
    failed: 'Failed Stopped',
    stop: { action: `stop${name}` },
  };
}

/** As the guide says AWS does it: every minute for ten minutes, then every five. */
function emrPause(age: number): number {
  return age < 600_000 ? 60_000 : 300_000;
}

/**
 * A task that never began, or was stopped by somebody, has containers without an exit code. Which containers are
 * essential the description does not say: when one has ended well, ECS ends the others, and their exit codes (137, 143)
 * are no failure. A code other than these is.
 */
function hasFailedContainer({ Containers, StopCode }: JsonObject): boolean {
  if (StopCode !== undefined && StopCode !== 'EssentialContainerExited') return true;
  const codes = (Array.isArray(Containers) ? Containers : []).map((each) => memberOf(each, 'ExitCode'));
  const isEndedByOthers = (code: Json | undefined) =>
    codes.length > 1 && (Number(code) === 137 || Number(code) === 143);
  return (
    !codes.some((code) => Number(code) === 0) || codes.some((code) => Number(code) !== 0 && !isEndedByOthers(code))
  );
}

function firstOf(list: Json | undefined): JsonObject | undefined {
  const first = Array.isArray(list) ? list[0] : undefined;
  return isObject(first) ? first : undefined;
}

function within(name: string, object: JsonObject | undefined): JsonObject | undefined {
  return object && { [name]: object };
}

function memberOf(object: Json | undefined, name: string): Json | undefined {
  return isObject(object) ? object[name] : undefined;
}
