// What a state does with a value that one of its fields cannot take: it fails with a sentence, and never waits for ever.
import { expect, test } from 'vitest';
import { memoryWorld } from '../../support/memory-world.ts';

const INNER = { StartAt: 'I', States: { I: { Type: 'Pass', End: true } } };
const LAMBDA = { Type: 'Task', Resource: 'arn:aws:lambda:us-east-1:123456789012:function:work', End: true };
const INVOKE = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', End: true };
const AT_X = "An error occurred while executing the state 'X' (entered at the event id #2). ";

async function causeOf(state: object, input: unknown = [1]): Promise<string> {
  const world = memoryWorld({ work: () => 'done' });
  const { status, cause = '' } = await world.run({ StartAt: 'X', States: { X: state } }, input);
  expect(status).toBe('FAILED');
  expect(cause.startsWith(AT_X)).toBe(true);
  return cause.slice(AT_X.length);
}

test.each([
  ['MaxConcurrency', '-1', 'at least 0', { Type: 'Map', ItemProcessor: INNER, End: true }],
  ['Seconds', '-1', 'at least 0', { Type: 'Wait', End: true }],
  ['TimeoutSeconds', '0', 'at least 1', LAMBDA],
  ['TimeoutSeconds', '100000000', 'at most 99999999', LAMBDA],
  ['HeartbeatSeconds', '-5', 'at least 1', LAMBDA],
])('%s refuses an expression that gives %s', async (field, number, bound, state) => {
  const cause = await causeOf({ ...state, QueryLanguage: 'JSONata', [field]: `{% ${number} %}` });
  expect(cause).toBe(
    `The JSONata expression '${number}' specified for the field '${field}' returned ${number}. Expected ${bound}.`,
  );
});

test.each([
  ['TimeoutSecondsPath', 1e20, LAMBDA],
  ['HeartbeatSecondsPath', 0, LAMBDA],
  ['MaxConcurrencyPath', 3e9, { Type: 'Map', ItemProcessor: INNER, ItemsPath: '$.items', End: true }],
])('%s refuses %d', async (field, n, state) => {
  const cause = await causeOf({ ...state, [field]: '$.n' }, { n, items: [1] });
  expect(cause).toBe(`The ${field} field refers to value "${n}" which is not a valid integer: $.n`);
});

test.each([
  ['TimeoutSecondsPath', LAMBDA],
  ['MaxConcurrencyPath', { Type: 'Map', ItemProcessor: INNER, ItemsPath: '$.items', End: true }],
])('%s takes a number in a string', async (field, state) => {
  const world = memoryWorld({ work: () => 'done' });
  const machine = { StartAt: 'X', States: { X: { ...state, [field]: '$.n' } } };
  expect(await world.run(machine, { n: '2', items: [1] })).toMatchObject({ status: 'SUCCEEDED' });
});

test('a pause before a retry that grows beyond all measure comes to its end', async () => {
  const world = memoryWorld();
  const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, BackoffRate: 1e300, MaxAttempts: 3 }];
  const { status, startDate, stopDate } = await world.run({ StartAt: 'X', States: { X: { ...LAMBDA, Retry } } });
  expect({ status, seconds: (stopDate! - startDate) / 1000 }).toEqual({ status: 'FAILED', seconds: 1 + 2 * 2 ** 31 });
});

test.each([null, 5, true, {}])('TimestampPath finds no value in %j', async (at) => {
  const cause = await causeOf({ Type: 'Wait', TimestampPath: '$.at', End: true }, { at });
  expect(cause).toBe('The TimestampPath parameter does not reference an input value: $.at');
});

test('a call is never made without the role that its Credentials name', async () => {
  const parameters = { FunctionName: 'work' };
  expect(
    await causeOf({ ...INVOKE, Parameters: parameters, Credentials: { 'RoleArn.$': '$.role' } }, { role: 5 }),
  ).toBe('The RoleArn of Credentials is not a string: 5');
  expect(
    await causeOf({ ...INVOKE, QueryLanguage: 'JSONata', Arguments: parameters, Credentials: { RoleArn: '{% 5 %}' } }),
  ).toContain("specified for the field 'Credentials/RoleArn' returned an unexpected result type. Expected 'string'");
});

test('states that can be retried count their retries in the context object from the start', async () => {
  const world = memoryWorld();
  const own = { 'state.$': '$$.State' };
  const { output } = await world.run(
    {
      StartAt: 'P',
      States: {
        P: { Type: 'Parallel', Branches: [INNER], ResultSelector: own, ResultPath: '$.parallel', Next: 'M' },
        M: {
          Type: 'Map',
          ItemsPath: '$.items',
          ItemProcessor: { StartAt: 'J', States: { J: { Type: 'Pass', Parameters: own, End: true } } },
          ResultSelector: { ...own, 'inner.$': '$[0].state' },
          End: true,
        },
      },
    },
    { items: [1] },
  );
  const EnteredTime = '2026-01-01T00:00:00.000Z';
  expect(output).toEqual({
    state: { Name: 'M', EnteredTime, RetryCount: 0 },
    inner: { Name: 'J', EnteredTime },
  });
});

test.each([
  ['a Parallel', { Type: 'Parallel', Branches: [INNER], Parameters: { 'a.$': '$.text', 'b.$': '$.text' } }],
  [
    'a Map',
    { Type: 'Map', ItemProcessor: INNER, ItemsPath: '$.items', ItemSelector: { 'a.$': '$.text', 'b.$': '$.text' } },
  ],
])('%s gives no more to a branch or an iteration than a payload can be', async (_what, state) => {
  const world = memoryWorld();
  const machine = { StartAt: 'X', States: { X: { ...state, End: true } } };
  const { status, error, cause, events } = await world.run(machine, { text: 'x'.repeat(140_000), items: [1] });
  expect({ status, error, cause }).toEqual({
    status: 'FAILED',
    error: 'States.DataLimitExceeded',
    cause: "The state/task 'X' returned a result with a size exceeding the maximum number of bytes service limit.",
  });
  expect(events.map(({ type }) => type)).not.toContain('PassStateEntered');
});
