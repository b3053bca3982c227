// Runs one state without an execution: its input and output processing, its call or a mocked answer to it.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_TestState.html
import type { TestStateInput, TestStateOutput } from '@aws-sdk/client-sfn';
import { testState } from '../../test-state/test-state.ts';
import { action, type Wire } from '../action.ts';
import { ARN, BOOLEAN, CAUSE, DEFINITION, ERROR, NAME, PAYLOAD, REQUIRED } from '../members.ts';
import type { Members } from '../shape.ts';

const COUNT = { kind: 'integer', min: 0 } as const;
const STATE_NAME = { ...NAME, sensitive: true } as const;

const members = {
  definition: { ...DEFINITION, ...REQUIRED },
  roleArn: ARN,
  input: PAYLOAD,
  inspectionLevel: { kind: 'string', values: ['INFO', 'DEBUG', 'TRACE'] },
  revealSecrets: BOOLEAN,
  variables: PAYLOAD,
  stateName: STATE_NAME,
  mock: {
    kind: 'structure',
    name: 'MockInput',
    members: {
      result: PAYLOAD,
      errorOutput: { kind: 'structure', name: 'MockErrorOutput', members: { error: ERROR, cause: CAUSE } },
      fieldValidationMode: { kind: 'string', values: ['STRICT', 'PRESENT', 'NONE'] },
    },
  },
  context: PAYLOAD,
  stateConfiguration: {
    kind: 'structure',
    name: 'TestStateConfiguration',
    members: {
      retrierRetryCount: COUNT,
      errorCausedByState: STATE_NAME,
      mapIterationFailureCount: COUNT,
      mapItemReaderData: PAYLOAD,
    },
  },
} as const satisfies Members<keyof TestStateInput>;

export const TestState = action(
  members,
  async (input, world) => (await testState(world, input)) satisfies Wire<TestStateOutput>,
);
