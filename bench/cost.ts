// Dollars per million transitions of the order example on AWS: units as the meters count them, times the list prices of
// us-east-1. A transition is a state entered, which is fewer than AWS counts.
import orderProcessing from '../examples/order-processing/order-processing.json' with { type: 'json' };
import { functionArn, payloadOf } from './definitions.ts';
import type { Figure } from './figure.ts';
import { type Usage, useOf } from './metered-engine.ts';

/** Dollars per million; of a GB-second on arm. */
const PRICES = { writeUnit: 0.625, readUnit: 0.125, queueRequest: 0.4, lambdaRequest: 0.2, gigabyteSecond: 13.33 };
/** Memory of the workers, as serverless.yml has it. */
const GIGABYTES = { advance: 0.5, call: 0.25 };
const TASK_MS = 100;
/** Assumed for a put and our own work around it; a worker pays for the wait. */
const REQUEST_MS = 10;
const PAYLOAD_BYTES = 1_000;
/** A worker of the `call` queue waits for the calls of ten messages at once. */
const CALLS_SHARED = 10;

export async function cost(): Promise<Figure[]> {
  const target = { atMost: 2.5 };
  return [
    ...(await costOf('fused', { transitionsPerMessage: 25 }, target)),
    ...(await costOf('fused, ten started at once', { transitionsPerMessage: 25, executions: 10 }, target)),
    ...(await costOf('classical', { transitionsPerMessage: 1 })),
    ...waitingForCalls(),
  ];
}

async function costOf(shape: string, usage: Usage, target?: { atMost: number }): Promise<Figure[]> {
  const definition = withOneFunction();
  const { executions = 1 } = usage;
  const transitions = Object.keys(definition.States).length * executions;
  const times = { taskMs: TASK_MS, requestMs: REQUEST_MS };
  const use = await useOf(definition, payloadOf(PAYLOAD_BYTES), { ...usage, ...times });
  const { table, queue, invocations, workerMs, startRequests } = use;
  // The tasks of executions that share an invocation are waited for side by side.
  const waitSeconds = ((transitions / executions) * TASK_MS) / 1_000;
  const workSeconds = workerMs / 1_000 - waitSeconds + (startRequests * REQUEST_MS) / 1_000;
  const items = {
    'write units': table.writeUnits * PRICES.writeUnit,
    'write units of the list index': table.indexWriteUnits * PRICES.writeUnit,
    'read units': table.readUnits * PRICES.readUnit,
    // Lambda receives and deletes each batch with one request.
    'queue requests': (queue.sendRequests + 2 * invocations) * PRICES.queueRequest,
    'Lambda requests': (invocations + executions) * PRICES.lambdaRequest,
    'GB-seconds of work': workSeconds * GIGABYTES.advance * PRICES.gigabyteSecond,
    'GB-seconds of waiting for tasks': waitSeconds * GIGABYTES.advance * PRICES.gigabyteSecond,
  };
  const figures = Object.entries(items).map(([item, dollars]) => ({
    what: `  ${item}`,
    value: dollars / transitions,
    unit: '$',
  }));
  const total = figures.reduce((sum, { value }) => sum + value, 0);
  const what = `a million transitions of the order example, ${shape}`;
  return [{ what, value: total, unit: '$', ...(target && { target }), beside: 'AWS Standard $25' }, ...figures];
}

/** The example as it is, its functions answering with what they are given. */
function withOneFunction(): { States: object } {
  const text = JSON.stringify(orderProcessing).replaceAll(/"arn:aws:lambda:[^"]*"/g, `"${functionArn('work')}"`);
  return JSON.parse(text);
}

function waitingForCalls(): Figure[] {
  const perSecond = (gigabytes: number) => gigabytes * PRICES.gigabyteSecond;
  return [
    {
      what: 'a million task-seconds of waiting, one call in an advance worker',
      value: perSecond(GIGABYTES.advance),
      unit: '$',
      beside: 'AWS 0',
    },
    {
      what: `a million task-seconds of waiting, call worker shared by ${CALLS_SHARED}`,
      value: perSecond(GIGABYTES.call) / CALLS_SHARED,
      unit: '$',
      target: { atMost: 1 },
      beside: 'AWS 0',
    },
  ];
}
