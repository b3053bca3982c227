// JSON as the service treats it: nothing that was written gets lost by reading and printing it.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nestingDepth, parseJson, printJson } from '../../../core/expr/json.ts';

test.each([
  '12345678901234567890',
  '{"id":9007199254740993,"price":1.0,"small":1e-7,"minus":-0}',
  '{"b":1,"2":{"10":1,"9":[1.50]},"1":null,"a":{"0":"x"}}',
  '{"__proto__":{"1":1,"0":2},"constructor":1}',
  '["\\u0041\\ud83c\\udd97",{"7":"a:b,{}[]\\"\\\\"}]'.replace('\\u0041\\ud83c\\udd97', 'A🆗'),
])('%s prints as it was read', (text) => {
  expect(printJson(parseJson(text))).toBe(text);
});

test('reading in order reads what JSON.parse reads', () => {
  const digits = fc.constantFrom('1', '0', '20', 'a', '__proto__', '"', '\\', ':');
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, fc.jsonValue({ maxDepth: 1 }), tie('object'), tie('array')),
    object: fc.dictionary(digits, tie('value')),
    array: fc.array(tie('value'), { maxLength: 3 }),
  }));
  fc.assert(
    fc.property(value, fc.constantFrom(0, 2), (document, indent) => {
      const text = JSON.stringify({ 1: document, a: document }, null, indent);
      expect(JSON.parse(printJson(parseJson(text)))).toEqual(JSON.parse(text));
    }),
  );
});

test.each(['', '{', '{"1":}', '{"1":1,}', '[01]', '{"1" 2}', 'nul'])('%j is no JSON', (text) => {
  expect(() => parseJson(text)).toThrow(SyntaxError);
});

test('a key given twice has its last value, where it first stood', () => {
  expect(printJson(parseJson('{"2":1,"1":2,"2":3}'))).toBe('{"2":3,"1":2}');
});

test('nesting is counted outside strings', () => {
  expect(nestingDepth('{"a":["[[[\\"{"]}')).toBe(2);
});
