// What is refused and what never is: new work above what the machine can do, in AWS's words; AWS's own rates on demand.
import { expect, test } from 'vitest';
import { handleRequest } from '../../../core/api/wire.ts';
import { Unavailable } from '../../../core/errors.ts';
import { admission, type Pressure, pressureOf } from '../../../local/admission.ts';
import { awsRates, unthrottled } from '../../../local/throttling.ts';
import { memoryWorld } from '../../support/memory-world.ts';

const CALM: Pressure = { latenessMs: () => 0, heapUse: () => 0.3 };

function codeOf(work: () => void): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return (error as Error).name;
  }
}

test.each([
  ['nothing is late', CALM, undefined],
  ['executions would begin more than a minute late', { ...CALM, latenessMs: () => 61_000 }, 'ThrottlingException'],
  ['the heap is nearly full', { ...CALM, heapUse: () => 0.9 }, 'ThrottlingException'],
])('when %s, StartExecution is answered %s', (_when, pressure, code) => {
  const admit = admission(pressure, unthrottled);
  expect(codeOf(() => admit('AWSStepFunctions.StartExecution'))).toBe(code);
  expect(codeOf(() => admit('Stepwell.ForkExecution'))).toBe(code);
});

test('what helps running executions to their end is taken under any load', () => {
  const admit = admission({ latenessMs: () => 1e9, heapUse: () => 1 }, unthrottled);
  for (const action of ['SendTaskSuccess', 'SendTaskFailure', 'StopExecution', 'DescribeExecution', 'GetActivityTask'])
    expect(codeOf(() => admit(`AWSStepFunctions.${action}`))).toBeUndefined();
});

test('lateness is that of the message due first, looked at four times a second', () => {
  let now = 10_000;
  let due: number | undefined = 4_000;
  const { latenessMs } = pressureOf({ nextVisibleAt: (queue) => (queue === 'call' ? due : 9_000) }, () => now);
  expect(latenessMs()).toBe(6_000);
  due = undefined;
  now += 249;
  expect(latenessMs()).toBe(6_000);
  now += 1;
  expect(latenessMs()).toBe(1_250);
});

test('AWS’s rates: a full bucket, then what comes back every second', () => {
  let now = 0;
  const throttle = awsRates(() => now);
  const taken = (action: string, tries: number) =>
    Array.from({ length: tries }, () => throttle(action)).filter((isTaken) => isTaken).length;
  expect(taken('DescribeExecution', 1_000)).toBe(300);
  now += 2_000;
  expect(taken('DescribeExecution', 1_000)).toBe(30);
  expect(taken('CreateStateMachine', 1_000)).toBe(100);
  now += 1_000_000;
  expect(taken('DescribeExecution', 1_000)).toBe(300);
});

test.each([
  [new Unavailable('Cannot write state.db: database or disk is full.'), 503, 'ServiceUnavailable', /disk is full/],
  [Object.assign(new Error(), { name: 'ProvisionedThroughputExceededException' }), 400, 'ThrottlingException', /^Rate/],
  [new TypeError('a defect'), 500, 'InternalFailure', /unknown error/],
])('trouble below the API (%s) is answered with status %i and %s', async (trouble, status, code, message) => {
  const world = memoryWorld({}, {}, { queue: (inside) => ({ ...inside, send: () => Promise.reject(trouble) }) });
  const definition = JSON.stringify({ StartAt: 'P', States: { P: { Type: 'Pass', End: true } } });
  const machine = { name: 'm', definition, roleArn: 'arn:aws:iam::123456789012:role/test' };
  const { stateMachineArn } = await world.api('CreateStateMachine', machine);
  const headers = { 'x-amz-target': 'AWSStepFunctions.StartExecution' };
  const answer = await handleRequest(world, { method: 'POST', headers, body: JSON.stringify({ stateMachineArn }) });
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body)).toMatchObject({ __type: code, message: expect.stringMatching(message) });
});
