// Event patterns: every operator of the documentation, met and not met.
import { describe, expect, test } from 'vitest';
import { matches, patternProblem } from '../../../core/triggers/pattern.ts';

const EVENT = {
  source: 'aws.ec2',
  resources: ['arn:a', 'arn:b'],
  detail: {
    state: 'running',
    count: 5,
    ip: '10.0.0.17',
    empty: null,
    file: 'img/cat.PNG',
    items: [{ id: 1 }, { id: 2 }],
  },
};

const detail = (filter: unknown, field = 'state') => ({ detail: { [field]: [filter] } });

describe('a pattern', () => {
  test.each<[string, object, boolean]>([
    ['one of the values', { source: ['aws.s3', 'aws.ec2'] }, true],
    ['none of the values', { source: ['aws.s3'] }, false],
    ['a common value of two lists', { resources: ['arn:b', 'arn:c'] }, true],
    ['fields side by side: all must match', { source: ['aws.ec2'], detail: { state: ['stopped'] } }, false],
    ['null', detail(null, 'empty'), true],
    ['a number', detail(5.0, 'count'), true],
    ['inside objects of a list', { detail: { items: { id: [2] } } }, true],
    ['prefix', detail({ prefix: 'run' }), true],
    ['prefix in any case', detail({ prefix: { 'equals-ignore-case': 'RUN' } }), true],
    ['suffix', detail({ suffix: '.png' }, 'file'), false],
    ['suffix in any case', detail({ suffix: { 'equals-ignore-case': '.png' } }, 'file'), true],
    ['equals-ignore-case', detail({ 'equals-ignore-case': 'RUNNING' }), true],
    ['wildcard', detail({ wildcard: 'img/*.PNG' }, 'file'), true],
    ['wildcard with a dot that is a dot', detail({ wildcard: 'img/catxPNG' }, 'file'), false],
    ['numeric within bounds', detail({ numeric: ['>', 0, '<=', 5] }, 'count'), true],
    ['numeric outside', detail({ numeric: ['<', 5] }, 'count'), false],
    ['numeric of a text', detail({ numeric: ['>', 0] }), false],
    ['cidr', detail({ cidr: '10.0.0.0/24' }, 'ip'), true],
    ['cidr of another net', detail({ cidr: '10.0.1.0/24' }, 'ip'), false],
    ['exists', detail({ exists: true }), true],
    ['exists of nothing', detail({ exists: true }, 'nothing'), false],
    ['exists not', detail({ exists: false }, 'nothing'), true],
    ['anything-but', detail({ 'anything-but': ['stopped', 'pending'] }), true],
    ['anything-but itself', detail({ 'anything-but': 'running' }), false],
    ['anything-but a prefix', detail({ 'anything-but': { prefix: 'run' } }), false],
    ['anything-but of nothing', detail({ 'anything-but': 'x' }, 'nothing'), false],
    ['$or', { $or: [{ source: ['x'] }, { detail: { count: [5] } }] }, true],
    ['$or of none', { $or: [{ source: ['x'] }, { detail: { count: [6] } }] }, false],
  ])('%s', (_title, pattern, expected) => {
    expect(patternProblem(pattern as never)).toBeUndefined();
    expect(matches(pattern as never, EVENT)).toBe(expected);
  });

  test.each<[string, unknown, string[], string]>([
    ['a value without a list', { source: 'aws.s3' }, ['source'], 'Values stand in a list'],
    ['an empty list', { detail: { a: [] } }, ['detail', 'a'], 'The list of values is empty'],
    ['an unknown operator', { a: [{ like: 'x' }] }, ['a'], 'No operator of EventBridge: {"like":"x"}'],
    ['nothing at all', {}, [], 'A pattern names at least one field'],
    ['no object', [], [], 'A pattern is an object with lists at its leaves'],
  ])('%s is refused', (_title, pattern, path, message) => {
    expect(patternProblem(pattern as never)).toEqual({ path, message });
  });
});
