// The services that Step Functions integrates by name, as one table: how each is called, how its errors are named, and
// which patterns AWS gives every action. Lambda and Step Functions itself have files of their own.
import { isObject, type Json, type JsonObject } from '../expr/json.ts';
import { fromS3, toS3 } from './bedrock.ts';
import { converseShaped } from './bedrock-harness.ts';
import { fleetByName, groupByName } from './emr-names.ts';
import type { Caller } from './states.ts';

/** `''` answers at once, `sync` waits for the job, `waitForTaskToken` for a callback. */
export type Pattern = '' | 'sync' | 'waitForTaskToken';

/** One more request to a service, under the roles of the task; throws what the service says. */
export type Ask = (service: string, action: string, parameters: JsonObject) => Promise<JsonObject>;

/** Where an action is not simply the service's own of the same name. */
export interface Translation {
  /** The SDK's service, where one integration stands on two. */
  service?: string;
  /** The service's action. */
  action?: string;
  request?(parameters: JsonObject, caller: Caller, pattern: Pattern): JsonObject;
  /** What has to be asked for before: gives the request's parameters. */
  before?(parameters: JsonObject, ask: Ask): Promise<JsonObject>;
  answer?(output: JsonObject): JsonObject;
  /** What is to be done with the answer: gives the result. */
  after?(output: JsonObject, parameters: JsonObject, ask: Ask): Promise<JsonObject>;
  /** What makes a failure of an answer that the service gave as a success; the cause is the answer. */
  error?(output: JsonObject, pattern: Pattern): string | undefined;
}

export interface OptimisedService {
  /** The service as the SDK names it, where that is another name. */
  service?: string;
  /** What errors begin with. */
  prefix: string;
  /**
   * The older integrations stand on the first Java SDK: the service's name in causes, and its exception for errors
   * without one of their own. Their results show the HTTP answer.
   */
  v1?: { service: string; exception: string };
  actions: Record<string, Pattern[]>;
  translations?: Record<string, Translation>;
}

const ANSWER: Pattern[] = [''];
const JOB: Pattern[] = ['', 'sync'];
const CALLBACK: Pattern[] = ['', 'waitForTaskToken'];
const ANY: Pattern[] = ['', 'sync', 'waitForTaskToken'];

const actions = (names: string, patterns: Pattern[]): Record<string, Pattern[]> =>
  Object.fromEntries(names.split(' ').map((name) => [name, patterns]));

