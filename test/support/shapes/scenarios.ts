// Every shape that a release writes: records, messages, items. Each scenario brings a world to the moment when the shape
// is there, and says how it goes on and ends. `take.ts` keeps the moments; test/unit/drive/shapes.test.ts goes on.
import { readCreation } from '../../../core/driver/executions.ts';
import { noteTrouble, shelve } from '../../../core/store/stalled.ts';
import type { Settings } from '../../../core/world.ts';
import { callback } from '../callbacks.ts';
import { chain, mapOf, single, task, waitFor } from '../definitions.ts';
import { build } from '../job-service.ts';
import type { MemoryWorld } from '../memory-world.ts';
import type { TestFunction } from '../test-functions.ts';
import { machineWith, QUEUE, stepwellApi } from '../triggers.ts';
import type { Builds, Recorder, Sample } from './sample.ts';

export interface Scenario {
  settings?: Partial<Settings>;
  /** The kind of message that lies in the queue at the moment. */
  holds?: string;
  before(recorder: Recorder): Promise<{ executionArn: string; given?: string }>;
  /** What happens next; nothing but time if absent. */
  after?(world: MemoryWorld, sample: Sample): Promise<unknown>;
  /** What DescribeExecution says in the end, or whatever `result` finds. */
  ends: object;
  result?(world: MemoryWorld, sample: Sample): Promise<unknown>;
}

const ROLE = 'arn:aws:iam::123456789012:role/test';
const CLASSICAL = { transitionsPerMessage: 1 };
const DONE = { status: 'SUCCEEDED' };
const LARGER_THAN_CARRIED = 70_000;
const LARGER_THAN_MESSAGES = 210_000;

/** What functions do while a sample is taken. `hang` never answers, `brittle` fails once. */
export function recordedFunctions(tokens: string[]): Record<string, TestFunction> {
  return {
    work: (payload: unknown) => payload,
    keep: ({ token }: { token: string }) => void tokens.push(token),
    slow({ token }: { token: string }) {
      tokens.push(token);
      return new Promise(() => {});
    },
    hang: () => new Promise(() => {}),
    brittle() {
      throw Object.assign(new Error('not yet'), { name: 'NotYet' });
    },
    large: () => ({ text: text(LARGER_THAN_CARRIED), n: 1 }),
  };
}

/** What they do when a sample goes on. */
export const LOADED_FUNCTIONS: Record<string, TestFunction> = {
  work: (payload: unknown) => payload,
  keep: () => undefined,
  hang: (payload: unknown) => payload,
  brittle: () => 'mended',
};

/** Text that compresses, but not to nothing. */
function text(length: number): string {
  let seed = 1;
  const letter = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return 'ab'.charAt(seed % 2);
  };
  return Array.from({ length }, letter).join('');
}

/** Starts it and lets a moment pass. */
const begun =
  (definition: object, input: object = {}, ms = 1_000) =>
  async ({ world }: Recorder) => {
    const { executionArn } = await world.start(definition, input, 'e');
    if (ms > 0) await world.pass(ms);
    return { executionArn };
  };

/** An API call that died right after its insurance was sent. */
async function cutOff({ world, breakLog }: Recorder, action: string, body: object): Promise<void> {
  breakLog();
  await world.api(action, body).catch(() => {});
}

const RETRY = { Retry: [{ ErrorEquals: ['NotYet'], IntervalSeconds: 60, MaxAttempts: 3 }] };

const WIDE = {
  StartAt: 'Both',
  States: {
    Both: {
      Type: 'Parallel',
      Branches: [
        mapOf('work', { MaxConcurrency: 2, ItemProcessor: eachWaits() }),
        { StartAt: 'Quick', States: { Quick: { Type: 'Pass', Result: 'quick', End: true } } },
        { StartAt: 'Slow', States: { Slow: { Type: 'Wait', Seconds: 500, End: true } } },
      ],
      ResultSelector: { 'items.$': '$[0]', 'quick.$': '$[1]' },
      End: true,
    },
  },
};

/** Item 0 ends at once, the others wait. */
function eachWaits(): object {
  return {
    StartAt: 'Which',
    States: {
      Which: { Type: 'Choice', Choices: [{ Variable: '$', NumericEquals: 0, Next: 'End' }], Default: 'Wait' },
      Wait: { Type: 'Wait', Seconds: 100, Next: 'End' },
      End: task('work'),
    },
  };
}

