// The list of gaps is true and readable: patterns mean what they say, and every entry gives its reason.
import { describe, expect, test } from 'vitest';
import gaps from './gaps.json' with { type: 'json' };
import type { Gap } from './gaps.ts';
import { gapOf } from './gaps.ts';

describe('gaps', () => {
  const known = [
    { id: 'a/b::c[x]', reason: 'one' },
    { id: 'd/*', reason: 'many' },
  ];

  test('an id stands for itself, brackets and all', () => {
    expect(gapOf('a/b::c[x]', known)?.reason).toBe('one');
    expect(gapOf('a/b::cx', known)).toBeUndefined();
  });

  test('a star stands for any text', () => {
    expect(gapOf('d/e::f', known)?.reason).toBe('many');
    expect(gapOf('e/d/f', known)).toBeUndefined();
  });

  test('every gap gives its reason', () => {
    expect((gaps as Gap[]).filter(({ reason }) => !reason)).toEqual([]);
  });
});
