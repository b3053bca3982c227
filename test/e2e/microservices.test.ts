// The three services as one synchronous request, and the same definition as a Standard machine.
import { readFileSync } from 'node:fs';
import { CreateStateMachineCommand, type SFNClient, StartSyncExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMachine, type Laptop, openLaptop, ROLE, runToEnd } from './local-server.ts';

const folder = 'examples/microservices';
const read = (path: string) => readFileSync(`${folder}/${path}`, 'utf8');
const definition = read('microservices.json');

let laptop: Laptop;
let machineArn: string;

beforeAll(async () => {
  laptop = await openLaptop({ functionDirectories: [`${folder}/functions`] });
  machineArn = await createExpress(laptop.client);
});

afterAll(() => laptop.close());

async function createExpress(client: SFNClient): Promise<string> {
  const machine = { name: 'microservices', definition, roleArn: ROLE, type: 'EXPRESS' } as const;
  return (await client.send(new CreateStateMachineCommand(machine))).stateMachineArn!;
}

const ask = (input: string) =>
  laptop.client.send(
    new StartSyncExecutionCommand({ stateMachineArn: machineArn, input: read(`inputs/${input}.json`) }),
  );

test('three services give one answer', async () => {
  const { status, output, startDate, stopDate } = await ask('succeeds');
  expect(status).toBe('SUCCEEDED');
  expect(JSON.parse(output!)).toEqual({
    orderId: '2001',
    userId: 'ada',
    paymentId: 'payment-2001',
    parcel: 'parcel-2001',
  });
  expect(stopDate!.getTime()).toBeGreaterThanOrEqual(startDate!.getTime());
});

test.each([
  ['stranger', 'NotAuthenticated', 'Nobody holds this token.'],
  ['declined-card', 'CardDeclined', 'The card ending in 0002 was declined.'],
  ['out-of-stock', 'OutOfStock', 'There is no SOFA-9 left.'],
])('the input %s ends with %s', async (input, error, cause) => {
  expect(await ask(input)).toMatchObject({ status: 'FAILED', error, cause });
});

test('only the order that could not be fulfilled is paid back', () => {
  expect(laptop.lines.filter((line) => line.includes('paying back'))).toEqual([
    '[refund-payment] paying back 25 of payment-2004',
  ]);
});

test('the same definition is a Standard machine as it stands', async () => {
  const standard = await createMachine(laptop.client, 'microservices-standard', definition);
  const { status, types } = await runToEnd(laptop.client, standard, JSON.parse(read('inputs/succeeds.json')));
  expect(status).toBe('SUCCEEDED');
  expect(types.filter((type) => type === 'TaskSucceeded')).toHaveLength(3);
});
