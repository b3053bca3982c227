// Callbacks: a task that hands out its token waits for the answer, or for the heartbeat or the time that does not come.
import { expect, test } from 'vitest';
import { type CallbackWorld, callback, callbackWorld, codeOf } from '../../support/callbacks.ts';
import { memoryWorld } from '../../support/memory-world.ts';

/** A run that waits for an answer to `token`. */
async function waiting(rest: object = {}, more: object = {}) {
  const { world, tokens }: CallbackWorld = callbackWorld();
  const creation = await world.start(callback('keep', rest, more));
  await world.pass(1_000);
  const [token] = tokens;
  if (token === undefined) throw new Error('Nobody was handed a token');
  const succeed = (output: unknown) =>
    world.api('SendTaskSuccess', { taskToken: token, output: JSON.stringify(output) });
  const beat = () => world.api('SendTaskHeartbeat', { taskToken: token });
  return { world, tokens, creation, token, succeed, beat };
}

test('the answer ends the task, and is its whole result', async () => {
  const { world, creation, succeed } = await waiting();
  expect((await world.outcomeOf(creation)).status).toBe('RUNNING');
  await succeed({ approved: true });
  await world.settle();
  expect(await world.outcomeOf(creation)).toMatchObject({
    status: 'SUCCEEDED',
    output: { approved: true },
    chain: [
      '1<0 ExecutionStarted',
      '2<0 TaskStateEntered',
      '3<2 TaskScheduled',
      '4<3 TaskStarted',
      '5<4 TaskSubmitted',
      '6<5 TaskSucceeded',
      '7<6 TaskStateExited',
      '8<7 ExecutionSucceeded',
    ],
  });
});

