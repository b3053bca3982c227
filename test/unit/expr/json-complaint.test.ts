// Texts that are no JSON, and what Jackson says of them.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonComplaint } from '../../../core/expr/json-complaint.ts';

const VALUES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

test.each([
  ['', 'No content to map due to end-of-input', 0],
  ['not json', `Unrecognized token 'not': was expecting ${VALUES}`, 0],
  [' nul', `Unrecognized token 'nul': was expecting ${VALUES}`, 1],
  ['[truex]', `Unrecognized token 'truex': was expecting ${VALUES}`, 1],
  ['NaN', "Non-standard token 'NaN': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow", 0],
  ['{a:1}', "Unexpected character ('a' (code 97)): was expecting double-quote to start field name", 1],
  ["{'a':1}", "Unexpected character (''' (code 39)): was expecting double-quote to start field name", 1],
  ['{"a":1,}', "Unexpected character ('}' (code 125)): was expecting double-quote to start field name", 7],
  ['{"a" 1}', "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value", 5],
  // Quoted by a user of EventBridge Pipes.
  [
    '{"s": "{"Records":[]}"}',
    "Unexpected character ('R' (code 82)): was expecting comma to separate Object entries",
    9,
  ],
  ['[[] 1]', "Unexpected character ('1' (code 49)): was expecting comma to separate Array entries", 4],
  ['[1,]', `Unexpected character (']' (code 93)): expected a valid value ${VALUES}`, 3],
  ['{"a":}', "Unexpected character ('}' (code 125)): expected a value", 5],
  ['1x', "Unexpected character ('x' (code 120)): Expected space separating root-level values", 1],
  ['{} {}', 'Trailing token found after value', 3],
  ['[01]', 'Invalid numeric value: Leading zeroes not allowed', 1],
  [
    '[-]',
    "Unexpected character (']' (code 93)) in numeric value: expected digit (0-9) to follow minus sign, for valid numeric value",
    2,
  ],
  ['[1.]', "Unexpected character (']' (code 93)) in numeric value: Decimal point not followed by a digit", 3],
  ['1e+', "Unexpected character ('+' (code 43)) in numeric value: Exponent indicator not followed by a digit", 3],
  ['"\\x"', "Unrecognized character escape 'x' (code 120)", 2],
  [
    '"\\u00€0"',
    "Unexpected character ('€' (code 8364 / 0x20ac)): expected a hex-digit for character escape sequence",
    5,
  ],
  [
    '"\n"',
    'Illegal unquoted character ((CTRL-CHAR, code 10)): has to be escaped using backslash to be included in string value',
    1,
  ],
  ['{"a"', 'Unexpected end-of-input within/between Object entries', 4],
  ['{"a":1,', 'Unexpected end-of-input within/between Object entries', 7],
  ['{"a', 'Unexpected end-of-input in field name', 3],
  ['"a', 'Unexpected end-of-input: was expecting closing quote for a string value', 2],
  [
    '{\n "a": [1',
    'Unexpected end-of-input: expected close marker for Array (start marker at [Source: (String)"{\n "a": [1"; line: 2, column: 7])',
    10,
  ],
  [
    '[1}',
    `Unexpected close marker '}': expected ']' (for Array starting at [Source: (String)"[1}"; line: 1, column: 1])`,
    2,
  ],
])('%j: %s', (text, message, at) => {
  expect(jsonComplaint(text)).toMatchObject({ message, at });
});

test.each([
  ['{a:1}', 'line: 1, column: 3'],
  ['not json', 'line: 1, column: 4'],
  ['{\n  "a": 1\n  "b": 2\n}', 'line: 3, column: 4'],
  ['{"a"', 'line: 1, column: 5'],
])('%j: Jackson stops at %s', (text, place) => {
  expect(jsonComplaint(text).location).toBe(`[Source: (String)"${text}"; ${place}]`);
});

test('whatever JSON.parse refuses has a complaint of its own', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '"a"',
    '"',
    '1',
    '-',
    '.',
    'e',
    'true',
    'nil',
    ' ',
    '\\',
    '/',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const text = pieces.join('');
      try {
        JSON.parse(text);
      } catch {
        expect(jsonComplaint(text).message).not.toBe('The text is not valid JSON');
      }
    }),
  );
});
