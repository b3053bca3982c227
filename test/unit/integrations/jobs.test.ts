// The jobs of every service, with prepared answers: how each is asked for, what its end looks like, how it is stopped.
import { expect, test } from 'vitest';
import type { CallOutcome } from '../../../core/engine/call.ts';
import type { JsonObject } from '../../../core/expr/json.ts';
import { callTarget } from '../../../core/integrations/index.ts';
import { JOBS } from '../../../core/integrations/job-rows.ts';
import { askForJob, type JobAnswer, pollPause, stopJob } from '../../../core/integrations/jobs.ts';
import { OPTIMISED } from '../../../core/integrations/optimised-services.ts';
import { AwsServiceError, type ServiceRequest } from '../../../core/ports.ts';
import type { World } from '../../../core/world.ts';

const CALLER = { executionArn: 'arn:aws:states:us-east-1:123456789012:execution:machine:name', run: 'r', wait: '0@0' };
const ROLE = 'arn:aws:iam::123456789012:role/machine';
const arn = (resource: string) => `arn:aws:states:::${resource}.sync`;

/** A world whose AWS gives this answer, and what it is asked. */
function worldOf(answer: JsonObject | Error, now = 0) {
  const asked: ServiceRequest[] = [];
  const world = {
    clock: { now: () => now },
    services: {
      async call(request: ServiceRequest) {
        asked.push(request);
        if (answer instanceof Error) throw answer;
        return { output: answer, status: 200, requestId: 'request-1', headers: {} };
      },
    },
  } as unknown as World;
  return { world, asked };
}

const signal = new AbortController().signal;

/** Submits a job; gives what names it. */
async function submit(resource: string, parameters: JsonObject, answer: JsonObject): Promise<string> {
  const call = { resource: arn(resource), parameters: JSON.stringify(parameters) };
  const outcome = await callTarget(worldOf(answer).world, call, CALLER, signal);
  expect(outcome.kind).toBe('submitted');
  return (outcome as Extract<CallOutcome, { kind: 'submitted' }>).job!;
}

async function ask(resource: string, handle: string, answer: JsonObject | Error, age = 0) {
  const { world, asked } = worldOf(answer, age);
  const request = { job: { resource: arn(resource), handle, since: 0 }, machineRoleArn: ROLE };
  return { answer: await askForJob(world, request, signal), request: asked[0]! };
}

interface Row {
  /** What the task asks for, and is answered with. */
  task: [parameters: JsonObject, answer: JsonObject];
  /** What the service is asked for then. */
  asks: [action: string, parameters: JsonObject];
  /** The service's answer about a job in this state. */
  in(state: string): JsonObject;
  /** What of it is the task's result, where it is not all. */
  result?(state: string): JsonObject;
  runs: string[];
  good: string[];
  bad: string[];
  stops?: [action: string, parameters: JsonObject];
}

const REASON = expect.any(String) as never;
const build = (state: string) => ({ Id: 'b', BuildStatus: state });
const batch = (state: string) => ({ Id: 'b', BuildBatchStatus: state });
const BUILD_ENDS = { runs: ['IN_PROGRESS'], good: ['SUCCEEDED'], bad: ['FAILED', 'FAULT', 'TIMED_OUT', 'STOPPED'] };
const buildBatch: Row = {
  task: [{ ProjectName: 'p' }, { BuildBatch: batch('IN_PROGRESS') }],
  asks: ['batchGetBuildBatches', { Ids: ['b'] }],
  in: (state) => ({ BuildBatches: [batch(state)], BuildBatchesNotFound: [] }),
  result: (state) => ({ BuildBatch: batch(state) }),
  ...BUILD_ENDS,
  stops: ['stopBuildBatch', { Id: 'b' }],
};
const nodegroup = { ClusterName: 'c', NodegroupName: 'n' };
const profile = { ClusterName: 'c', FargateProfileName: 'f' };
const application = (good: string[], bad: string[]): Row => ({
  task: [{ ApplicationId: 'a' }, {}],
  asks: ['getApplication', { ApplicationId: 'a' }],
  in: (State) => ({ Application: { State } }),
  runs: ['CREATING', 'STOPPING'],
  good,
  bad,
});
const sagemaker = (name: string): Row => ({
  task: [{ [`${name}Name`]: 'j' }, { [`${name}Arn`]: 'arn' }],
  asks: [`describe${name}`, { [`${name}Name`]: 'j' }],
  in: (state) => ({ [`${name}Name`]: 'j', [`${name}Status`]: state }),
  runs: ['InProgress', 'Stopping'],
  good: ['Completed'],
  bad: ['Failed', 'Stopped'],
  stops: [`stop${name}`, { [`${name}Name`]: 'j' }],
});

