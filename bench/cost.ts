// Dollars per million transitions on AWS: units as the meters count them in the deployed handlers, times the list prices of
// us-east-1. A transition is a state entered, which is fewer than AWS counts.
import orderProcessing from '../examples/order-processing/order-processing.json' with { type: 'json' };
import { functionArn, payloadOf } from './definitions.ts';
import type { Figure } from './figure.ts';
import { type Usage, type Use, useOf } from './metered-engine.ts';

/** Dollars per million; of a GB-second on arm. */
const PRICES = { writeUnit: 0.625, readUnit: 0.125, queueRequest: 0.4, lambdaRequest: 0.2, gigabyteSecond: 13.33 };
/** Dollars for a GB and month: in the table, and in its continuous backup. */
const STORAGE = { table: 0.25, backup: 0.2 };
/** Memory of the functions, as serverless.yml has it, in GB. */
const GIGABYTES = { advance: 0.25, call: 0.25, api: 0.5 };
/** A function of this size has one processor; smaller ones their share, so this is what processor time costs. */
const PROCESSOR_GIGABYTES = 1769 / 1024;
const TASK_MS = 100;
/** Assumed for a request to DynamoDB or SQS, without our own work; a worker pays for the wait. */
const REQUEST_MS = 6;
/** Our own work around a transition, the SDK's and Node's included: `npm run bench -- worker` measures it. */
const PROCESSOR_MS = 2;
const PAYLOAD_BYTES = 1_000;
/** Records are kept for 21 days and 8 more. */
const MONTHS_KEPT = 29 / 30.4;
/** A worker of the `call` queue waits for the calls of ten messages at once. */
const CALLS_SHARED = 10;

interface Flow {
  name: string;
  definition: object;
  input: unknown;
  /** States entered by one execution. */
  transitions: number;
}

const order: Flow = {
  name: 'the order example',
  definition: withOneFunction(),
  input: payloadOf(PAYLOAD_BYTES),
  transitions: 4,
};

const ITEMS = 512;
const work = { Type: 'Task', Resource: functionArn('work'), End: true };
const map: Flow = {
  name: `a Map of ${ITEMS} items, one task each`,
  definition: {
    StartAt: 'All',
    States: { All: { Type: 'Map', ItemProcessor: { StartAt: 'Work', States: { Work: work } }, End: true } },
  },
  input: Array.from({ length: ITEMS }, () => payloadOf(100)),
  transitions: 1 + ITEMS,
};

const callback: Flow = {
  name: 'a task that is answered after a day, and one more',
  definition: {
    StartAt: 'Ask',
    States: {
      Ask: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
        Parameters: { FunctionName: 'ask', Payload: { 'token.$': '$$.Task.Token' } },
        TimeoutSeconds: 172_800,
        Next: 'Work',
      },
      Work: work,
    },
  },
  input: payloadOf(PAYLOAD_BYTES),
  transitions: 2,
};

const FUSED = { transitionsPerMessage: 25 };
const CLASSICAL = { transitionsPerMessage: 1 };

export async function cost(): Promise<Figure[]> {
  const target = { atMost: 2.5 };
  return [
    ...(await costOf(order, 'fused', FUSED, target)),
    ...(await costOf(order, 'fused, ten started at once', { ...FUSED, executions: 10 }, target)),
    ...(await costOf(order, 'classical', CLASSICAL)),
    ...(await costOf(map, 'fused', { ...FUSED, unevenTasks: true })),
    ...(await costOf(map, 'classical', { ...CLASSICAL, unevenTasks: true })),
    ...(await costOf(callback, 'fused', { ...FUSED, answerMs: 86_400_000 })),
    ...(await costOf(callback, 'classical', { ...CLASSICAL, answerMs: 86_400_000 })),
    ...waitingForCalls(),
    ...idle(),
  ];
}

