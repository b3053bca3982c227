// The AWS CLI as it is, through `stepwell proxy`: the tutorial's two lines, and an execution's life.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { environmentOf } from './account.ts';
import { aws } from './aws-cli.ts';
import { place } from './clients.ts';
import { endOf, typesOf } from './executions.ts';

const role = `arn:aws:iam::${place.account}:role/StepFunctionsExecutionRole`;
const machine = (name: string) => `arn:aws:states:${place.region}:${place.account}:stateMachine:${name}`;
let proxy: ChildProcess;
let variables: NodeJS.ProcessEnv;

beforeAll(async () => {
  proxy = spawn(process.execPath, ['cli/main.ts', 'proxy', '--url', inject('apiUrl'), '--port', '0'], {
    env: environmentOf(place),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface(proxy.stdout!), 'line');
  variables = Object.fromEntries(new URLSearchParams(line.replace('export ', '').replaceAll(' ', '&')));
});

afterAll(() => {
  proxy.kill();
});

/** In the folder of the example, as its README says; with what the proxy told us to export. */
const stepfunctions = (...args: string[]) =>
  aws(place, ['stepfunctions', ...args], { cwd: 'examples/order-processing', variables });

test("the tutorial's two lines run an order to its end", async () => {
  const create = '--name OrderProcessingStateMachine --definition file://order-processing.json';
  const created = await stepfunctions('create-state-machine', ...create.split(' '), '--role-arn', role);
  expect(created.stateMachineArn).toBe(machine('OrderProcessingStateMachine'));

  const stateMachine = ['--state-machine-arn', machine('OrderProcessingStateMachine')];
  const started = await stepfunctions('start-execution', ...stateMachine, '--input', '{"orderId": "12345"}');
  expect(started.executionArn).toMatch(/:OrderProcessingStateMachine:[0-9a-f-]{36}$/);
  const { status, events } = await endOf(started.executionArn);
  expect(status).toBe('SUCCEEDED');

  const told = await stepfunctions('get-execution-history', '--execution-arn', started.executionArn);
  expect(typesOf(told.events)).toEqual(typesOf(events));
  expect(told.events).toHaveLength(22);
  await stepfunctions('delete-state-machine', ...stateMachine);
});

test('an execution is started under a name, described, stopped and listed', async () => {
  const definition = JSON.stringify({ StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 600, End: true } } });
  await stepfunctions('create-state-machine', '--name', 'waits', '--definition', definition, '--role-arn', role);
  const stateMachine = ['--state-machine-arn', machine('waits')];
  const { executionArn } = await stepfunctions('start-execution', ...stateMachine, '--name', '12345');
  expect(executionArn).toBe(`${machine('waits').replace(':stateMachine:', ':execution:')}:12345`);

  const execution = ['--execution-arn', executionArn];
  expect(await stepfunctions('describe-execution', ...execution)).toMatchObject({ status: 'RUNNING', name: '12345' });
  await stepfunctions('stop-execution', ...execution, '--error', 'Enough', '--cause', 'of waiting');
  expect(await stepfunctions('describe-execution', ...execution)).toMatchObject({ status: 'ABORTED', error: 'Enough' });
  expect((await stepfunctions('list-executions', ...stateMachine)).executions).toHaveLength(1);
  await stepfunctions('delete-state-machine', ...stateMachine);
});

test('a refusal is told under its name', async () => {
  await expect(stepfunctions('describe-state-machine', '--state-machine-arn', machine('nobodys'))).rejects.toThrow(
    /An error occurred \(StateMachineDoesNotExist\)/,
  );
});
