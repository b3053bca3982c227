import { existsSync, globSync, readFileSync } from 'node:fs';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { describe, expect, test } from 'vitest';
import { renderChange, renderTree, unpainted } from '../../../cli/render.ts';
import { nextRetry, retriersOf } from '../../../cli/retry.ts';
import { addEvent, buildTree, emptyTree, type Scope, type StateNode } from '../../../cli/tree.ts';

type Row = [type: string, previous: number, details?: object];

/** Events 1, 2, 3..., one per 100 ms. */
function history(rows: Row[]): HistoryEvent[] {
  return rows.map(([type, previousEventId, details], i) => ({
    id: i + 1,
    previousEventId,
    timestamp: new Date(i * 100),
    type: type as HistoryEvent['type'],
    ...(details && { someEventDetails: details }),
  }));
}

const view = { now: 1000, retriers: new Map(), paint: unpainted };
const picture = (rows: Row[], definition = '{}', now = 1000) =>
  renderTree(buildTree(history(rows)), { ...view, now, retriers: retriersOf(definition) });

const RETRIED: Row[] = [
  ['ExecutionStarted', 0],
  ['TaskStateEntered', 0, { name: 'Charge' }],
  ['LambdaFunctionScheduled', 2],
  ['LambdaFunctionStarted', 3],
  ['LambdaFunctionFailed', 4, { error: 'Busy', cause: '{"errorMessage":"try later"}' }],
];

test('states in a row, with what each took', () => {
  const rows: Row[] = [
    ['ExecutionStarted', 0],
    ['PassStateEntered', 0, { name: 'A' }],
    ['PassStateExited', 2, { name: 'A' }],
    ['WaitStateEntered', 3, { name: 'B' }],
  ];
  expect(picture(rows)).toEqual(['✓ A  100 ms', '● B  700 ms']);
});

test('a failed attempt shows its error and when the next one comes', () => {
  const definition = '{"States":{"Charge":{"Retry":[{"ErrorEquals":["Busy"],"IntervalSeconds":2}]}}}';
  expect(picture(RETRIED, definition)).toEqual(['● Charge  900 ms, next retry in 1.4 s  Busy: try later']);
  const again: Row[] = [...RETRIED, ['LambdaFunctionScheduled', 5], ['LambdaFunctionSucceeded', 6]];
  expect(picture(again, definition)).toEqual(['● Charge  900 ms, attempt 2']);
});

test('a caught failure is neither success nor failure', () => {
  const rows: Row[] = [
    ...RETRIED,
    ['TaskStateExited', 5, { name: 'Charge' }],
    ['PassStateEntered', 6, { name: 'Refund' }],
  ];
  expect(picture(rows)).toEqual(['! Charge  400 ms  Busy: try later', '● Refund  400 ms']);
});

test('the state that failed the execution is marked; others that ran were aborted', () => {
  const rows: Row[] = [
    ['ExecutionStarted', 0],
    ['ParallelStateEntered', 0, { name: 'Both' }],
    ['ParallelStateStarted', 2],
    ['TaskStateEntered', 3, { name: 'Left' }],
    ['TaskStateEntered', 3, { name: 'Right' }],
    ['TaskScheduled', 4],
    ['TaskFailed', 6, { error: 'Boom' }],
    ['ParallelStateFailed', 7],
    ['ExecutionFailed', 8, { error: 'Boom' }],
  ];
  const tree = buildTree(history(rows));
  expect(tree).toMatchObject({ status: 'FAILED', failure: { error: 'Boom' } });
  const both = tree.root.states[0]!;
  expect(both.status).toBe('failed');
  expect(both.scopes.map(({ states }) => [states[0]!.name, states[0]!.status])).toEqual([
    ['Left', 'failed'],
    ['Right', 'aborted'],
  ]);
});

describe('Map', () => {
  const iteration = (index: number) => ({ name: 'Each', index });
  const rows: Row[] = [
    ['ExecutionStarted', 0],
    ['MapStateEntered', 0, { name: 'Each' }],
    ['MapStateStarted', 2, { length: 2 }],
    ['MapIterationStarted', 3, iteration(0)],
    ['PassStateEntered', 4, { name: 'P' }],
    ['PassStateExited', 5, { name: 'P' }],
    ['MapIterationSucceeded', 6, iteration(0)],
    ['MapIterationStarted', 6, iteration(1)],
    ['FailStateEntered', 8, { name: 'Q' }],
  ];

  test('iterations hold their states, also when one begins where another ended', () => {
    const [map] = buildTree(history(rows)).root.states as [StateNode];
    expect(map.scopes.map(({ index, status, states }) => [index, status, states.map(({ name }) => name)])).toEqual([
      [0, 'succeeded', ['P']],
      [1, 'running', ['Q']],
    ]);
  });

  test('a retry of the whole Map begins anew', () => {
    const retried: Row[] = [...rows, ['MapStateStarted', 9, { length: 2 }], ['MapIterationStarted', 10, iteration(0)]];
    const [map] = buildTree(history(retried)).root.states as [StateNode];
    expect(map.attempts).toHaveLength(2);
    expect(map.scopes.map(({ index }) => index)).toEqual([0]);
  });

  test('many iterations are counted, and only those that run or failed are shown', () => {
    const many: Row[] = rows.slice(0, 2);
    many.push(['MapStateStarted', 2, { length: 50 }]);
    for (let i = 0; i < 50; i += 1) many.push(['MapIterationStarted', 3, iteration(i)]);
    for (let i = 0; i < 49; i += 1) many.push(['MapIterationSucceeded', 4 + i, iteration(i)]);
    expect(picture(many, '{}', 20_000).slice(1)).toEqual(['  49 of 50 done, 1 running', '  ● [49]']);
  });
});

