// Callbacks: a task that hands out its token waits for the answer, or for the heartbeat or the time that does not come.
import { expect, test } from 'vitest';
import { type CallbackWorld, callback, callbackWorld, codeOf } from '../../support/callbacks.ts';
import { memoryWorld } from '../../support/memory-world.ts';
import { seededRandom } from '../../support/random.ts';

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
  ];
  for (const taskToken of bad) {
    expect(await codeOf(world.api('SendTaskSuccess', { taskToken, output: '1' }))).toBe('InvalidToken');
    expect(await codeOf(world.api('SendTaskHeartbeat', { taskToken }))).toBe('InvalidToken');
  }
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

test('40 callbacks of one execution answered at once, each twice: 40 successes, 40 TaskTimedOut', async () => {
  const { world, tokens } = callbackWorld({}, { random: seededRandom(1) });
  const items = Array.from({ length: 40 }, (_, i) => i);
  const creation = await world.start(
    {
      StartAt: 'M',
      States: { M: { Type: 'Map', ItemsPath: '$', ItemProcessor: callback('keep'), End: true } },
    },
    items,
  );
  await world.pass(60_000);
  expect(new Set(tokens).size).toBe(40);
  const winners = await answerTwice(world, tokens);
  await world.settle();
  const { status, output } = await world.outcomeOf(creation);
  expect(status).toBe('SUCCEEDED');
  expect((output as number[]).toSorted((a, b) => a - b)).toEqual(winners);
});

test('1,000 callbacks answered at once, each twice: 1,000 successes, 1,000 TaskTimedOut', async () => {
  const { world, tokens } = callbackWorld();
  const first = await world.start(callback('keep'));
  const names = Array.from({ length: 999 }, (_, i) => `n${i}`);
  for (const name of names) await world.api('StartExecution', { stateMachineArn: first.machineArn, name });
  await world.pass(1_000);
  expect(new Set(tokens).size).toBe(1_000);
  const winners = await answerTwice(world, tokens);
  await world.settle();
  const outputs: number[] = [];
  for (const name of [first.name, ...names]) {
    const executionArn = `${first.executionArn.slice(0, -first.name.length)}${name}`;
    outputs.push(Number((await world.api('DescribeExecution', { executionArn })).output));
  }
  expect(outputs.toSorted((a, b) => a - b)).toEqual(winners);
});

/** Answers every token twice, all at once; gives the answers that counted, by their order. */
async function answerTwice(world: CallbackWorld['world'], tokens: string[]): Promise<number[]> {
  const answers = [...tokens, ...tokens].map((taskToken, i) =>
    codeOf(world.api('SendTaskSuccess', { taskToken, output: String(i) })),
  );
  const codes = await answered(world, Promise.all(answers));
  expect(codes.filter((code) => code === 'TaskTimedOut')).toHaveLength(tokens.length);
  const winners = codes.flatMap((code, i) => (code === undefined ? [i] : []));
  expect(winners).toHaveLength(tokens.length);
  return winners;
}

/** Lets time pass until the answers are all there: competitors wait for each other on the world's clock. */
async function answered<T>(world: CallbackWorld['world'], answers: Promise<T>): Promise<T> {
  let isThere = false;
  void answers.finally(() => {
    isThere = true;
  });
  for (let turn = 0; !isThere && turn < 100_000; turn++) {
    await new Promise((go) => setImmediate(go));
    world.clock.advanceTo(world.clock.now() + 1);
  }
  return await answers;
}
