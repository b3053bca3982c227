import { describe, expect, test } from 'vitest';
import { ENCRYPTION_CONFIGURATION, MAX_RESULTS, NAME, ROUTING_CONFIGURATION, TAGS } from '../../../core/api/members.ts';
import { readInput } from '../../../core/api/shape.ts';

const MEMBERS = {
  name: { ...NAME, required: true },
  maxResults: MAX_RESULTS,
  status: { kind: 'string', values: ['ON', 'OFF'] },
  secret: { kind: 'string', max: 3, sensitive: true },
  tags: TAGS,
  routes: ROUTING_CONFIGURATION,
  encryption: ENCRYPTION_CONFIGURATION,
} as const;

function refusal(input: object): string {
  try {
    readInput(MEMBERS, input);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('The input was accepted');
}

const FAILED = 'failed to satisfy constraint: Member must';

describe('shape', () => {
  test('members that are null count as absent, and unknown ones are dropped', () => {
    expect(readInput(MEMBERS, { name: 'a', maxResults: null, colour: 'red' })).toEqual({ name: 'a' });
  });

  test('a name inherited from the prototype is no member', () => {
    expect(readInput({ constructor: { kind: 'string' } as const }, {})).toEqual({});
  });

  test.each([
    ['a required member', {}, `Value null at 'name' ${FAILED} not be null`],
    ['the lower bound of a text', { name: '' }, `Value '' at 'name' ${FAILED} have length greater than or equal to 1`],
    [
      'the upper bound of a text',
      { name: 'n'.repeat(81) },
      `Value '${'n'.repeat(81)}' at 'name' ${FAILED} have length less than or equal to 80`,
    ],
    [
      'the upper bound of a number',
      { name: 'a', maxResults: 1001 },
      `Value '1001' at 'maxResults' ${FAILED} have value less than or equal to 1000`,
    ],
    [
      'the values of an enum',
      { name: 'a', status: 'on' },
      `Value 'on' at 'status' ${FAILED} satisfy enum value set: [ON, OFF]`,
    ],
    [
      'a secret, without printing it',
      { name: 'a', secret: 'abcd' },
      `Value at 'secret' ${FAILED} have length less than or equal to 3`,
    ],
    [
      'a member inside a list',
      { name: 'a', tags: [{ key: 'k' }, { key: '' }] },
      `Value '' at 'tags.2.member.key' ${FAILED} have length greater than or equal to 1`,
    ],
    ['an element that is null', { name: 'a', tags: [null] }, `Value null at 'tags.1.member' ${FAILED} not be null`],
    ['a member of a structure', { name: 'a', encryption: {} }, `Value null at 'encryption.type' ${FAILED} not be null`],
    [
      'the length of a list',
      { name: 'a', routes: [1, 2, 3].map((n) => ({ stateMachineVersionArn: `v${n}`, weight: n })) },
      "Value '[RoutingConfigurationListItem(stateMachineVersionArn=v1, weight=1), " +
        'RoutingConfigurationListItem(stateMachineVersionArn=v2, weight=2), ' +
        `RoutingConfigurationListItem(stateMachineVersionArn=v3, weight=3)]' at 'routes' ${FAILED} have length less than or equal to 2`,
    ],
  ])('checks %s', (_title, input, failure) => {
    expect(refusal(input)).toBe(`1 validation error detected: ${failure}`);
  });

  test('everything wrong is listed at once', () => {
    expect(refusal({ maxResults: -1 })).toBe(
      `2 validation errors detected: Value null at 'name' ${FAILED} not be null; ` +
        `Value '-1' at 'maxResults' ${FAILED} have value greater than or equal to 0`,
    );
  });
});