test('a redriven execution goes on where it failed', () => {
  const rows: Row[] = [
    ...RETRIED,
    ['ExecutionFailed', 5, { error: 'Busy' }],
    ['ExecutionRedriven', 6],
    ['LambdaFunctionScheduled', 5],
    ['LambdaFunctionSucceeded', 8],
    ['TaskStateExited', 9, { name: 'Charge' }],
    ['ExecutionSucceeded', 10, { output: '1' }],
  ];
  const tree = buildTree(history(rows));
  expect(tree).toMatchObject({ status: 'SUCCEEDED', output: '1' });
  expect(tree.root.states.map(({ name, status }) => [name, status])).toEqual([['Charge', 'succeeded']]);
});

test('as lines: what was entered, failed, tried again and ended', () => {
  const tree = emptyTree();
  const rows: Row[] = [
    ...RETRIED,
    ['LambdaFunctionScheduled', 5],
    ['LambdaFunctionSucceeded', 6],
    ['TaskStateExited', 7, { name: 'Charge' }],
  ];
  const lines = history(rows).flatMap((event) => {
    const change = addEvent(tree, event);
    return (change && renderChange(change, 0, view)) ?? [];
  });
  expect(lines).toEqual([
    '+0.100s ● Charge',
    '+0.400s ✗ Charge  Busy: try later',
    '+0.500s ● Charge, attempt 2',
    '+0.700s ✓ Charge  600 ms',
  ]);
});

describe('when the next retry comes', () => {
  const node = (errors: string[]): StateNode => ({
    ...buildTree(history(RETRIED)).root.states[0]!,
    attempts: errors.map((error) => ({ startedAt: 0, endedAt: 0, failure: { error } })),
  });
  const definition = JSON.stringify({
    States: {
      Charge: {
        Retry: [
          { ErrorEquals: ['Busy'], IntervalSeconds: 3, BackoffRate: 2, MaxAttempts: 2 },
          { ErrorEquals: ['States.ALL'], MaxDelaySeconds: 1, IntervalSeconds: 5, JitterStrategy: 'FULL' },
        ],
      },
    },
  });
  test.each([
    [['Busy'], { at: 3000, isLatest: false }],
    [['Busy', 'Busy'], { at: 6000, isLatest: false }],
    [['Busy', 'Busy', 'Busy'], undefined],
    [['Busy', 'Other'], { at: 1000, isLatest: true }],
  ])('after %j', (errors, expected) => {
    expect(nextRetry(node(errors), retriersOf(definition))).toEqual(expected);
  });
});

const RECORDED = '../shared/conformance/aws';

test.runIf(existsSync(RECORDED))('every recorded history gives a tree in which each state has ended', () => {
  let histories = 0;
  for (const file of globSync(`${RECORDED}/execution.*.json`)) {
    for (const { id, expected } of JSON.parse(readFileSync(file, 'utf8'))) {
      const events = recordedEvents(expected?.events);
      if (events === undefined) continue;
      histories += 1;
      const tree = buildTree(events);
      const states = allStates(tree.root);
      const entered = events.filter(({ type }) => type!.endsWith('StateEntered')).length;
      const retried = states.some(({ type, attempts }) => type === 'Map' && attempts.length > 1);
      expect(tree.status, id).not.toBe('RUNNING');
      if (!retried) expect(states.length, id).toBe(entered);
      expect(
        states.filter(({ status }) => status === 'running').map(({ name }) => name),
        id,
      ).toEqual([]);
      if (tree.status === 'SUCCEEDED')
        expect(
          tree.root.states.filter(({ status }) => status !== 'succeeded' && status !== 'caught'),
          id,
        ).toEqual([]);
    }
  }
  expect(histories).toBeGreaterThan(100);
});

/** Recordings that are whole: ids in order, from the start to the end. */
function recordedEvents(events: unknown): HistoryEvent[] | undefined {
  if (!Array.isArray(events)) return undefined;
  const isWhole =
    events.every(({ id }, i) => id === i + 1) && /^Execution(Succ|Fail|Abort|Tim)/.test(events.at(-1)?.type);
  return isWhole ? events.map((event) => ({ ...event, timestamp: new Date(event.id) })) : undefined;
}

function allStates(scope: Scope): StateNode[] {
  return scope.states.flatMap((node) => [node, ...node.scopes.flatMap(allStates)]);
}