const VARIABLES = {
  QueryLanguage: 'JSONata',
  StartAt: 'Set',
  States: {
    Set: { Type: 'Pass', Assign: { kept: '{% $states.input.n + 1 %}', exact: 1e21 }, Next: 'Wait' },
    Wait: { Type: 'Wait', Seconds: 50, Next: 'Use' },
    Use: { Type: 'Pass', Output: { kept: '{% $kept %}', n: '{% $states.input.n %}' }, End: true },
  },
};

const LOOP = {
  QueryLanguage: 'JSONata',
  StartAt: 'Add',
  States: {
    Add: { Type: 'Pass', Output: { n: '{% $states.input.n + 1 %}' }, Next: 'Again' },
    Again: { Type: 'Choice', Choices: [{ Condition: '{% $states.input.n < 400 %}', Next: 'Add' }], Default: 'Done' },
    Done: { Type: 'Succeed' },
  },
};

const OBJECT_MAP = {
  QueryLanguage: 'JSONata',
  ...single({
    Type: 'Map',
    Items: '{% $states.input %}',
    ItemSelector: '{% $states.context.Map.Item.Key %}',
    ItemProcessor: {
      StartAt: 'Wait',
      States: { Wait: { Type: 'Wait', Seconds: 100, End: true } },
    },
    End: true,
  }),
};

const TOKEN = { 'token.$': '$$.Task.Token' };
const CHILD = 'arn:aws:states:us-east-1:123456789012:stateMachine:child';

const waitingForToken =
  (more: object = {}) =>
  (tokens: string[]) =>
  async (recorder: Recorder) => {
    const { executionArn } = await begun(callback('keep', more))(recorder);
    return { executionArn, given: tokens.at(-1)! };
  };

const answer = (world: MemoryWorld, { given }: Sample) =>
  world.api('SendTaskSuccess', { taskToken: given, output: '{"answered":true}' });

const redrive = (world: MemoryWorld, { executionArn }: Sample) => world.api('RedriveExecution', { executionArn });

async function child(world: MemoryWorld): Promise<void> {
  const machine = { name: 'child', definition: JSON.stringify(waitFor(100)), roleArn: ROLE };
  await world.api('CreateStateMachine', machine);
}

