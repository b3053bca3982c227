// The 18 intrinsic functions: answers, failures and syntax; and the texts and numbers of Java they rest on.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StatesError } from '../../../core/errors.ts';
import { evaluateIntrinsic, IntrinsicSyntaxError, parseIntrinsic } from '../../../core/expr/intrinsics.ts';
import { javaRandomDouble } from '../../../core/expr/java-random.ts';
import { javaText, javaTreeText } from '../../../core/expr/java-text.ts';
import { parseJson, printJson } from '../../../core/expr/json.ts';
import type { Scope } from '../../../core/expr/scope.ts';

const scope: Scope = {
  input: parseJson(
    '{"a":[1,2,3],"o":{"Arg1":1,"Arg2":[]},"s":"x,y","f":1.1,"n":null,"list":[1,1.0,{"a":1,"b":2},{"b":2,"a":1}]}',
  ),
  context: { Execution: { Name: 'E' } },
  variables: { v: 'var' },
  random: () => 0.5,
  newId: () => 'fresh-id',
};

function outcome(text: string): string {
  try {
    return printJson(evaluateIntrinsic(text, scope));
  } catch (error) {
    if (error instanceof StatesError) return `${error.error}: ${error.causeText}`;
    throw error;
  }
}

describe('intrinsic function', () => {
  test.each<[string, string]>([
    ['States.Array()', '[]'],
    ["States.Array('a', 1, true, null, $.f)", '["a",1,true,null,1.1]'],
    ['States.ArrayPartition($.a, 2)', '[[1,2],[3]]'],
    ['States.ArrayContains($.list, States.StringToJson(\'{"b":2,"a":1}\'))', 'true'],
    ['States.ArrayContains($.a, 9)', 'false'],
    ['States.ArrayRange(0, 9, 3)', '[0,3,6,9]'],
    ['States.ArrayRange(1, 9, 9)', '[1]'],
    ['States.ArrayRange(3, 1, -1)', '[3,2,1]'],
    ['States.ArrayRange(3, 1, 1)', '[]'],
    ['States.ArrayGetItem($.a, 2)', '3'],
    ['States.ArrayLength($.a)', '3'],
    ['States.ArrayUnique($.list)', '[1,{"a":1,"b":2}]'],
    ["States.Base64Encode('Grüße')", '"R3LDvMOfZQ=="'],
    ["States.Base64Decode('R3LDvMOfZQ==')", '"Grüße"'],
    ["States.Hash('input data', 'SHA-1')", '"aaff4a450a104cd177d28d18d74485e8cae074b7"'],
    ['States.JsonMerge($.o, States.StringToJson(\'{"Arg1":2}\'), false)', '{"Arg1":2,"Arg2":[]}'],
    ["States.StringToJson('')", 'null'],
    ["States.StringToJson(' ')", 'null'],
    ["States.StringToJson('-0')", '0'],
    ["States.StringToJson('12345678901234567890')", '12345678901234567890'],
    ['States.JsonToString($.o)', String.raw`"{\"Arg1\":1,\"Arg2\":[]}"`],
    ['States.MathRandom(1, 3)', '2'],
    ['States.MathAdd(1.49, 1.5)', '3'],
    ['States.MathAdd(-1.5, -1.51)', '-3'],
    ['States.MathAdd(-2.5, 0)', '-2'],
    ["States.StringSplit('This.is+a,test=string', '.+,=')", '["This","is","a","test","string"]'],
    ["States.StringSplit(',,,,', ',')", '[]'],
    ["States.StringSplit('Hello\nWorld', '\n')", '["Hello","World"]'],
    ['States.UUID()', '"fresh-id"'],
    ["States.Format('{} {} {}', $.o, $.n, $.f)", '"{Arg1=1, Arg2=[]} null 1.1"'],
    ["States.Format('it\\'s \\{\\} \\\\ {}', $v)", '"it\'s {} \\\\ var"'],
    ['States.Format($$.Execution.Name)', '"E"'],
    ["  States.Format( '{}' , States.MathAdd( 1 , 2 ) )  ", '"3"'],
    ["States.Format('{}', $.o['Arg1'])", '"1"'],
    ['States.JsonToString($.list[?(@.a == 1)])', String.raw`"[{\"a\":1,\"b\":2},{\"b\":2,\"a\":1}]"`],
  ])('%s', (text, expected) => {
    expect(outcome(text)).toBe(expected);
  });

  test.each([
    'States.ArrayPartition($.a, 0)',
    'States.ArrayRange(0, 1, 0)',
    'States.ArrayRange(0, 1000, 1)',
    'States.ArrayGetItem($.a, 3)',
    'States.ArrayGetItem($.a, -1)',
    'States.ArrayLength($.o)',
    "States.Base64Decode('***')",
    "States.Hash('a', 'CRC')",
    'States.JsonMerge($.o, $.o, true)',
    "States.JsonMerge($.o, 'x', false)",
    "States.StringToJson('{')",
    "States.MathAdd('1', 2)",
    'States.MathAdd(2147483647, 1)',
    'States.MathRandom(3, 3)',
    "States.Format('{} {}', 1)",
    "States.Format('{}', 1, 2)",
  ])('%s fails as States.IntrinsicFailure and quotes itself', (text) => {
    expect(outcome(text)).toContain(`States.IntrinsicFailure: The function '${text}' had the following error: `);
  });

  test('a path that leads nowhere is named with the document', () => {
    expect(outcome("States.Format('{}', $.o.x)")).toBe(
      `States.Runtime: The function 'States.Format('{}', $.o.x)' had the following error: ` +
        `The JsonPath argument for the field '$.o.x' could not be found in the input '${printJson(scope.input)}'`,
    );
  });

  test('seeded random numbers are those of java.util.Random', () => {
    expect(javaRandomDouble(42)).toBe(0.7275636800328681);
    expect(outcome('States.MathRandom(0, 1000, 42)')).toBe('727');
  });

  test.each([
    '',
    'States.Format',
    'States.Format(',
    "States.Format('a'",
    "States.Format('a',)",
    "States.Format('\\\"')",
    "States.Format('\\n')",
    'States.Format("a")',
    'States.Nothing()',
    'States.format()',
    'States.UUID(1)',
    'States.MathAdd(1)',
    'States.Array(01)',
    'States.Array($.a..)',
    'States.UUID() States.UUID()',
    `${'States.Array('.repeat(11)}${')'.repeat(11)}`,
  ])('refuses %j', (text) => {
    expect(() => parseIntrinsic(text)).toThrow(IntrinsicSyntaxError);
  });

  test('takes functions nested ten deep', () => {
    expect(outcome(`${'States.Array('.repeat(10)}${')'.repeat(10)}`)).toBe('[[[[[[[[[[]]]]]]]]]]');
  });

  test('parsing throws nothing but its own error', () => {
    const piece = fc.constantFrom(
      'States.',
      'Format',
      'Array',
      '(',
      ')',
      ',',
      "'",
      '\\',
      '$',
      '$.a',
      '[',
      ']',
      '1',
      ' ',
      '..',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(piece).map((pieces) => `States.Array(${pieces.join('')}`),
    );
    fc.assert(
      fc.property(text, (candidate) => {
        try {
          parseIntrinsic(candidate);
        } catch (error) {
          if (!(error instanceof IntrinsicSyntaxError)) throw error;
        }
      }),
    );
  });
});

describe('java text', () => {
  test.each([
    [
      '[1,1.0,1e10,1.5,0.0001,12345678901234567890,-0.0,123456789.125]',
      '[1, 1.0, 1.0E10, 1.5, 1.0E-4, 12345678901234567890, -0.0, 1.23456789125E8]',
    ],
    ['{"a":null,"b":[true,"x"],"c":{}}', '{a=null, b=[true, x], c={}}'],
  ])('prints %s', (json, expected) => {
    expect(javaText(parseJson(json))).toBe(expected);
  });

  test('prints trees as JSON with numbers of Java', () => {
    expect(javaTreeText(parseJson('{"a":1e3,"b":"x"}'))).toBe('{"a":1000.0,"b":"x"}');
  });
});
