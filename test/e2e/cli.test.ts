// The command line against the local server: what it prints, and the exit codes that scripts rely on.
import { CreateActivityCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shelve } from '../../core/store/stalled.ts';
import { createMachine, type Laptop, openLaptop, runToEnd } from './local-server.ts';
import { stepwell as runStepwell } from './stepwell.ts';

let laptop: Laptop;
let failsArn: string;

beforeAll(async () => {
  laptop = await openLaptop();
  const pass = { StartAt: 'Keep', States: { Keep: { Type: 'Pass', End: true } } };
  const fail = { StartAt: 'Stop', States: { Stop: { Type: 'Fail', Error: 'Nope', Cause: 'on purpose' } } };
  const wait = { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 3600, End: true } } };
  await createMachine(laptop.client, 'passes', pass);
  failsArn = await createMachine(laptop.client, 'fails', fail);
  await createMachine(laptop.client, 'waits', wait);
});

afterAll(() => laptop.close());

function stepwell(args: string[], input = '') {
  const isCommand = !['lint', '--help', 'nonsense'].includes(args[0] ?? '--help');
  return runStepwell(isCommand ? [...args, '--endpoint-url', laptop.server.url] : args, { input });
}

describe('start', () => {
  test('gives the ARN of the execution', async () => {
    const { code, out } = await stepwell(['start', 'passes', '--name', 'one']);
    expect({ code, out }).toEqual({ code: 0, out: ['arn:aws:states:us-east-1:123456789012:execution:passes:one'] });
  });

  test('--follow shows the way, prints the output alone, and ends with 0', async () => {
    const { code, out, err } = await stepwell(['start', 'passes', '--input', '{"a":1.0}', '--follow']);
    expect({ code, out }).toEqual({ code: 0, out: ['{"a":1.0}'] });
    expect(err[1]).toMatch(/^\+0\.\d{3}s ✓ Keep {2}\d+ ms$/);
    expect(err.at(-1)).toMatch(/^SUCCEEDED in/);
  });

  test('--follow of a failure ends with 1 and says why', async () => {
    const { code, err } = await stepwell(['start', failsArn, '--follow']);
    expect(code).toBe(1);
    expect(err.at(-1)).toMatch(/^FAILED in .*: Nope: on purpose$/);
  });

  test('--follow --json prints every event on a line', async () => {
    const { out } = await stepwell(['start', 'passes', '--follow', '--json', '--input', '-'], '[1]');
    expect(out.map((line) => JSON.parse(line).type)).toEqual([
      'ExecutionStarted',
      'PassStateEntered',
      'PassStateExited',
      'ExecutionSucceeded',
    ]);
  });
});

test('history prints numbered events', async () => {
  const { executionArn } = await runToEnd(laptop.client, failsArn, {});
  const { out } = await stepwell(['history', executionArn]);
  expect(out[2]).toMatch(/^ {4}3 +\+0\.\d{3}s {2}ExecutionFailed +Nope {2}on purpose$/);
});

test('redrive --from begins a new execution at a state, and leaves the old one', async () => {
  await stepwell(['start', 'passes', '--name', 'old', '--input', '1', '--follow']);
  const { code, out } = await stepwell(['redrive', 'passes:old', '--from', 'Keep', '--input', '[2]', '--follow']);
  expect({ code, out }).toEqual({ code: 0, out: ['[2]'] });
  const named = await stepwell(['redrive', 'passes:old', '--from', 'Keep', '--name', 'new']);
  expect(named.out).toEqual(['arn:aws:states:us-east-1:123456789012:execution:passes:new']);
  expect((await stepwell(['describe', 'passes:old'])).out.join('')).toContain('"output": "1"');
  const refused = await stepwell(['redrive', 'passes:old', '--input', '2']);
  expect(refused).toMatchObject({ code: 2, err: [expect.stringContaining('--input goes with --from STATE')] });
});

test('stop aborts, list and describe tell it', async () => {
  await stepwell(['start', 'waits', '--name', 'w']);
  expect((await stepwell(['stop', 'waits:w', '--error', 'Enough'])).code).toBe(0);
  expect((await stepwell(['list', 'waits'])).out[0]).toMatch(/^ABORTED .*:execution:waits:w$/);
  expect(JSON.parse((await stepwell(['describe', 'waits:w'])).out[0]!)).toMatchObject({
    status: 'ABORTED',
    error: 'Enough',
  });
  expect((await stepwell(['follow', 'waits:w'])).code).toBe(1);
  const names = (await stepwell(['list', '--json'])).out.map((line) => JSON.parse(line).name);
  expect(names.toSorted()).toEqual(['fails', 'passes', 'waits']);
});