const ROWS: Record<string, Row> = {
  'athena:startQueryExecution': {
    task: [{ QueryString: 'select 1' }, { QueryExecutionId: 'q' }],
    asks: ['getQueryExecution', { QueryExecutionId: 'q' }],
    in: (State) => ({ QueryExecution: { QueryExecutionId: 'q', Status: { State } } }),
    runs: ['QUEUED', 'RUNNING'],
    good: ['SUCCEEDED'],
    bad: ['FAILED', 'CANCELLED'],
    stops: ['stopQueryExecution', { QueryExecutionId: 'q' }],
  },
  'batch:submitJob': {
    task: [
      { JobName: 'j', JobQueue: 'q' },
      { JobArn: 'arn', JobId: 'i', JobName: 'j' },
    ],
    asks: ['describeJobs', { Jobs: ['i'] }],
    in: (Status) => ({ Jobs: [{ JobId: 'i', Status }] }),
    result: (Status) => ({ JobId: 'i', Status }),
    runs: ['SUBMITTED', 'PENDING', 'RUNNABLE', 'STARTING', 'RUNNING'],
    good: ['SUCCEEDED'],
    bad: ['FAILED'],
    stops: ['terminateJob', { JobId: 'i', Reason: REASON }],
  },
  'bedrock:createModelCustomizationJob': {
    task: [{ JobName: 'j' }, { JobArn: 'arn' }],
    asks: ['getModelCustomizationJob', { JobIdentifier: 'arn' }],
    in: (Status) => ({ JobArn: 'arn', Status }),
    runs: ['InProgress', 'Stopping'],
    good: ['Completed'],
    bad: ['Failed', 'Stopped'],
    stops: ['stopModelCustomizationJob', { JobIdentifier: 'arn' }],
  },
  'codebuild:startBuild': {
    task: [{ ProjectName: 'p' }, { Build: build('IN_PROGRESS') }],
    asks: ['batchGetBuilds', { Ids: ['b'] }],
    in: (state) => ({ Builds: [build(state)], BuildsNotFound: [] }),
    result: (state) => ({ Build: build(state) }),
    ...BUILD_ENDS,
    stops: ['stopBuild', { Id: 'b' }],
  },
  'codebuild:startBuildBatch': buildBatch,
  'codebuild:retryBuildBatch': buildBatch,
  'databrew:startJobRun': {
    task: [{ Name: 'n' }, { RunId: 'r' }],
    asks: ['describeJobRun', { Name: 'n', RunId: 'r' }],
    in: (State) => ({ RunId: 'r', State }),
    runs: ['STARTING', 'RUNNING', 'STOPPING'],
    good: ['SUCCEEDED'],
    bad: ['FAILED', 'STOPPED', 'TIMEOUT'],
    stops: ['stopJobRun', { Name: 'n', RunId: 'r' }],
  },
  'ecs:runTask': {
    task: [
      { Cluster: 'c', TaskDefinition: 'd' },
      { Failures: [], Tasks: [{ TaskArn: 't' }] },
    ],
    asks: ['describeTasks', { Cluster: 'c', Tasks: ['t'] }],
    in: (LastStatus) => ({ Tasks: [{ LastStatus, Containers: [{ ExitCode: 0 }] }] }),
    result: (LastStatus) => ({ LastStatus, Containers: [{ ExitCode: 0 }] }),
    runs: ['PROVISIONING', 'PENDING', 'RUNNING', 'DEPROVISIONING'],
    good: ['STOPPED'],
    bad: [],
    stops: ['stopTask', { Cluster: 'c', Task: 't', Reason: REASON }],
  },
  'eks:createCluster': {
    task: [{ Name: 'c' }, { Cluster: { Name: 'c', Status: 'CREATING' } }],
    asks: ['describeCluster', { Name: 'c' }],
    in: (Status) => ({ Cluster: { Name: 'c', Status } }),
    runs: ['CREATING'],
    good: ['ACTIVE'],
    bad: ['FAILED'],
  },
  'eks:deleteCluster': {
    task: [{ Name: 'c' }, { Cluster: { Name: 'c', Status: 'DELETING' } }],
    asks: ['describeCluster', { Name: 'c' }],
    in: (Status) => ({ Cluster: { Name: 'c', Status } }),
    runs: ['ACTIVE', 'DELETING'],
    good: [],
    bad: ['FAILED'],
  },
  'eks:createNodegroup': {
    task: [nodegroup, {}],
    asks: ['describeNodegroup', nodegroup],
    in: (Status) => ({ Nodegroup: { ...nodegroup, Status } }),
    runs: ['CREATING'],
    good: ['ACTIVE'],
    bad: ['CREATE_FAILED'],
  },
  'eks:deleteNodegroup': {
    task: [nodegroup, {}],
    asks: ['describeNodegroup', nodegroup],
    in: (Status) => ({ Nodegroup: { ...nodegroup, Status } }),
    runs: ['DELETING'],
    good: [],
    bad: ['DELETE_FAILED'],
  },
  'eks:createFargateProfile': {
    task: [profile, {}],
    asks: ['describeFargateProfile', profile],
    in: (Status) => ({ FargateProfile: { ...profile, Status } }),
    runs: ['CREATING'],
    good: ['ACTIVE'],
    bad: ['CREATE_FAILED'],
  },
  'eks:deleteFargateProfile': {
    task: [profile, {}],
    asks: ['describeFargateProfile', profile],
    in: (Status) => ({ FargateProfile: { ...profile, Status } }),
    runs: ['DELETING'],
    good: [],
    bad: ['DELETE_FAILED'],
  },
  'elasticmapreduce:createCluster': {
    task: [{ Name: 'n' }, { JobFlowId: 'j-1' }],
    asks: ['describeCluster', { ClusterId: 'j-1' }],
    in: (State) => ({ Cluster: { Id: 'j-1', Status: { State } } }),
    result: (State) => ({ Cluster: { Id: 'j-1', Status: { State } }, ClusterId: 'j-1' }),
    runs: ['STARTING', 'BOOTSTRAPPING', 'RUNNING', 'TERMINATING'],
    good: ['WAITING', 'TERMINATED'],
    bad: ['TERMINATED_WITH_ERRORS'],
    stops: ['terminateJobFlows', { JobFlowIds: ['j-1'] }],
  },
  'elasticmapreduce:terminateCluster': {
    task: [{ ClusterId: 'j-1' }, {}],
    asks: ['describeCluster', { ClusterId: 'j-1' }],
    in: (State) => ({ Cluster: { Id: 'j-1', Status: { State } } }),
    runs: ['WAITING', 'TERMINATING'],
    good: ['TERMINATED', 'TERMINATED_WITH_ERRORS'],
    bad: [],
  },
  'elasticmapreduce:addStep': {
    task: [{ ClusterId: 'j-1', Step: { Name: 's' } }, { StepIds: ['s-1'] }],
    asks: ['describeStep', { ClusterId: 'j-1', StepId: 's-1' }],
    in: (State) => ({ Step: { Id: 's-1', Status: { State } } }),
    runs: ['PENDING', 'RUNNING', 'CANCEL_PENDING'],
    good: ['COMPLETED'],
    bad: ['FAILED', 'CANCELLED', 'INTERRUPTED'],
    stops: ['cancelSteps', { ClusterId: 'j-1', StepIds: ['s-1'] }],
  },
  'emr-containers:startJobRun': {
    task: [{ VirtualClusterId: 'v' }, { Arn: 'arn', Id: 'i', Name: 'n', VirtualClusterId: 'v' }],
    asks: ['describeJobRun', { Id: 'i', VirtualClusterId: 'v' }],
    in: (State) => ({ JobRun: { Id: 'i', State } }),
    runs: ['PENDING', 'SUBMITTED', 'RUNNING', 'CANCEL_PENDING'],
    good: ['COMPLETED'],
    bad: ['FAILED', 'CANCELLED'],
    stops: ['cancelJobRun', { Id: 'i', VirtualClusterId: 'v' }],
  },
  'emr-containers:deleteVirtualCluster': {
    task: [{ Id: 'v' }, { Id: 'v' }],
    asks: ['describeVirtualCluster', { Id: 'v' }],
    in: (State) => ({ VirtualCluster: { Id: 'v', State } }),
    runs: ['RUNNING', 'TERMINATING'],
    good: ['TERMINATED'],
    bad: ['ARRESTED'],
  },
  'emr-serverless:createApplication': {
    ...application(['CREATED', 'STARTED'], ['TERMINATED']),
    task: [{ Name: 'n' }, { ApplicationId: 'a', Arn: 'arn' }],
  },
  'emr-serverless:startApplication': {
    ...application(['STARTED'], ['TERMINATED']),
    runs: ['CREATED', 'STOPPED', 'STARTING'],
    stops: ['stopApplication', { ApplicationId: 'a' }],
  },
  'emr-serverless:stopApplication': application(['STOPPED'], ['TERMINATED']),
  'emr-serverless:deleteApplication': application(['TERMINATED'], []),
  'emr-serverless:startJobRun': {
    task: [{ ApplicationId: 'a' }, { ApplicationId: 'a', JobRunId: 'r' }],
    asks: ['getJobRun', { ApplicationId: 'a', JobRunId: 'r' }],
    in: (State) => ({ JobRun: { JobRunId: 'r', State } }),
    runs: ['SUBMITTED', 'PENDING', 'SCHEDULED', 'RUNNING', 'CANCELLING', 'QUEUED'],
    good: ['SUCCESS'],
    bad: ['FAILED', 'CANCELLED'],
    stops: ['cancelJobRun', { ApplicationId: 'a', JobRunId: 'r' }],
  },
  'emr-serverless:cancelJobRun': {
    task: [{ ApplicationId: 'a', JobRunId: 'r' }, {}],
    asks: ['getJobRun', { ApplicationId: 'a', JobRunId: 'r' }],
    in: (State) => ({ JobRun: { JobRunId: 'r', State } }),
    runs: ['RUNNING', 'CANCELLING'],
    good: ['CANCELLED'],
    bad: ['SUCCESS', 'FAILED'],
  },
  'glue:startJobRun': {
    task: [{ JobName: 'n' }, { JobRunId: 'r' }],
    asks: ['getJobRun', { JobName: 'n', RunId: 'r' }],
    in: (JobRunState) => ({ JobRun: { Id: 'r', JobRunState } }),
    result: (JobRunState) => ({ Id: 'r', JobRunState }),
    runs: ['STARTING', 'RUNNING', 'STOPPING', 'WAITING'],
    good: ['SUCCEEDED'],
    bad: ['FAILED', 'STOPPED', 'TIMEOUT', 'ERROR', 'EXPIRED'],
    stops: ['batchStopJobRun', { JobName: 'n', JobRunIds: ['r'] }],
  },
  'mediaconvert:createJob': {
    task: [{ Role: 'r' }, { Job: { Id: 'j', Status: 'SUBMITTED' } }],
    asks: ['getJob', { Id: 'j' }],
    in: (Status) => ({ Job: { Id: 'j', Status } }),
    runs: ['SUBMITTED', 'PROGRESSING'],
    good: ['COMPLETE'],
    bad: ['ERROR', 'CANCELED'],
    stops: ['cancelJob', { Id: 'j' }],
  },
  'sagemaker:createHyperParameterTuningJob': sagemaker('HyperParameterTuningJob'),
  'sagemaker:createLabelingJob': sagemaker('LabelingJob'),
  'sagemaker:createProcessingJob': sagemaker('ProcessingJob'),
  'sagemaker:createTrainingJob': sagemaker('TrainingJob'),
  'sagemaker:createTransformJob': sagemaker('TransformJob'),
};

