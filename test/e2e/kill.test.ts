// The promise of durability, tested with the power cord: the server is killed inside calls, with their results on the way,
// in the middle of requests, and while it gets up again. Nothing acknowledged is missing, nothing is called twice unasked,
// nothing hangs.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { freePort, startProcess } from '../support/local-process.ts';
import { seededRandom } from '../support/random.ts';
import { Lane, MOMENTS } from './killed-lane.ts';
import { type Journal, SHAPES, workplace } from './killed-work.ts';

/** Servers side by side: while one boots, others work. Each has a state and a journal of its own. */
const LANES = 4;
const KILLS_PER_LANE = 2 * MOMENTS.length;
/** No measure of anything: the end of a hang. */
const HANG_MS = 600_000;

const tally = new Map<string, number>();
const count = (what: string, times: number) => tally.set(what, (tally.get(what) ?? 0) + times);
afterAll(() => console.log([...tally].map(([what, times]) => `${times} ${what}`).join(', ')));

test.concurrent.for(Array.from({ length: LANES }, (_, lane) => lane + 1))(
  `executions of ${Object.keys(SHAPES).length} shapes survive ${KILLS_PER_LANE} kills at ${MOMENTS.length} kinds of moments (server %i)`,
  { timeout: HANG_MS },
  async (seed, context) => {
    const root = mkdtempSync(join(tmpdir(), 'killed-'));
    const work = workplace(root);
    const port = await freePort();
    const boot = { state: join(root, 'state'), functions: work.functions, port };
    const lane = new Lane(work, () => startProcess({ ...boot, transitionsPerMessage: seed % 2 === 0 ? 1 : 25 }));
    const random = seededRandom(seed);
    try {
      await lane.open();
      for (let kill = 0; kill < KILLS_PER_LANE; kill++) {
        const moment = MOMENTS[kill % MOMENTS.length]!;
        await lane.kill(moment, 1 + Math.floor(random() * 3));
        count(`kills ${moment}`, 1);
      }
      await context.expect.poll(() => unfinished(lane), { timeout: HANG_MS, interval: 100 }).toBe(0);
      expect((await lane.api('Stepwell.Diagnose', {})).findings).toEqual([]);
      await judge(lane, work.read());
    } finally {
      await lane.close();
      rmSync(root, { recursive: true });
    }
  },
);

interface Execution {
  name: string;
  executionArn: string;
  status: string;
}

async function listAll(lane: Lane, shape: string, filter: object = {}): Promise<Execution[]> {
  const request = { stateMachineArn: lane.machines.get(shape), maxResults: 1_000, ...filter };
  return (await lane.api('ListExecutions', request)).executions as Execution[];
}

async function unfinished(lane: Lane): Promise<number> {
  await lane.askAgain();
  const running = Object.keys(SHAPES).map((shape) => listAll(lane, shape, { statusFilter: 'RUNNING' }));
  return (await Promise.all(running)).flat().length;
}

async function judge(lane: Lane, journal: Journal): Promise<void> {
  expect(new Set(journal.began).size, 'a call was begun twice in one attempt').toBe(journal.began.length);
  for (const shape of Object.keys(SHAPES)) {
    const listed = await listAll(lane, shape);
    const wanted = [...lane.wanted].filter(([, each]) => each === shape).map(([name]) => name);
    const own = listed.filter(({ name }) => lane.wanted.has(name));
    expect(own.map(({ name }) => name).sort()).toEqual(wanted.sort());
    // A child for each parent, however often it died in between.
    const parents = [...lane.wanted.values()].filter((each) => each === 'parent').length;
    expect(listed.length - own.length).toBe(shape === 'retried' ? parents : 0);
    for (const execution of listed) await judgeOne(lane, shape, execution, journal);
    count('executions', listed.length);
  }
  count('calls', journal.began.length);
  count('of them cut off', lane.cutOff.size);
}

/** What was cut off ends with the lost worker's error, unless Retry says otherwise; every beginning of a call has its event. */
async function judgeOne(lane: Lane, shape: string, { name, executionArn }: Execution, journal: Journal): Promise<void> {
  const { status, error, output } = await lane.api('DescribeExecution', { executionArn });
  const { events } = await lane.api('GetExecutionHistory', { executionArn, maxResults: 1_000 });
  const history = events as { id: number; type: string }[];
  expect(history.map(({ id }) => id)).toEqual(history.map((_, index) => index + 1));
  const calls = journal.began.filter((call) => call.startsWith(`${name} `));
  const starts = history.filter(({ type }) => type === 'LambdaFunctionStarted' || type === 'TaskStarted').length;
  expect(calls.length, `calls of ${name} that no event tells of`).toBeLessThanOrEqual(starts);
  if (shape === 'stopped') expect({ name, status }).toEqual({ name, status: 'ABORTED' });
  else if (shape === 'plain' && status === 'FAILED') {
    expect(error).toBe('Lambda.SdkClientException');
    count('failed because their definition has no Retry', 1);
  } else {
    const given = typeof output === 'string' ? JSON.parse(output) : undefined;
    const expected = shape === 'asked' ? lane.answers.get(name) : SHAPES[shape]?.output;
    expect({ name, status, given }).toEqual({ name, status: 'SUCCEEDED', given: expected ?? given });
    const isCutOff = shape === 'plain' && calls.some((call) => lane.cutOff.has(call));
    expect(isCutOff, `${name} went on after a call that nobody saw the end of`).toBe(false);
  }
}