async function costOf(flow: Flow, shape: string, usage: Usage, target?: { atMost: number }): Promise<Figure[]> {
  const { name, definition, input } = flow;
  const transitions = flow.transitions * (usage.executions ?? 1);
  const use = await useOf(definition, input, { ...usage, taskMs: TASK_MS, requestMs: REQUEST_MS });
  const atOnce = await useOf(definition, input, { ...usage, requestMs: REQUEST_MS });
  const { running, kept } = itemsOf(use, atOnce, transitions);
  const each = (items: Record<string, number>) =>
    Object.entries(items).map(([item, dollars]) => ({ what: `  ${item}`, value: dollars / transitions, unit: '$' }));
  const figures = each(running).filter(({ value }) => value > 0);
  const value = figures.reduce((sum, { value }) => sum + value, 0);
  const what = `a million transitions of ${name}, ${shape}`;
  return [
    { what, value, unit: '$', ...(target && { target }), beside: 'AWS Standard $25' },
    ...figures,
    ...each(kept).map((figure) => ({ ...figure, beside: 'not in the sum above' })),
  ];
}

/** `atOnce` is the same with functions that take no time: what is missing in it is the waiting for them. */
function itemsOf(use: Use, atOnce: Use, transitions: number) {
  const { table, queue, shifts, apiCalls, apiMs, storedBytes, laterWriteUnits } = use;
  const gigabyteSeconds = ({ shifts }: Use) =>
    shifts.reduce((sum, { queue, ms }) => sum + (ms / 1000) * GIGABYTES[queue], 0);
  const processor = ((transitions * PROCESSOR_MS) / 1000) * PROCESSOR_GIGABYTES;
  // Slow tasks may also save work: their answers fold into fewer records.
  const waiting = Math.max(gigabyteSeconds(use) - gigabyteSeconds(atOnce), 0);
  const own = gigabyteSeconds(use) - waiting + (apiMs / 1000) * GIGABYTES.api + processor;
  const gigabyteMonths = (storedBytes / 1e9) * MONTHS_KEPT * 1e6;
  return {
    running: {
      'puts (write units)': table.writeUnits * PRICES.writeUnit,
      'puts to the list index (write units)': table.indexWriteUnits * PRICES.writeUnit,
      'timers of more than 15 minutes (write units)': laterWriteUnits * PRICES.writeUnit,
      'reads (read units)': table.readUnits * PRICES.readUnit,
      'sends (queue requests)': queue.sendRequests * PRICES.queueRequest,
      // Lambda receives and deletes each batch with one request.
      'receives and deletes (queue requests)': 2 * shifts.length * PRICES.queueRequest,
      'invocations (Lambda requests)': (shifts.length + apiCalls) * PRICES.lambdaRequest,
      'own work (GB-seconds)': own * PRICES.gigabyteSecond,
      'waiting for tasks (GB-seconds)': waiting * PRICES.gigabyteSecond,
    },
    kept: {
      'storage until it expires': gigabyteMonths * STORAGE.table,
      'its continuous backup (pointInTimeRecovery)': gigabyteMonths * STORAGE.backup,
    },
  };
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

const SECONDS_A_MONTH = 30.4 * 86_400;

/** A deployment in which nothing happens, for a month, without the free tiers. */
function idle(): Figure[] {
  // Lambda keeps five pollers per queue that each ask three times a minute. SQS gives away the first million requests.
  const polls = ((4 * 5 * SECONDS_A_MONTH) / 20 / 1e6) * PRICES.queueRequest;
  const sweeps = SECONDS_A_MONTH / 60;
  // A read of what is due and one of what is shelved, about 50 ms.
  const sweeping =
    (sweeps / 1e6) * (PRICES.lambdaRequest + 2 * PRICES.readUnit + 0.05 * GIGABYTES.advance * PRICES.gigabyteSecond);
  const items = { 'polling of four queues': polls, 'the sweep, every minute': sweeping, 'nine alarms': 9 * 0.1 };
  const figures = Object.entries(items).map(([item, value]) => ({ what: `  ${item}`, value, unit: '$' }));
  const value = figures.reduce((sum, { value }) => sum + value, 0);
  return [{ what: 'a month of an idle deployment', value, unit: '$', beside: 'AWS 0' }, ...figures];
}