test('every action with .sync has its row, and every row its action', () => {
  const actions = Object.entries(OPTIMISED).flatMap(([service, row]) =>
    Object.entries(row.actions)
      .filter(([, patterns]) => patterns.includes('sync'))
      .map(([action]) => `${service}:${action}`),
  );
  expect(Object.keys(JOBS).toSorted()).toEqual(actions.toSorted());
  expect(Object.keys(ROWS).toSorted()).toEqual(Object.keys(JOBS).toSorted());
});

test.each(Object.entries(ROWS))('%s.sync', async (resource, row) => {
  const handle = await submit(resource, ...row.task);
  const result = row.result ?? row.in;
  for (const state of row.runs) {
    const { answer, request } = await ask(resource, handle, row.in(state));
    expect([state, answer]).toEqual([state, 'running']);
    const [action, parameters] = row.asks;
    expect(request).toMatchObject({ action, parameters, machineRoleArn: ROLE });
    expect(Object.keys(request.parameters)).toEqual(Object.keys(parameters));
  }
  for (const state of row.good) {
    const { answer } = await ask(resource, handle, row.in(state));
    expect(answer).toEqual({ kind: 'succeeded', output: JSON.stringify(result(state)) });
  }
  for (const state of row.bad) {
    const { answer } = await ask(resource, handle, row.in(state));
    expect(answer).toEqual({ kind: 'failed', error: 'States.TaskFailed', cause: JSON.stringify(result(state)) });
  }
  const { world, asked } = worldOf({});
  await stopJob(world, { job: { resource: arn(resource), handle, since: 0 }, machineRoleArn: ROLE }, signal);
  const stops = row.stops === undefined ? [] : [{ action: row.stops[0], parameters: row.stops[1] }];
  expect(asked.map(({ action, parameters }) => ({ action, parameters }))).toEqual(stops);
});

