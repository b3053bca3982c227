import { describe, expect, test } from 'vitest';
import { parseAliasArn, parseArn, parseUnqualified, parseVersionArn } from '../../../core/api/arn.ts';
import { checkName } from '../../../core/api/name.ts';
import { PREFIX } from './world.ts';

const ALL = ['stateMachine', 'execution', 'express', 'activity', 'mapRun'] as const;

function refusal(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  throw new Error('It was accepted');
}

describe('arn', () => {
  test.each([
    ['stateMachine:m', { type: 'stateMachine', name: 'm' }],
    ['stateMachine:m/label', { type: 'stateMachine', name: 'm', label: 'label' }],
    ['execution:m:e', { type: 'execution', machineName: 'm', name: 'e' }],
    ['execution:m/label:e', { type: 'execution', machineName: 'm', label: 'label', name: 'e' }],
    ['express:m:e:id', { type: 'express', machineName: 'm', name: 'e' }],
    ['activity:a', { type: 'activity', name: 'a' }],
    ['mapRun:m/label:id', { type: 'mapRun', machineName: 'm', label: 'label', id: 'id' }],
  ])('reads %s', (resource, expected) => {
    expect(parseArn(PREFIX + resource, ...ALL)).toEqual({ ...expected, arn: PREFIX + resource });
  });

  test('reads versions and aliases by their qualifier', () => {
    const arn = `${PREFIX}stateMachine:m`;
    expect(parseVersionArn(`${arn}:3`)).toMatchObject({ arn, name: 'm', version: 3 });
    expect(parseAliasArn(`${arn}:prod`)).toMatchObject({ arn, name: 'm', alias: 'prod' });
  });

  test('a label is refused where only machines will do', () => {
    const arn = `${PREFIX}stateMachine:m/label`;
    expect(refusal(() => parseUnqualified(arn))).toBe(
      `ValidationException: This operation does not support labeled state machine ARNs: '${arn}'`,
    );
  });

  test.each([
    ['x', 'Invalid ARN prefix: x'],
    ['', 'Invalid ARN prefix: '],
    [`${PREFIX}execution:m:e`, 'Resource type not valid in this context: execution'],
    [`${PREFIX}express:m:e:id`, 'Resource type not valid in this context: express'],
    [`${PREFIX}stateMachine:`, `Invalid ARN: ${PREFIX}stateMachine:`],
    [`${PREFIX}stateMachine:m:1:2`, `Invalid ARN: ${PREFIX}stateMachine:m:1:2`],
    [`${PREFIX}rocket:m`, `Invalid ARN: ${PREFIX}rocket:m`],
    ['arn:aws:sqs:eu-west-1:123456789012:q', 'Invalid ARN: arn:aws:sqs:eu-west-1:123456789012:q'],
  ])('%s is refused where a state machine belongs', (text, reason) => {
    expect(refusal(() => parseArn(text, 'stateMachine'))).toBe(`InvalidArn: Invalid Arn: '${reason}'`);
  });

  test('a qualified ARN is refused where only a state machine will do', () => {
    expect(refusal(() => parseUnqualified(`${PREFIX}stateMachine:m:1`))).toMatch(/^InvalidArn/);
    expect(refusal(() => parseVersionArn(`${PREFIX}stateMachine:m:prod`))).toMatch(/^InvalidArn/);
    expect(refusal(() => parseAliasArn(`${PREFIX}stateMachine:m:1`))).toMatch(/^InvalidArn/);
  });
});

describe('name', () => {
  test.each(['a', 'activity-name_123', 'A.B.2', "a(b)=c!@+'", 'größe', '名前', '🚀'])('%j is a name', (name) => {
    expect(() => checkName(name)).not.toThrow();
  });

  test.each([...' \t\n<>{}[]?*"#%\\^|~$&,;:/`\u0000\u001f\u007f\u009f\ufffe\uffff\ud800', '\u{10ffff}'])(
    'a name with %j is refused',
    (character) => {
      expect(refusal(() => checkName(`a${character}b`))).toBe(`InvalidName: Invalid Name: 'a${character}b'`);
    },
  );
});
