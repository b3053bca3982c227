import { describe, expect, test } from 'vitest';
import { type Question, tester } from './tester.ts';

const { ask } = tester();
const PASS = { Type: 'Pass', End: true };
const INVOKE = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: 'f' },
  End: true,
};
const BRANCH = { StartAt: 'In', States: { In: PASS } };
const MAP = { Type: 'Map', ItemProcessor: BRANCH, End: true };
const PARALLEL = { Type: 'Parallel', Branches: [BRANCH, BRANCH], End: true };
const result = '{}';

const REFUSED: [what: string, question: Question, message: string | RegExp][] = [
  ['a Task without a role', { definition: INVOKE }, 'RoleArn must be specified when testing a Task state'],
  ['a Map without a mock', { definition: MAP }, /^TestState API does not support Map or Parallel states/],
  ['a Parallel without a mock', { definition: PARALLEL }, /^TestState API does not support Map or Parallel states/],
  [
    'an activity without a mock',
    { definition: { ...INVOKE, Resource: 'arn:aws:states:us-east-1:123456789012:activity:a' }, roleArn: 'r' },
    /Invalid Role Arn/,
  ],
  [
    'a job to wait for without a mock',
    {
      definition: {
        ...INVOKE,
        Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
        Parameters: { FunctionName: 'f', 'Payload.$': '$$.Task.Token' },
      },
      roleArn: 'arn:aws:iam::123456789012:role/r',
    },
    /\.waitForTaskToken service integration pattern/,
  ],
  [
    'a mock of a Pass',
    { definition: PASS, mock: { result } },
    "State type 'Pass' is not supported when a mock is specified",
  ],
  [
    'both kinds of mock',
    { definition: INVOKE, mock: { result, errorOutput: { error: 'E' } } },
    'A test mock should have only one of the following fields: [result, errorOutput].',
  ],
  ['a mocked error without a name', { definition: INVOKE, mock: { errorOutput: { cause: 'C' } } }, /\[error\]/],
  ['neither kind of mock', { definition: INVOKE, mock: {} }, /should have one of the following fields/],
  [
    'secrets of a mock',
    { definition: INVOKE, mock: { result }, revealSecrets: true },
    'TestState does not support RevealSecrets when a mock is specified.',
  ],
  [
    'a configuration without a mock',
    { definition: MAP, stateConfiguration: { mapIterationFailureCount: 0 } },
    'TestState does not support MapIterationFailureCount when a mock is not specified.',
  ],
  ['a mocked Map that is no array', { definition: MAP, mock: { result } }, 'Mocked result must be an array.'],
  [
    'a mocked Parallel of another length',
    { definition: PARALLEL, mock: { result: '[1]' } },
    'Mocked result must contain the same number of items as number of Parallel branches.',
  ],
  ['a mock that is no JSON', { definition: INVOKE, mock: { result: '{' } }, /must be a valid JSON/],
  [
    'more failed iterations than items',
    { definition: MAP, input: [1], mock: { result: '[]' }, stateConfiguration: { mapIterationFailureCount: 2 } },
    /number of items/,
  ],
  [
    'a name that no state has',
    { definition: { StartAt: 'A', States: { A: PASS } }, stateName: 'B' },
    'State not found in definition',
  ],
  [
    'a state that is not right',
    { definition: { Type: 'Parallel', Branches: [], End: true }, mock: { result: '[]' } },
    "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: Value cannot be empty at /States/StateName/Branches'",
  ],
  [
    'an unknown part of the context object',
    { definition: INVOKE, mock: { result }, context: { Odd: {} } },
    "Invalid Context object provided: Field 'Odd' is not allowed",
  ],
  [
    'the item of a Map in the context object',
    { definition: INVOKE, mock: { result }, context: { Map: {} } },
    "Invalid Context object provided: 'Map' field is not supported when mocking a Context object",
  ],
  ['a context object that is none', { definition: INVOKE, mock: { result }, context: [] }, /must be a JSON object/],
  [
    'a task token where none is awaited',
    { definition: INVOKE, mock: { result }, context: { Task: { Token: 't' } } },
    /Context object contains 'Task' when state is not a Task state/,
  ],
];