function refusal(code: string, status: number): AwsServiceError {
  const error = { code, message: 'No', status, requestId: 'request-1' } as never;
  return new AwsServiceError(error, { serviceId: 'EKS', exception: code });
}

test.each(['eks:deleteCluster', 'eks:deleteNodegroup', 'eks:deleteFargateProfile'])(
  '%s.sync is over when there is nothing left',
  async (resource) => {
    const handle = await submit(resource, ...ROWS[resource]!.task);
    const { answer } = await ask(resource, handle, refusal('ResourceNotFoundException', 404));
    expect(answer).toEqual({ kind: 'succeeded', output: handle });
  },
);

test('what is created may not be there at once, but then it must be', async () => {
  const handle = await submit('eks:createCluster', ...ROWS['eks:createCluster']!.task);
  const missing = refusal('ResourceNotFoundException', 404);
  expect((await ask('eks:createCluster', handle, missing, 59_000)).answer).toBe('running');
  expect((await ask('eks:createCluster', handle, missing, 61_000)).answer).toMatchObject({
    kind: 'failed',
    error: 'EKS.ResourceNotFoundException',
  });
});

const containers = (...codes: (number | undefined)[]) =>
  codes.map((ExitCode) => (ExitCode === undefined ? {} : { ExitCode }));

