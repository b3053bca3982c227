// What strangers send makes work in proportion to its size, and no more: counted, so that the machine's load is nothing to it.
import { expect, test } from 'vitest';
import { checkDefinition, checkSingleState } from '../../../core/asl/check.ts';
import { variableReferences } from '../../../core/asl/variables.ts';
import { blocksOf } from '../../support/work.ts';
import { HOSTILE_TEXTS } from './hostile-texts.ts';

/** Of the size that would bring a careless checker down: work that grows with the square shows in much less. */
const PART = 1 / 50;
/** Sorting is allowed. Work that grows with the square is four times as much for twice the text. */
const TWICE = 2.5;
/** What any text costs. */
const FIRST = 2_000;

function check(text: string): void {
  const { definition } = checkDefinition(text);
  if (definition) variableReferences(definition);
  checkSingleState(text);
}

test.each(HOSTILE_TEXTS)('twice the text is twice the work: %s', (_title, size, text) => {
  const once = blocksOf(() => check(text(size * PART)));
  expect(blocksOf(() => check(text(2 * size * PART)))).toBeLessThan(TWICE * once + FIRST);
});

test('work that grows with the square is seen', () => {
  const long = (n: number) => `{"StartAt":"A","States":{"${'a'.repeat(n)}":{"Type":"Pass","End":true}}}`;
  const square = (n: number) => {
    for (let i = 0; i < n; i += 10) check(long(n));
  };
  const once = blocksOf(() => square(500));
  expect(blocksOf(() => square(1_000))).toBeGreaterThan(TWICE * once + FIRST);
});
