// What the soak runs: executions of every kind, short ones and long ones, each with the end that it must have.

const ROLE = 'arn:aws:iam::123456789012:role/soak';
const functionArn = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`;
export const ACTIVITY = 'soak-work';
const ACTIVITY_ARN = `arn:aws:states:us-east-1:123456789012:activity:${ACTIVITY}`;

/** The functions, by file name. */
export const FUNCTIONS = {
  'double.mjs': 'export const handler = ({ n }) => ({ n: n * 2 });\n',
  'brittle.mjs': `export const handler = ({ n, attempt }) => {
  if (attempt === 0) throw new Error('not yet');
  return { n };
};
`,
  'answer.mjs': `export const handler = async ({ token }) => {
  const headers = { 'x-amz-target': 'AWSStepFunctions.SendTaskSuccess', 'content-type': 'application/x-amz-json-1.0' };
  const body = JSON.stringify({ taskToken: token, output: '"answered"' });
  const answer = await fetch(process.env.AWS_ENDPOINT_URL_SFN, { method: 'POST', headers, body });
  if (!answer.ok) throw new Error(await answer.text());
};
`,
};

export interface SoakShape {
  name: string;
  definition: object;
  /** Of the executions begun by themselves, how many in a hundred. */
  share: number;
  ends: 'SUCCEEDED' | 'FAILED';
  /** How often each makes a function start. */
  calls?: Record<string, number>;
  type?: 'EXPRESS';
}

const pass = (Next?: string) => ({ Type: 'Pass', ...(Next === undefined ? { End: true } : { Next }) });
/** Without a Retry: however busy the machine is, each is made once and answered. */
const call = (name: string, more: object = {}) => ({ Type: 'Task', Resource: functionArn(name), End: true, ...more });
const Retry = [{ ErrorEquals: ['Error'], IntervalSeconds: 1, MaxAttempts: 1 }];
const wait = (Seconds: number) => ({ Type: 'Wait', Seconds, End: true });
const only = (state: object) => ({ StartAt: 'Only', States: { Only: state } });

/** The seconds that the shape `waits` waits. */
export const WAIT_SECONDS = 2;

export const SHAPES: SoakShape[] = [
  {
    name: 'passes',
    share: 20,
    ends: 'SUCCEEDED',
    definition: {
      StartAt: 'A',
      States: {
        A: { ...pass('Which'), Result: { text: 'x'.repeat(500), n: 1 } },
        Which: { Type: 'Choice', Choices: [{ Variable: '$.n', NumericEquals: 1, Next: 'B' }], Default: 'C' },
        B: pass('C'),
        C: pass(),
      },
    },
  },
  { name: 'waits', share: 20, ends: 'SUCCEEDED', definition: only(wait(WAIT_SECONDS)) },
  { name: 'calls', share: 15, ends: 'SUCCEEDED', calls: { double: 1 }, definition: only(call('double')) },
  {
    name: 'maps',
    share: 10,
    ends: 'SUCCEEDED',
    definition: only({
      Type: 'Map',
      ItemsPath: '$.items',
      ItemProcessor: { StartAt: 'Each', States: { Each: pass() } },
      End: true,
    }),
  },
  {
    name: 'parallels',
    share: 5,
    ends: 'SUCCEEDED',
    calls: { double: 1 },
    definition: only({
      Type: 'Parallel',
      Branches: [
        { StartAt: 'Short', States: { Short: wait(1) } },
        { StartAt: 'Call', States: { Call: call('double') } },
      ],
      End: true,
    }),
  },
  {
    name: 'retries',
    share: 5,
    ends: 'SUCCEEDED',
    calls: { brittle: 2 },
    definition: only(call('brittle', { Parameters: { 'n.$': '$.n', 'attempt.$': '$$.State.RetryCount' }, Retry })),
  },
  { name: 'fails', share: 5, ends: 'FAILED', definition: only({ Type: 'Fail', Error: 'Soaked', Cause: 'on purpose' }) },
  {
    name: 'activities',
    share: 5,
    ends: 'SUCCEEDED',
    definition: only({ Type: 'Task', Resource: ACTIVITY_ARN, TimeoutSeconds: 600, End: true }),
  },
  {
    name: 'callbacks',
    share: 5,
    ends: 'SUCCEEDED',
    calls: { answer: 1 },
    definition: only({
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Parameters: { FunctionName: 'answer', Payload: { 'token.$': '$$.Task.Token' } },
      End: true,
    }),
  },
  {
    name: 'parents',
    share: 5,
    ends: 'SUCCEEDED',
    definition: only({
      Type: 'Task',
      Resource: 'arn:aws:states:::states:startExecution.sync:2',
      Parameters: { StateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:children', 'Input.$': '$' },
      End: true,
    }),
  },
  { name: 'children', share: 0, ends: 'SUCCEEDED', definition: only(wait(1)) },
  { name: 'express', share: 5, ends: 'SUCCEEDED', definition: only(pass()), type: 'EXPRESS' },
];

export const INPUT = JSON.stringify({ n: 21, items: Array.from({ length: 10 }, (_, index) => index) });

export function machineOf({ name, definition, type }: SoakShape): object {
  return { name, definition: JSON.stringify(definition), roleArn: ROLE, ...(type && { type }) };
}