const STOPPED_TASKS: [how: string, task: JsonObject, isGood: boolean][] = [
  ['one container that ends well', { Containers: containers(0), StopCode: 'EssentialContainerExited' }, true],
  ['one that does not', { Containers: containers(1), StopCode: 'EssentialContainerExited' }, false],
  ['one that was killed', { Containers: containers(137), StopCode: 'EssentialContainerExited' }, false],
  ['a helper ended with the task', { Containers: containers(0, 143), StopCode: 'EssentialContainerExited' }, true],
  ['a second that fails', { Containers: containers(0, 2), StopCode: 'EssentialContainerExited' }, false],
  ['all killed', { Containers: containers(137, 143), StopCode: 'EssentialContainerExited' }, false],
  ['an image that cannot be pulled', { Containers: containers(undefined), StopCode: 'TaskFailedToStart' }, false],
  ['somebody who stops it', { Containers: containers(0), StopCode: 'UserInitiated' }, false],
];

test.each(STOPPED_TASKS)('an ECS task with %s', async (_how, task, isGood) => {
  const handle = await submit('ecs:runTask', ...ROWS['ecs:runTask']!.task);
  const { answer } = await ask('ecs:runTask', handle, { Tasks: [{ LastStatus: 'STOPPED', ...task }] });
  expect((answer as Exclude<JobAnswer, string>).kind).toBe(isGood ? 'succeeded' : 'failed');
});

test('ECS tasks that are waited for say who began them; one that was not placed fails at once', async () => {
  const call = { resource: arn('ecs:runTask'), parameters: '{"Cluster":"c"}' };
  const { world, asked } = worldOf({ Failures: [{ Reason: 'RESOURCE:MEMORY' }], Tasks: [] });
  const outcome = await callTarget(world, call, CALLER, signal);
  expect(asked[0]!.parameters).toEqual({ Cluster: 'c', StartedBy: 'AWS Step Functions' });
  expect(outcome).toMatchObject({ kind: 'failed', error: 'AmazonECS.Unknown' });
});

test('EMR is asked every minute for ten minutes, then every five; the others by the age of the job', () => {
  const emr = arn('elasticmapreduce:addStep');
  expect([0, 599_000, 600_000, 86_400_000].map((age) => pollPause(emr, age))).toEqual([
    60_000, 60_000, 300_000, 300_000,
  ]);
  const glue = arn('glue:startJobRun');
  expect([0, 8_000, 80_000, 86_400_000].map((age) => pollPause(glue, age))).toEqual([1_000, 1_000, 10_000, 60_000]);
});

test('a stop of a job that is over or unknown is a stop', async () => {
  const { world } = worldOf(refusal('ResourceNotFoundException', 404));
  const job = { resource: arn('glue:startJobRun'), handle: '{"JobName":"n","RunId":"r"}', since: 0 };
  await expect(stopJob(world, { job, machineRoleArn: ROLE }, signal)).resolves.toBeUndefined();
});