test('a failure sent is the failure of the task; error and cause may be left out', async () => {
  const { world, creation, token } = await waiting();
  await world.api('SendTaskFailure', { taskToken: token, error: 'No', cause: 'too dear' });
  await world.settle();
  expect(await world.outcomeOf(creation)).toMatchObject({ status: 'FAILED', error: 'No', cause: 'too dear' });
  const silent = await waiting(
    { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Over' }] },
    { Over: { Type: 'Succeed' } },
  );
  await silent.world.api('SendTaskFailure', { taskToken: silent.token });
  await silent.world.settle();
  expect(await silent.world.outcomeOf(silent.creation)).toMatchObject({
    status: 'SUCCEEDED',
    output: { Error: null, Cause: null },
  });
});

test('an answer that is no JSON, or longer than a payload can be, is refused, and the task waits on', async () => {
  const { world, creation, token } = await waiting();
  const refused = (output: string) => world.api('SendTaskSuccess', { taskToken: token, output });
  await expect(refused('{a:1}')).rejects.toMatchObject({
    name: 'InvalidOutput',
    message: "Invalid Output: 'Unexpected character ('a' (code 97)): was expecting double-quote to start field name'",
  });
  await expect(refused(`"${'x'.repeat(262_143)}"`)).rejects.toMatchObject({
    name: 'ValidationException',
    message:
      "1 validation error detected: Value at 'output' failed to satisfy constraint: Member must have length less than or equal to 262144",
  });
  expect((await world.outcomeOf(creation)).status).toBe('RUNNING');
});

test('of two answers the first counts; the second is told TaskTimedOut, before the run ends and after', async () => {
  const { world, creation, succeed, token } = await waiting(
    { End: undefined, Next: 'Rest' },
    {
      Rest: { Type: 'Wait', Seconds: 10, End: true },
    },
  );
  await succeed('first');
  expect(await codeOf(succeed('second'))).toBe('TaskTimedOut');
  expect(await codeOf(world.api('SendTaskFailure', { taskToken: token }))).toBe('TaskTimedOut');
  expect(await codeOf(world.api('SendTaskHeartbeat', { taskToken: token }))).toBe('TaskTimedOut');
  await world.settle();
  expect(await codeOf(succeed('third'))).toBe('TaskTimedOut');
  expect(await world.outcomeOf(creation)).toMatchObject({ status: 'SUCCEEDED', output: 'first' });
});

test.each(['success', 'failure'])('an answer that beats its own TaskSubmitted is used: %s', async (kind) => {
  const world = memoryWorld({
    async hasty({ token: taskToken }: { token: string }) {
      if (kind === 'success') await world.api('SendTaskSuccess', { taskToken, output: '"early"' });
      else await world.api('SendTaskFailure', { taskToken, error: 'Early' });
      expect(await codeOf(world.api('SendTaskSuccess', { taskToken, output: '"again"' }))).toBe('TaskTimedOut');
    },
  });
  const { status, output, error, chain } = await world.run(callback('hasty'));
  expect({ status, output, error }).toEqual(
    kind === 'success'
      ? { status: 'SUCCEEDED', output: 'early', error: undefined }
      : { status: 'FAILED', output: undefined, error: 'Early' },
  );
  expect(chain.slice(3, 6)).toEqual([
    '4<3 TaskStarted',
    '5<4 TaskSubmitted',
    `6<5 ${kind === 'success' ? 'TaskSucceeded' : 'TaskFailed'}`,
  ]);
});

const INVALID = "Invalid Token: 'Invalid token'";

test('a token that was forged, cut off, or sealed by another deployment is InvalidToken', async () => {
  const { world, token } = await waiting();
  const bytes = Buffer.from(token, 'base64url');
  const flipped = (at: number) => {
    const forged = Buffer.from(bytes);
    forged[at] = forged[at]! ^ 1;
    return forged.toString('base64url');
  };
  const bad = [
    'x',
    'AAAA'.repeat(40),
    token.slice(0, -4),
    token.slice(4),
    await foreignToken(),
    ...bytes.keys().map(flipped),
    `${token}=`,
    ` ${token}`,
  ];
  await codeOf(world.api('SendTaskHeartbeat', { taskToken: 'reads the key' }));
  world.table.reset();
  for (const taskToken of bad) {
    for (const answer of [{ output: '1' }, { error: 'E' }]) {
      const action = 'output' in answer ? 'SendTaskSuccess' : 'SendTaskFailure';
      await expect(world.api(action, { taskToken, ...answer })).rejects.toThrow(INVALID);
    }
    await expect(world.api('SendTaskHeartbeat', { taskToken })).rejects.toThrow(INVALID);
  }
  const { gets, queries, puts } = world.table.reading();
  expect({ gets, queries, puts }, 'whatever is wrong with a token, nothing is looked up').toEqual({
    gets: 0,
    queries: 0,
    puts: 0,
  });
});

test('a token that is replayed is refused alike, and for the same reads, whether its execution still runs or is over', async () => {
  const { world, tokens } = callbackWorld();
  await world.start(callback('keep', { End: undefined, Next: 'W' }, { W: { Type: 'Wait', Seconds: 3600, End: true } }));
  await world.start(callback('keep'));
  await world.pass(1_000);
  const answer = (taskToken: string | undefined) => world.api('SendTaskSuccess', { taskToken, output: '1' });
  for (const token of tokens) await answer(token);
  await world.pass(1_000);
  const costs = [];
  for (const token of tokens) {
    world.table.reset();
    await expect(answer(token)).rejects.toThrow("Task Timed Out: 'Provided task does not exist anymore'");
    const { gets, queries, puts } = world.table.reading();
    costs.push({ gets, queries, puts });
  }
  expect(costs).toEqual([
    { gets: 1, queries: 1, puts: 0 },
    { gets: 1, queries: 1, puts: 0 },
  ]);
});

/** A token of a world whose ids are other ones. */
async function foreignToken(): Promise<string> {
  const { world, tokens } = callbackWorld();
  world.newId();
  await world.start(callback('keep'));
  await world.pass(1_000);
  return tokens[0]!;
}

test('heartbeats keep a task alive past its HeartbeatSeconds; its answer still counts', async () => {
  const { world, creation, beat, succeed } = await waiting({ HeartbeatSeconds: 10 });
  for (let i = 0; i < 5; i++) {
    await world.pass(8_000);
    await beat();
  }
  await succeed('alive');
  await world.settle();
  expect(await world.outcomeOf(creation)).toMatchObject({ status: 'SUCCEEDED', output: 'alive' });
});

test('a heartbeat that does not come times the task out, HeartbeatSeconds after the last one', async () => {
  const { world, creation, beat, succeed } = await waiting({ HeartbeatSeconds: 10, TimeoutSeconds: 600 });
  await world.pass(5_000);
  await beat();
  await world.settle();
  const { status, error, cause, stopDate, startDate, chain } = await world.outcomeOf(creation);
  expect({ status, error, cause, after: stopDate! - startDate }).toEqual({
    status: 'FAILED',
    error: 'States.Timeout',
    cause: undefined,
    after: 16_000,
  });
  expect(chain.slice(-2)).toEqual(['6<5 TaskTimedOut', '7<6 ExecutionFailed']);
  expect(await codeOf(succeed('late'))).toBe('TaskTimedOut');
  expect(await codeOf(beat())).toBe('TaskTimedOut');
});

test('TimeoutSeconds ends a task however lively its heartbeats are', async () => {
  const { world, creation, beat } = await waiting({ HeartbeatSeconds: 10, TimeoutSeconds: 30 });
  for (let i = 0; i < 4; i++) {
    await world.pass(7_000);
    await beat();
  }
  await world.settle();
  const { status, error, stopDate, startDate } = await world.outcomeOf(creation);
  expect({ status, error, after: stopDate! - startDate }).toEqual({
    status: 'FAILED',
    error: 'States.Timeout',
    after: 30_000,
  });
});

const MATCHERS: [name: string, ofHeartbeat: boolean, ofTimeout: boolean][] = [
  ['States.HeartbeatTimeout', true, false],
  ['States.Timeout', true, true],
  ['States.ALL', true, true],
  ['States.TaskFailed', false, false],
];

test.each(MATCHERS)(
  '%s in a Catch takes a missed heartbeat: %s, a timeout: %s',
  async (name, ofHeartbeat, ofTimeout) => {
    const caught = async (limits: object) => {
      const { world } = callbackWorld();
      const states = { Over: { Type: 'Succeed' } };
      const rest = { ...limits, Catch: [{ ErrorEquals: [name], Next: 'Over' }] };
      return await world.run(callback('keep', rest, states));
    };
    const [missed, late] = [await caught({ HeartbeatSeconds: 5 }), await caught({ TimeoutSeconds: 5 })];
    expect([missed.status, late.status]).toEqual([ofHeartbeat, ofTimeout].map((is) => (is ? 'SUCCEEDED' : 'FAILED')));
    if (ofHeartbeat) expect(missed.output).toEqual({ Error: 'States.Timeout', Cause: '' });
  },
);

test('a Retry that names States.HeartbeatTimeout calls again, with a new token; the old one is over', async () => {
  const { world, tokens, creation, succeed } = await waiting({
    HeartbeatSeconds: 5,
    Retry: [{ ErrorEquals: ['States.HeartbeatTimeout'], IntervalSeconds: 1, MaxAttempts: 1 }],
  });
  await world.pass(6_500);
  expect(new Set(tokens).size).toBe(2);
  expect(await codeOf(succeed('old'))).toBe('TaskTimedOut');
  await world.api('SendTaskSuccess', { taskToken: tokens[1], output: '"new"' });
  await world.settle();
  expect(await world.outcomeOf(creation)).toMatchObject({ status: 'SUCCEEDED', output: 'new' });
});

test('a missed heartbeat inside a Parallel is known by its name to the Catch around it', async () => {
  const { world } = callbackWorld();
  const { status } = await world.run({
    StartAt: 'P',
    States: {
      P: {
        Type: 'Parallel',
        Branches: [callback('keep', { HeartbeatSeconds: 5 })],
        Catch: [{ ErrorEquals: ['States.HeartbeatTimeout'], Next: 'Over' }],
        End: true,
      },
      Over: { Type: 'Succeed' },
    },
  });
  expect(status).toBe('SUCCEEDED');
});