const REVIEW = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
  Parameters: { FunctionName: 'ask', Payload: { 'token.$': '$$.Task.Token' } },
  End: true,
};

describe('approve and reject', () => {
  beforeAll(async () => {
    laptop.putFunction('ask', 'export const handler = async () => null;');
    await createMachine(laptop.client, 'review', { StartAt: 'Ask', States: { Ask: REVIEW } });
    const branch = (name: string) => ({ StartAt: name, States: { [name]: REVIEW } });
    const both = { Type: 'Parallel', Branches: [branch('Legal'), branch('Money')], End: true };
    await createMachine(laptop.client, 'reviews', { StartAt: 'Both', States: { Both: both } });
  });

  /** Starts an execution and waits until so many of its tasks wait. */
  async function ask(machine: string, name: string, waiting: number): Promise<string> {
    await stepwell(['start', machine, '--name', name]);
    const execution = `${machine}:${name}`;
    const submitted = async () =>
      (await stepwell(['history', execution])).out.filter((line) => line.includes('TaskSubmitted')).length;
    await expect.poll(submitted, { timeout: 10_000 }).toBe(waiting);
    return execution;
  }

  test('approve answers the task that waits; then nothing waits any more', async () => {
    const execution = await ask('review', 'yes', 1);
    const { code, out } = await stepwell(['approve', execution, '--output', '{"ok":true}']);
    expect({ code, out }).toEqual({ code: 0, out: ['Approved Ask.'] });
    expect((await stepwell(['follow', execution])).out).toEqual(['{"ok":true}']);
    const again = await stepwell(['approve', execution]);
    expect(again).toMatchObject({
      code: 2,
      err: ['stepwell: Nothing waits for an answer: the execution is SUCCEEDED.'],
    });
  });

  test('reject fails the task with the error and the cause that are given', async () => {
    const execution = await ask('review', 'no', 1);
    const { code, out } = await stepwell(['reject', execution, '--error', 'TooDear', '--cause', 'over budget']);
    expect({ code, out }).toEqual({ code: 0, out: ['Rejected Ask.'] });
    const { err } = await stepwell(['follow', execution]);
    expect(err.at(-1)).toMatch(/^FAILED in .*: TooDear: over budget$/);
  });

  test('where several wait, --state says which', async () => {
    const execution = await ask('reviews', 'r', 2);
    const { code, err } = await stepwell(['approve', execution]);
    expect(code).toBe(2);
    expect(err[0]).toMatch(
      /^stepwell: 2 tasks wait for an answer; say which with --state:\n {2}Both\[\d\]\/Legal {2}since /,
    );
    expect((await stepwell(['approve', execution, '--state', 'Tax'])).err[0]).toMatch(/^stepwell: No 'Tax' waits/);
    await stepwell(['approve', execution, '--state', 'Money', '--output', '1']);
    await stepwell(['approve', execution, '--output', '2']);
    expect((await stepwell(['follow', execution])).out).toEqual(['[2,1]']);
  });

  test('what waits inside a child execution is found from its parent', async () => {
    const starts = {
      Type: 'Task',
      Resource: 'arn:aws:states:::states:startExecution.sync:2',
      Parameters: { StateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:review' },
      OutputPath: '$.Output',
      End: true,
    };
    await createMachine(laptop.client, 'nested', { StartAt: 'Start', States: { Start: starts } });
    const execution = await ask('nested', 'n', 1);
    const answered = () => stepwell(['approve', execution, '--output', '{"deep":1}']);
    await expect.poll(async () => (await answered()).out, { timeout: 10_000 }).toEqual(['Approved Start > Ask.']);
    expect((await stepwell(['follow', execution])).out).toEqual(['{"deep":1}']);
  });

  test('a task that is for the worker of an activity is named, because only the worker has its token', async () => {
    const { activityArn } = await laptop.client.send(new CreateActivityCommand({ name: 'work' }));
    const task = { Type: 'Task', Resource: activityArn, End: true };
    await createMachine(laptop.client, 'by-hand', { StartAt: 'Do', States: { Do: task } });
    await stepwell(['start', 'by-hand', '--name', 'h']);
    const refusal = async () => (await stepwell(['approve', 'by-hand:h'])).err[0];
    await expect
      .poll(refusal, { timeout: 10_000 })
      .toMatch(/who alone is given the token.*:\n {2}Do {2}arn:aws:states:.*:activity:work$/s);
  });

  test('where nothing waits, a sentence says so', async () => {
    await stepwell(['start', 'waits', '--name', 'idle']);
    const { code, err } = await stepwell(['approve', 'waits:idle']);
    const sentence = 'stepwell: Nothing in this execution waits for an answer to a task token.';
    expect({ code, err }).toEqual({ code: 2, err: [sentence] });
  });
});

describe('doctor', () => {
  test('where all is well it says so, and ends with 0', async () => {
    const { code, out, err } = await stepwell(['doctor', '--thorough']);
    expect({ code, out, err }).toEqual({
      code: 0,
      out: [],
      err: ['Everything is running, waiting for something known, or finished.'],
    });
  });

  test('a message that cannot be read is one line with what to do, until it is discarded', async () => {
    await shelve(laptop.server.world, { id: 'letter', body: 'nonsense', queue: 'advance' });
    const { code, out, err } = await stepwell(['doctor']);
    expect(code).toBe(1);
    expect(out).toEqual([
      expect.stringMatching(/^unreadable {2}letter {2}A message .* it cannot be read\. Cause: .*→ If /),
    ]);
    expect(err).toEqual(['1 thing needs attention; stepwell doctor --repair mends what it can.']);
    const json = await stepwell(['doctor', '--repair', '--json']);
    expect(json.code).toBe(1);
    expect(json.out.map((line) => JSON.parse(line))).toMatchObject([{ subject: 'letter', repaired: false }]);
    expect(await stepwell(['doctor', '--discard', 'letter'])).toMatchObject({
      code: 0,
      err: ['letter is gone.'],
    });
    expect((await stepwell(['doctor'])).code).toBe(0);
  });
});

const MISTAKES: [args: string[], sentence: string][] = [
  [['nonsense'], "stepwell: there is no command 'nonsense'; stepwell --help lists them."],
  [['start'], 'stepwell: Missing: the name or ARN of a state machine.'],
  [['start', 'passes', '--fast'], "stepwell: Unknown option '--fast'."],
  [['start', 'passes', 'twice'], "stepwell: Unexpected argument 'twice'."],
  [['start', 'nobody'], "stepwell: There is no state machine named 'nobody'."],
  [['start', 'passes', '--input', 'missing.json'], `stepwell: There is no file missing.json in ${process.cwd()}.`],
  [['list', '--status', 'odd'], expect.stringMatching(/^stepwell: --status takes one of RUNNING, .*, not 'odd'\.$/)],
  [
    ['list', '--status', 'RUNNING'],
    'stepwell: --status goes with a state machine: stepwell list <machine> --status STATUS.',
  ],
  [['create', 'new', 'nowhere.asl.json'], `stepwell: There is no file nowhere.asl.json in ${process.cwd()}.`],
  [['deploy', 'nowhere'], `stepwell: There is no folder nowhere in ${process.cwd()}.`],
  [
    ['trigger', 'event', 'examples/order-processing/input.json'],
    'stepwell: examples/order-processing/input.json has no source: an event has source, detail-type and detail.',
  ],
  [['trigger', 'event', 'nowhere.json'], `stepwell: There is no file nowhere.json in ${process.cwd()}.`],
  [['stop', 'odd'], "stepwell: 'odd' is neither the ARN of an execution nor <machine>:<execution name>."],
  [['doctor', '--overdue', 'soon'], "stepwell: --overdue takes a whole number from 0 to 31536000, not 'soon'."],
  [['doctor', '--discard', 'nothing'], expect.stringMatching(/^stepwell: ResourceNotFound: No message nothing /)],
  [['approve'], 'stepwell: Missing: an execution.'],
  [['approve', 'passes:one', '--output', 'yes'], expect.stringMatching(/^stepwell: --output 'yes' is not JSON: /)],
  [['history', 'passes:nobody'], expect.stringMatching(/^stepwell: ExecutionDoesNotExist: /)],
];

test.each(MISTAKES)('%j is answered with one sentence and exit code 2', async (args, sentence) => {
  const { code, err } = await stepwell(args);
  expect({ code, err }).toEqual({ code: 2, err: [sentence] });
});

test('a command is explained alone, the rest of them is not', async () => {
  const { code, out } = await stepwell(['redrive', '-h']);
  expect(code).toBe(0);
  expect(out[0]).toContain('  redrive <execution> --from STATE');
  expect(out[0]).toContain('Exit code: 0 succeeded');
  expect(out[0]).not.toContain('  start <machine>');
});

test('input that is no JSON is a mistake of the caller', async () => {
  const { code, err } = await stepwell(['start', 'passes', '--input', '{"a":']);
  expect(code).toBe(2);
  expect(err[0]).toMatch(/^stepwell: --input '\{"a":' is not JSON: /);
});