export const OPTIMISED: Record<string, OptimisedService> = {
  athena: {
    prefix: 'Athena',
    v1: { service: 'AmazonAthena', exception: 'AmazonAthenaException' },
    actions: {
      ...actions('startQueryExecution', JOB),
      ...actions('stopQueryExecution getQueryExecution getQueryResults', ANSWER),
    },
  },
  batch: {
    prefix: 'Batch',
    v1: { service: 'AWSBatch', exception: 'AWSBatchException' },
    actions: actions('submitJob', JOB),
  },
  bedrock: {
    service: 'bedrockruntime',
    prefix: 'Bedrock',
    actions: { ...actions('invokeModel', CALLBACK), ...actions('createModelCustomizationJob', JOB) },
    translations: {
      invokeModel: { before: fromS3, after: toS3 },
      createModelCustomizationJob: { service: 'bedrock' },
    },
  },
  bedrockagentcore: {
    prefix: 'BedrockAgentCore',
    actions: actions('invokeHarness', ANSWER),
    translations: { invokeHarness: { answer: converseShaped } },
  },
  codebuild: {
    prefix: 'CodeBuild',
    v1: { service: 'AWSCodeBuild', exception: 'AWSCodeBuildException' },
    actions: {
      ...actions('startBuild startBuildBatch retryBuildBatch', JOB),
      ...actions('stopBuild batchDeleteBuilds batchGetReports stopBuildBatch deleteBuildBatch', ANSWER),
    },
  },
  databrew: {
    prefix: 'DataBrew',
    v1: { service: 'AWSGlueDataBrew', exception: 'AWSGlueDataBrewException' },
    actions: actions('startJobRun', JOB),
  },
  dynamodb: {
    prefix: 'DynamoDB',
    v1: { service: 'AmazonDynamoDBv2', exception: 'AmazonDynamoDBException' },
    actions: actions('getItem putItem updateItem deleteItem', ANSWER),
  },
  ecs: {
    prefix: 'ECS',
    v1: { service: 'AmazonECS', exception: 'AmazonECSException' },
    actions: actions('runTask', ANY),
    translations: { runTask: { request: withStarter, error: unplacedTasks } },
  },
  eks: {
    prefix: 'EKS',
    actions: actions(
      'createCluster deleteCluster createFargateProfile deleteFargateProfile createNodegroup deleteNodegroup',
      JOB,
    ),
  },
  elasticmapreduce: {
    service: 'emr',
    prefix: 'ElasticMapReduce',
    v1: { service: 'AmazonElasticMapReduce', exception: 'AmazonElasticMapReduceException' },
    actions: {
      ...actions('createCluster terminateCluster addStep', JOB),
      ...actions(
        'cancelStep setClusterTerminationProtection modifyInstanceFleetByName modifyInstanceGroupByName',
        ANSWER,
      ),
    },
    translations: {
      createCluster: {
        action: 'runJobFlow',
        answer: ({ JobFlowId, ...rest }) => renamed({ ClusterId: JobFlowId }, rest),
      },
      terminateCluster: {
        action: 'terminateJobFlows',
        request: ({ ClusterId, ...rest }) => ({ ...rest, JobFlowIds: [ClusterId ?? null] }),
      },
      addStep: {
        action: 'addJobFlowSteps',
        request: ({ ClusterId, Step, ...rest }) =>
          renamed({ JobFlowId: ClusterId }, { ...rest, Steps: [Step ?? null] }),
        answer: ({ StepIds, ...rest }) => renamed({ StepId: firstOf(StepIds) }, rest),
      },
      cancelStep: {
        action: 'cancelSteps',
        request: ({ StepId, ...rest }) => ({ ...rest, StepIds: [StepId ?? null] }),
        answer: ({ CancelStepsInfoList, ...rest }) => renamed({ CancelStepsInfo: firstOf(CancelStepsInfoList) }, rest),
      },
      modifyInstanceFleetByName: { action: 'modifyInstanceFleet', before: fleetByName },
      modifyInstanceGroupByName: { action: 'modifyInstanceGroups', before: groupByName },
      setClusterTerminationProtection: {
        action: 'setTerminationProtection',
        request: ({ ClusterId, ...rest }) => ({ ...rest, JobFlowIds: [ClusterId ?? null] }),
      },
    },
  },
  'emr-containers': {
    service: 'emrcontainers',
    prefix: 'EMRContainers',
    actions: {
      ...actions('createVirtualCluster', ANSWER),
      ...actions('deleteVirtualCluster startJobRun', JOB),
    },
  },
  'emr-serverless': {
    service: 'emrserverless',
    prefix: 'EMRServerless',
    actions: actions(
      'createApplication startApplication stopApplication deleteApplication startJobRun cancelJobRun',
      JOB,
    ),
  },
  events: {
    service: 'eventbridge',
    prefix: 'EventBridge',
    actions: actions('putEvents', CALLBACK),
    translations: { putEvents: { request: withSender, error: failedEntry } },
  },
  glue: {
    prefix: 'Glue',
    v1: { service: 'AWSGlue', exception: 'AWSGlueException' },
    actions: actions('startJobRun', JOB),
  },
  mediaconvert: { prefix: 'MediaConvert', actions: actions('createJob', JOB) },
  sagemaker: {
    prefix: 'SageMaker',
    v1: { service: 'AmazonSageMaker', exception: 'AmazonSageMakerException' },
    actions: {
      ...actions('createEndpoint createEndpointConfig createModel updateEndpoint', ANSWER),
      ...actions(
        'createHyperParameterTuningJob createLabelingJob createProcessingJob createTrainingJob createTransformJob',
        JOB,
      ),
    },
  },
  sns: {
    prefix: 'SNS',
    v1: { service: 'AmazonSNS', exception: 'AmazonSNSException' },
    actions: actions('publish', CALLBACK),
  },
  sqs: {
    prefix: 'SQS',
    v1: { service: 'AmazonSQS', exception: 'AmazonSQSException' },
    actions: actions('sendMessage', CALLBACK),
  },
};

/** Every event says which machine and which execution sent it, behind the resources that the task gave it. */
function withSender(parameters: JsonObject, { executionArn }: Caller): JsonObject {
  const sender = [executionArn.replace(':execution:', ':stateMachine:').replace(/:[^:]*$/, ''), executionArn];
  const { Entries } = parameters;
  if (!Array.isArray(Entries)) return parameters;
  return {
    ...parameters,
    Entries: Entries.map((entry) => {
      if (!isObject(entry)) return entry;
      const given = Array.isArray(entry.Resources) ? entry.Resources : [];
      return { ...entry, Resources: [...given, ...sender] };
    }),
  };
}

/** ECS shows who began a task; AWS says it of those that it waits for. */
function withStarter(parameters: JsonObject, _caller: Caller, pattern: Pattern): JsonObject {
  return pattern === 'sync' ? { ...parameters, StartedBy: 'AWS Step Functions' } : parameters;
}

function failedEntry({ FailedEntryCount }: JsonObject): string | undefined {
  return Number(FailedEntryCount) > 0 ? 'EventBridge.FailedEntry' : undefined;
}

/** Who waits for a task must know that it was not placed; who does not reads `Failures`. */
function unplacedTasks({ Failures }: JsonObject, pattern: Pattern): string | undefined {
  return pattern !== '' && Array.isArray(Failures) && Failures.length > 0 ? 'AmazonECS.Unknown' : undefined;
}

function firstOf(list: Json | undefined): Json | undefined {
  return Array.isArray(list) ? list[0] : undefined;
}

/** An object in alphabetical order, as the Java SDK prints its answers, without what is undefined. */
function renamed(members: Record<string, Json | undefined>, rest: JsonObject): JsonObject {
  const entries = Object.entries({ ...members, ...rest }).filter(
    (entry): entry is [string, Json] => entry[1] !== undefined,
  );
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