describe('TestState refuses', () => {
  test.each(REFUSED)('%s', async (_what, question, message) => {
    await expect(ask(question)).rejects.toThrow(message);
  });
});

const ANSWERS: [resource: string, mode: 'STRICT' | 'PRESENT' | 'NONE', result: unknown, problem: string | undefined][] =
  [
    ['states:startExecution', 'STRICT', {}, "Field 'ExecutionArn' is required"],
    ['states:startExecution', 'PRESENT', {}, undefined],
    ['states:startExecution', 'PRESENT', { StartDate: 1 }, "Field 'StartDate' must be a string"],
    ['states:startExecution', 'NONE', { StartDate: 1 }, undefined],
    ['states:startExecution.sync:2', 'PRESENT', { Status: 'DONE' }, "Field 'Status' is not an expected value"],
    [
      'athena:startQueryExecution.sync',
      'STRICT',
      { QueryExecution: { Status: { State: 'DONE' } } },
      "Field 'State' is not an expected value",
    ],
    ['batch:submitJob.sync', 'STRICT', { Jobs: [{ JobId: 1 }] }, "Field 'JobName' is required"],
    ['codebuild:startBuild.sync', 'STRICT', { Builds: [{ BuildStatus: 'SUCCEEDED' }] }, undefined],
    ['codebuild:startBuild.sync', 'STRICT', { Builds: 'none' }, "Field 'Builds' must be an array"],
    ['ecs:runTask.sync', 'STRICT', { Tasks: [{ StopCode: 'Tired' }] }, "Field 'StopCode' is not an expected value"],
    [
      'glue:startJobRun.sync',
      'STRICT',
      { JobRun: { JobRunState: 'DONE' } },
      "Field 'JobRunState' is not an expected value",
    ],
    ['lambda:invoke', 'STRICT', { StatusCode: 200, Payload: { any: 'thing' } }, undefined],
    ['lambda:invoke', 'STRICT', { StatusCode: '200' }, "Field 'StatusCode' must be a number"],
    ['lambda:invoke.waitForTaskToken', 'STRICT', 'anything', undefined],
    ['aws-sdk:lambda:invoke', 'STRICT', { Payload: { any: 'thing' } }, "Field 'Payload' must be a string"],
    [
      'aws-sdk:lambda:getFunction',
      'STRICT',
      { Configuration: { Timeout: 0 } },
      "Field 'Timeout' is below the minimum value",
    ],
    ['aws-sdk:dynamodb:getItem', 'STRICT', { Item: { id: { S: 1 } } }, "Field 'S' must be a string"],
    [
      'aws-sdk:dynamodb:getItem',
      'STRICT',
      { Item: { id: { M: { deep: { BOOL: 'x' } } } } },
      "Field 'BOOL' must be a boolean",
    ],
    ['aws-sdk:sqs:receiveMessage', 'STRICT', { Messages: {} }, "Field 'Messages' must be an array"],
    ['aws-sdk:sqs:receiveMessage', 'STRICT', { Messages: ['m'] }, "Field 'Messages' must be an object"],
    ['aws-sdk:ec2:describeVpcs', 'STRICT', { Vpcs: 'unknown here' }, undefined],
    ['sqs:sendMessage', 'STRICT', { More: 'than the API knows' }, undefined],
  ];

/** Enough for every optimised integration in the table. */
const PARAMETERS = {
  FunctionName: 'f',
  JobName: 'j',
  ProjectName: 'p',
  TaskDefinition: 't',
  StateMachineArn: 'm',
  QueueUrl: 'q',
  MessageBody: 'b',
};

describe('a mocked result', () => {
  test.each(ANSWERS)('of %s in mode %s: %j', async (resource, fieldValidationMode, value, problem) => {
    const token = resource.endsWith('Token') ? { 'Payload.$': '$$.Task.Token' } : {};
    const Parameters = resource.startsWith('aws-sdk') ? {} : { ...PARAMETERS, ...token };
    const definition = { Type: 'Task', Resource: `arn:aws:states:::${resource}`, Parameters, End: true };
    const asked = ask({ definition, mock: { result: JSON.stringify(value), fieldValidationMode } });
    if (problem === undefined) expect((await asked).output).toEqual(value);
    else await expect(asked).rejects.toThrow(`Mock result schema validation error: ${problem}`);
  });
});
