// Many answers at the same moment: each token has exactly one that counts, and the others are told so.
import { expect, test } from 'vitest';
import { handleRequest } from '../../../core/api/wire.ts';
import type { Creation } from '../../../core/execution.ts';
import { LIMITS } from '../../../core/limits.ts';
import type { Table } from '../../../core/ports.ts';
import type { World } from '../../../core/world.ts';
import { type CallbackWorld, callback, callbackWorld, codeOf } from '../../support/callbacks.ts';
import { seededRandom } from '../../support/random.ts';

/** A Map as wide as this whose iterations all wait, on a world of these settings. */
async function waitingMap(width: number, { world }: CallbackWorld) {
  const items = Array.from({ length: width }, (_, i) => i);
  const processor = callback('keep');
  const map = { Type: 'Map', ItemsPath: '$', ItemProcessor: processor, End: true };
  const creation = await world.start({ StartAt: 'M', States: { M: map } }, items);
  await world.pass(60_000);
  return creation;
}

async function expectAll({ world }: CallbackWorld, creation: Creation, winners: number[]): Promise<void> {
  await world.settle();
  const { status, output } = await world.outcomeOf(creation);
  expect(status).toBe('SUCCEEDED');
  expect((output as number[]).toSorted((a, b) => a - b)).toEqual(winners);
}

test('1,000 callbacks of one execution answered at once, each twice: 1,000 successes, 1,000 TaskTimedOut, a few dozen writes', async () => {
  const wide = callbackWorld({ limits: LIMITS.extended });
  const creation = await waitingMap(1_000, wide);
  expect(new Set(wide.tokens).size).toBe(1_000);
  wide.world.table.reset();
  const winners = await answerTwice(wide.world, wide.tokens);
  const { puts, refused } = wide.world.table.reading();
  expect(puts).toBeLessThan(100);
  expect(refused).toBe(0);
  await expectAll(wide, creation, winners);
}, 120_000);

test('callbacks of one execution answered by 40 processes at once, each twice: 40 successes, 40 TaskTimedOut', async () => {
  const wide = callbackWorld({}, { random: seededRandom(1) });
  const creation = await waitingMap(40, wide);
  const winners = await answerTwice(wide.world, wide.tokens, () => ({ ...wide.world }));
  await expectAll(wide, creation, winners);
});

test('an answer that its own insurance was faster to give is a success all the same', async () => {
  let isSlow = false;
  const { world, tokens } = callbackWorld(
    {},
    { table: (inside) => ({ ...inside, put: (item, condition) => slowPut(inside, item, condition) }) },
  );
  const slowPut = async (inside: Table, ...[item, condition]: Parameters<Table['put']>) => {
    if (isSlow && item.pk.startsWith('run#')) {
      isSlow = false;
      await world.sleep(15_000);
    }
    return await inside.put(item, condition);
  };
  const creation = await world.start(callback('keep'));
  await world.pass(1_000);
  isSlow = true;
  const first = codeOf(world.api('SendTaskSuccess', { taskToken: tokens[0], output: '"one"' }));
  await new Promise((go) => setImmediate(go));
  await world.pass(12_000);
  expect(await world.outcomeOf(creation)).toMatchObject({ status: 'SUCCEEDED', output: 'one' });
  await world.pass(12_000);
  expect(await first).toBeUndefined();
  expect(await codeOf(world.api('SendTaskSuccess', { taskToken: tokens[0], output: '"two"' }))).toBe('TaskTimedOut');
});

test('1,000 callbacks of as many executions answered at once, each twice: 1,000 successes, 1,000 TaskTimedOut', async () => {
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
async function answerTwice(
  world: CallbackWorld['world'],
  tokens: string[],
  process: () => World = () => world,
): Promise<number[]> {
  const answers = [...tokens, ...tokens].map(async (taskToken, i) => {
    const body = JSON.stringify({ taskToken, output: String(i) });
    const headers = { 'x-amz-target': 'AWSStepFunctions.SendTaskSuccess' };
    const response = await handleRequest(process(), { method: 'POST', headers, body });
    return response.status === 200 ? undefined : String(JSON.parse(response.body).__type);
  });
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

test('of answers that share a record, each insurance makes up for its own part only', async () => {
  const { world, tokens } = callbackWorld();
  const processor = callback('keep', { End: undefined, Next: 'W' }, { W: { Type: 'Wait', Seconds: 3600, End: true } });
  await world.start({ StartAt: 'M', States: { M: { Type: 'Map', ItemProcessor: processor, End: true } } }, [
    ...'abcdefghij',
  ]);
  await world.pass(1_000);
  await Promise.all(tokens.map((taskToken) => world.api('SendTaskSuccess', { taskToken, output: '1' })));
  await world.settle();
  const timers = world.delivered.map(({ body }) => JSON.parse(body)).filter(({ kind }) => kind === 'timer');
  // Each timer was set by its record and once more, not by each of the ten insurances.
  expect(timers.flatMap(({ waits }) => waits)).toHaveLength(20);
});
