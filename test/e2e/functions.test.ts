// What becomes of a failing Lambda function in an execution: its error's name is the task's error, and the server lives.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMachine, type Laptop, openLaptop, runToEnd } from './local-server.ts';

let laptop: Laptop;

beforeAll(async () => {
  laptop = await openLaptop();
});

afterAll(() => laptop.close());

const machineOf = (name: string) => ({
  StartAt: 'Call',
  States: {
    Call: { Type: 'Task', Resource: `arn:aws:lambda:us-east-1:123456789012:function:${name}`, End: true },
  },
});

const FAILURES: [name: string, source: string, error: string][] = [
  ['throws', 'export const handler = () => { throw new RangeError("far") }', 'RangeError'],
  ['exits', 'export const handler = () => process.exit(1)', 'Runtime.ExitError'],
  ['loops', 'export const timeout = 0.2; export const handler = () => { for (;;); }', 'Sandbox.Timedout'],
  ['broken', 'export const handler = (', 'Runtime.UserCodeSyntaxError'],
  ['empty', 'export const other = 1', 'Runtime.HandlerNotFound'],
];

test.each(FAILURES)('a function that %s', async (name, source, error) => {
  laptop.putFunction(name, source);
  const machineArn = await createMachine(laptop.client, `fails-${name}`, machineOf(name));
  const ended = await runToEnd(laptop.client, machineArn, {});
  expect(ended).toMatchObject({ status: 'FAILED', error });
  expect(JSON.parse(ended.cause!)).toMatchObject({ errorType: error, errorMessage: expect.any(String) });
  expect(ended.types).toContain('LambdaFunctionFailed');
});

test('a function that does not exist', async () => {
  const machineArn = await createMachine(laptop.client, 'nobody', machineOf('nobody'));
  const ended = await runToEnd(laptop.client, machineArn, {});
  expect(ended).toMatchObject({ status: 'FAILED', error: 'Lambda.ResourceNotFoundException' });
  expect(ended.cause).toContain('Function not found: arn:aws:lambda:us-east-1:123456789012:function:nobody');
});

test('after all of these the server still runs functions', async () => {
  laptop.putFunction('echo', 'export const handler = async (event) => event');
  const machineArn = await createMachine(laptop.client, 'echo', machineOf('echo'));
  expect(await runToEnd(laptop.client, machineArn, { a: 1 })).toMatchObject({ status: 'SUCCEEDED', output: '{"a":1}' });
});
