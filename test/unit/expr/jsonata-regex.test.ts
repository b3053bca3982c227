// The bounded matcher finds what the platform's engine finds, and ends where that one would not.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BoundedRegExp, RegexStepsExceeded } from '../../../core/expr/jsonata-regex.ts';

const construct = BoundedRegExp as unknown as new (pattern: RegExp) => ReturnType<typeof BoundedRegExp>;

// Makes texts too long to be handed to the platform's engine when a pattern has two repeats or nested ones.
const PADDING = '~'.repeat(60);

function allMatches(exec: (text: string) => RegExpExecArray | null, text: string): unknown[] {
  const matches: unknown[] = [];
  for (let found = exec(text); found !== null && matches.length < 20; found = exec(text)) {
    matches.push([found.index, ...found]);
    if (found[0] === '') break;
  }
  return matches;
}

function orTooMuch<T>(work: () => T): T | 'too much' {
  try {
    return work();
  } catch (trouble) {
    if (trouble instanceof RegexStepsExceeded) return 'too much';
    throw trouble;
  }
}

const atom = fc.constantFrom(
  'a',
  'b',
  '.',
  '[ab]',
  '[^a]',
  '\\w',
  '\\d',
  '\\b',
  '^',
  '$',
  '(a)',
  '(?:b|ab)',
  '(?=b)',
  '\\1',
);
const quantifier = fc.constantFrom('', '', '', '*', '+', '?', '*?', '+?', '{2}', '{1,2}', '{0,3}?');
const piece = fc.tuple(atom, quantifier).map(([a, q]) => (/[$^]$|\\b$|^\(\?=/.test(a) ? a : a + q));
const sequence = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(''));
const nested = fc.tuple(sequence, quantifier, sequence).map(([a, q, b]) => `(${a})${q}${b}|c(?!${a})`);

describe('patterns in JSONata', () => {
  test('match exactly as on the platform', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', '\n', 'A'), maxLength: 8 });
    const flags = fc.constantFrom('g', 'gi', 'gm');
    fc.assert(
      fc.property(nested, text, flags, (source, head, flag) => {
        const long = head + PADDING;
        const native = new RegExp(source, flag);
        const bounded = new construct(new RegExp(source, flag));
        const found = orTooMuch(() => allMatches((t) => bounded.exec(t), long));
        fc.pre(found !== 'too much');
        expect(found).toEqual(allMatches((t) => native.exec(t), long));
      }),
      { numRuns: 400 },
    );
  });

  test.each([
    [/(a+)+$/g, `${'a'.repeat(40)}!`],
    [/^(a|aa)+$/g, `${'a'.repeat(60)}!`],
    [/(.*)*x/g, 'y'.repeat(50)],
    [/(\w+\s?)*$/g, `${'word '.repeat(30)}!`],
    [/a*a*a*a*a*a*b/g, 'a'.repeat(300)],
    [/(?:a?){40}a{40}$/g, `${'a'.repeat(39)}`],
  ])('%s ends in an error', (pattern, text) => {
    expect(() => new construct(pattern).exec(text)).toThrow(RegexStepsExceeded);
  });

  test('ordinary patterns read long texts', () => {
    const text = `${'lorem ipsum '.repeat(20_000)}order-12345 end`;
    expect(new construct(/order-(\d+)\s+(\w+)/g).exec(text)?.slice(1)).toEqual(['12345', 'end']);
    expect(new construct(/(?<=order-)\d/g).exec(text.slice(-200))?.[0]).toBe('1');
  });
});