const nested = () =>
  single({
    Type: 'Task',
    Resource: 'arn:aws:states:::states:startExecution.sync:2',
    Parameters: { StateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:child', Input: { x: 1 } },
    ResultSelector: { 'output.$': '$.Output' },
    End: true,
  });

/** `tokens` are those that functions were handed. */
export function scenarios(tokens: string[]): Record<string, Scenario> {
  return {
    'message-start': {
      holds: 'start',
      before: begun(chain(1, 'work'), { n: 1 }),
      ends: { ...DONE, output: '{"n":1}' },
    },
    'message-call': {
      settings: CLASSICAL,
      holds: 'call',
      before: begun(chain(2, 'work'), { n: 1 }),
      ends: { ...DONE, output: '{"n":1}' },
    },
    'message-continue': {
      settings: CLASSICAL,
      holds: 'continue',
      before: begun(LOOP, { n: 0 }),
      ends: { ...DONE, output: '{"n":400}' },
    },
    'message-timer-carries': { before: begun(waitFor(100), { n: 1 }), ends: { ...DONE, output: '{"n":1}' } },
    'message-stop': {
      async before(recorder) {
        const begins = await begun(waitFor(100))(recorder);
        await cutOff(recorder, 'StopExecution', { ...begins, error: 'Enough', cause: 'of it' });
        return begins;
      },
      ends: { status: 'ABORTED', error: 'Enough', cause: 'of it' },
    },
    'message-redrive': {
      async before(recorder) {
        const begins = await begun(chain(1, 'brittle'))(recorder);
        await cutOff(recorder, 'RedriveExecution', begins);
        return begins;
      },
      ends: { ...DONE, output: '"mended"', redriveCount: 1 },
    },
    'message-callback': {
      async before(recorder) {
        const begins = await waitingForToken()(tokens)(recorder);
        await cutOff(recorder, 'SendTaskSuccess', { taskToken: begins.given, output: '{"answered":true}' });
        return begins;
      },
      ends: { ...DONE, output: '{"answered":true}' },
    },
    'message-end-of-child': {
      holds: 'callback',
      async before(recorder) {
        await child(recorder.world);
        return await begun(nested(), {}, 200_000)(recorder);
      },
      ends: { ...DONE, output: '{"output":{"x":1}}' },
    },
    'message-poll': {
      holds: 'poll',
      before: begun(build()),
      ends: { ...DONE, output: '{"Build":{"Id":"build","BuildStatus":"SUCCEEDED"}}' },
    },
    'message-cancel': {
      holds: 'cancel',
      async before(recorder) {
        const begins = await begun(build())(recorder);
        await recorder.world.api('StopExecution', begins);
        return begins;
      },
      ends: { status: 'ABORTED', isStopped: true },
      async result(world, { executionArn }) {
        const { status } = await world.api('DescribeExecution', { executionArn });
        return { status, isStopped: (world.services as Builds).asked.includes('stopBuild') };
      },
    },
    'message-adopt': {
      holds: 'adopt',
      async before(recorder) {
        const { world } = recorder;
        await child(world);
        const parent = await begun(nested())(recorder);
        await world.api('StopExecution', parent);
        await world.pass(1_000);
        const { executions } = await world.api('ListExecutions', { stateMachineArn: CHILD });
        const [{ executionArn }] = executions as [{ executionArn: string }];
        await world.api('RedriveExecution', { executionArn });
        await world.api('RedriveExecution', parent);
        await world.pass(1_000);
        return parent;
      },
      ends: { ...DONE, output: '{"output":{"x":1}}', redriveCount: 1 },
    },
    'message-orphan': {
      async before(recorder) {
        const { world } = recorder;
        const { executionArn } = await begun(waitFor(100))(recorder);
        const { run } = (await readCreation(world, executionArn))!;
        // As it was written when parents stopped children that might begin late.
        const orphan = {
          id: world.newId(),
          run,
          executionArn,
          kind: 'orphan',
          child: `${executionArn}c`,
          awaitedBy: '0@0',
        };
        await world.queue.send([{ queue: 'advance', body: JSON.stringify(orphan), at: world.clock.now() + 30_000 }]);
        return { executionArn };
      },
      ends: DONE,
    },
    'message-taken': {
      settings: { activityPollMs: 0 },
      holds: 'taken',
      async before(recorder) {
        const { world } = recorder;
        const { activityArn } = await world.api('CreateActivity', { name: 'work' });
        const begins = await begun(single({ Type: 'Task', Resource: activityArn, End: true }), { n: 1 })(recorder);
        const { taskToken } = await world.api('GetActivityTask', { activityArn, workerName: 'w' });
        return { ...begins, given: String(taskToken) };
      },
      after: answer,
      ends: { ...DONE, output: '{"answered":true}' },
    },
    'message-taken-again': {
      settings: { activityPollMs: 0 },
      async before(recorder) {
        const { world } = recorder;
        const { activityArn } = await world.api('CreateActivity', { name: 'work' });
        const { executionArn } = await begun(single({ Type: 'Task', Resource: activityArn, End: true }))(recorder);
        const { run } = (await readCreation(world, executionArn))!;
        // The insurance of a poll that died: put off once.
        const taken = { id: world.newId(), run, executionArn, kind: 'taken', wait: '0@0', since: 0 };
        await world.queue.send([{ queue: 'advance', body: JSON.stringify(taken) }]);
        await world.pass(1_000);
        return { executionArn, given: String(activityArn) };
      },
      async after(world, { given }) {
        const { taskToken } = await world.api('GetActivityTask', { activityArn: given });
        await world.api('SendTaskSuccess', { taskToken, output: '1' });
      },
      ends: { ...DONE, output: '1' },
    },
    'message-payload-store': {
      holds: 'start',
      before: begun(single({ Type: 'Pass', OutputPath: '$.n', End: true }), { text: text(LARGER_THAN_MESSAGES), n: 1 }),
      ends: { ...DONE, output: '1' },
    },
    'message-express': {
      async before({ world }) {
        const definition = JSON.stringify(single(task('work', { Parameters: { express: true } })));
        const machine = { name: 'quick', definition, roleArn: ROLE, type: 'EXPRESS' };
        const { stateMachineArn } = await world.api('CreateStateMachine', machine);
        const { executionArn } = await world.api('StartExecution', { stateMachineArn, name: 'e' });
        return { executionArn: String(executionArn) };
      },
      ends: { work: 1 },
      result: async (world) => Object.fromEntries(world.invocations),
    },
    'records-retry-backoff': { before: begun(chain(1, 'brittle', RETRY)), ends: { ...DONE, output: '"mended"' } },
    'records-claimed-call': {
      before: begun(chain(1, 'hang', { Retry: [{ ErrorEquals: ['Lambda.SdkClientException'] }] }), { n: 1 }),
      ends: { ...DONE, output: '{"n":1}' },
    },
    'records-parallel-and-map': {
      before: begun(WIDE, [0, 1, 2, 3]),
      ends: { ...DONE, output: '{"quick":"quick","items":[0,1,2,3]}' },
    },
    'records-variables': { before: begun(VARIABLES, { n: 1 }), ends: { ...DONE, output: '{"kept":2,"n":1}' } },
    'records-payload-store': {
      before: begun({
        StartAt: 'Large',
        States: {
          Large: task('large', { Next: 'Wait' }),
          Wait: { Type: 'Wait', Seconds: 100, Next: 'Pick' },
          Pick: { Type: 'Pass', Parameters: { 'n.$': '$.n' }, End: true },
        },
      }),
      ends: { ...DONE, output: '{"n":1}' },
    },
    'records-deadline': {
      before: begun({ ...single({ Type: 'Wait', Seconds: 5_000, End: true }), TimeoutSeconds: 100 }),
      ends: { status: 'TIMED_OUT' },
    },
    'records-callback': {
      before: waitingForToken()(tokens),
      after: answer,
      ends: { ...DONE, output: '{"answered":true}' },
    },
    'records-heartbeat': {
      async before(recorder) {
        const begins = await waitingForToken({ HeartbeatSeconds: 100 })(tokens)(recorder);
        await recorder.world.pass(60_000);
        await recorder.world.api('SendTaskHeartbeat', { taskToken: begins.given });
        return begins;
      },
      async after(world, sample) {
        await world.pass(80_000);
        await answer(world, sample);
      },
      ends: { ...DONE, output: '{"answered":true}' },
    },
    'records-failed': {
      before: begun(chain(2, 'brittle')),
      after: redrive,
      ends: { ...DONE, output: '"mended"', redriveCount: 1 },
    },
    'records-redriven': {
      async before(recorder) {
        const begins = await begun(chain(2, 'brittle'))(recorder);
        await recorder.world.api('RedriveExecution', begins);
        await recorder.world.pass(1_000);
        return begins;
      },
      after: redrive,
      ends: { ...DONE, output: '"mended"', redriveCount: 2 },
    },
    'records-succeeded': { before: begun(chain(3, 'work'), { n: 1 }), ends: { ...DONE, output: '{"n":1}' } },
    'records-early-answer': {
      async before(recorder) {
        const { world } = recorder;
        const begins = await waitingForToken({ Parameters: { FunctionName: 'slow', Payload: TOKEN } })(tokens)(
          recorder,
        );
        await world.api('SendTaskSuccess', { taskToken: begins.given, output: '{"answered":true}' });
        return begins;
      },
      ends: { ...DONE, output: '{"answered":true}' },
    },
    'records-object-map': {
      before: begun(OBJECT_MAP, { a: 1, b: 2 }),
      ends: { ...DONE, output: '["a","b"]' },
    },
    'records-fork': {
      async before(recorder) {
        const { world } = recorder;
        const { executionArn } = await begun(VARIABLES, { n: 1 })(recorder);
        const fork = { executionArn, stateName: 'Wait', variables: '{"kept":7}', name: 'fork' };
        const { executionArn: forked } = await stepwellApi(world, 'ForkExecution', fork);
        await world.pass(1_000);
        return { executionArn: String(forked) };
      },
      ends: { ...DONE, output: '{"kept":7,"n":1}' },
    },
    'items-job': {
      holds: 'poll',
      before: begun(build(), {}, 1_500_000),
      ends: { ...DONE, output: '{"Build":{"Id":"build","BuildStatus":"SUCCEEDED"}}' },
    },
    'items-turn': {
      async before(recorder) {
        const begins = await waitingForToken({ HeartbeatSeconds: 100 })(tokens)(recorder);
        await recorder.world.pass(60_000);
        await recorder.world.api('SendTaskHeartbeat', { taskToken: begins.given });
        // The timer has fired, found it, and was sent again.
        await recorder.world.pass(60_000);
        return begins;
      },
      ends: { status: 'FAILED', error: 'States.Timeout' },
    },
    'items-trouble': {
      async before(recorder) {
        const begins = await begun(waitFor(100), { n: 1 })(recorder);
        const { run } = (await readCreation(recorder.world, begins.executionArn))!;
        await noteTrouble(recorder.world, run, new Error('A defect of ours'), 3);
        recorder.loseMessages();
        return begins;
      },
      after: (world) => world.pass(3_600_000),
      async result(world) {
        const { findings } = await stepwellApi(world, 'Repair', {});
        await world.settle();
        return findings;
      },
      ends: [{ kind: 'stalled', cause: 'A defect of ours', repaired: true }],
    },
    'items-trigger': {
      async before({ world }) {
        const executionArn = await machineWith(world, 'm', { sqs: { queue: QUEUE } });
        return { executionArn };
      },
      async result(world, { executionArn: stateMachineArn }) {
        return await stepwellApi(world, 'ListTriggers', { stateMachineArn });
      },
      ends: { triggers: [{ name: 'it' }] },
    },
    'items-activity': {
      settings: { activityPollMs: 0 },
      async before(recorder) {
        const { activityArn } = await recorder.world.api('CreateActivity', { name: 'work' });
        return await begun(single({ Type: 'Task', Resource: activityArn, End: true }), { n: 1 })(recorder);
      },
      async after(world) {
        const activityArn = 'arn:aws:states:us-east-1:123456789012:activity:work';
        const { taskToken, input } = await world.api('GetActivityTask', { activityArn, workerName: 'w' });
        await world.api('SendTaskSuccess', { taskToken, output: input });
      },
      ends: { ...DONE, output: '{"n":1}' },
    },
    'items-nested': {
      async before(recorder) {
        await child(recorder.world);
        return await begun(nested())(recorder);
      },
      ends: { ...DONE, output: '{"output":{"x":1}}' },
    },
    'items-machine': {
      async before({ world }) {
        const definition = JSON.stringify(waitFor(100));
        const tags = [{ key: 'team', value: 'blue' }];
        const { stateMachineArn } = await world.api('CreateStateMachine', {
          name: 'm',
          definition,
          roleArn: ROLE,
          tags,
        });
        const { stateMachineVersionArn } = await world.api('PublishStateMachineVersion', { stateMachineArn });
        const routingConfiguration = [{ stateMachineVersionArn, weight: 100 }];
        const alias = await world.api('CreateStateMachineAlias', { name: 'live', routingConfiguration });
        const { executionArn } = await world.api('StartExecution', {
          stateMachineArn: alias.stateMachineAliasArn,
          name: 'e',
        });
        await world.pass(1_000);
        await world.api('UpdateStateMachine', { stateMachineArn, definition: JSON.stringify(chain(1, 'work')) });
        return { executionArn: String(executionArn) };
      },
      ends: {
        execution: 'SUCCEEDED',
        alias: 'live',
        versions: 1,
        tags: [{ key: 'team', value: 'blue' }],
        next: 'SUCCEEDED',
      },
      async result(world, { executionArn }) {
        const stateMachineArn = 'arn:aws:states:us-east-1:123456789012:stateMachine:m';
        const { status } = await world.api('DescribeExecution', { executionArn });
        const { name } = await world.api('DescribeStateMachineAlias', {
          stateMachineAliasArn: `${stateMachineArn}:live`,
        });
        const { stateMachineVersions } = await world.api('ListStateMachineVersions', { stateMachineArn });
        const { tags } = await world.api('ListTagsForResource', { resourceArn: stateMachineArn });
        const next = await world.api('StartExecution', { stateMachineArn, name: 'next' });
        await world.settle();
        return {
          execution: status,
          alias: name,
          versions: (stateMachineVersions as unknown[]).length,
          tags,
          next: (await world.api('DescribeExecution', { executionArn: next.executionArn })).status,
        };
      },
    },
    'items-shelved': {
      async before({ world, loseMessages }) {
        const { executionArn } = await world.start(chain(1, 'work'), { n: 1 }, 'e');
        loseMessages();
        const creation = (await readCreation(world, executionArn))!;
        const { run } = creation;
        const body = JSON.stringify({ id: world.newId(), run, executionArn, kind: 'start', creation });
        await shelve(world, { id: 'letter', body, queue: 'advance' });
        return { executionArn };
      },
      after: (world) => world.pass(2 * 3_600_000),
      ends: { ...DONE, output: '{"n":1}' },
    },
  };
}

/** What is in the state file of a local server: an execution that has ended, and one that waits. */
export const STATE_FILE = {
  machine: 'kept',
  ended: 'ended',
  waiting: 'waiting',
  definition: single({ Type: 'Wait', SecondsPath: '$.seconds', End: true }),
};
