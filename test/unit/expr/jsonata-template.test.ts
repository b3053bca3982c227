// Templates: which strings are evaluated, how the field's path grows, and what a typed field says to another type.
import { describe, expect, test } from 'vitest';
import { type Json, parseJson, printJson } from '../../../core/expr/json.ts';
import type { JsonataScope } from '../../../core/expr/jsonata.ts';
import { evaluateJsonataTemplate, evaluateTyped, type JsonType } from '../../../core/expr/jsonata-template.ts';

function scopeOf(variables: Record<string, Json> = {}): JsonataScope {
  const states = { input: { v: 1 }, context: {} };
  return { states, variables, now: 0, random: () => 0, newId: () => 'an-id' };
}

describe('a template', () => {
  test('keeps everything but whole expressions as written', async () => {
    const template = parseJson(
      '{"a":"{% $states.input %}","b":[" {% 1 %} ","{% 1 + 1 %}",null,1.0],"c":{"{% 1 %}":"$x"}}',
    );
    expect(printJson(await evaluateJsonataTemplate(template, 'Output', scopeOf()))).toBe(
      '{"a":{"v":1},"b":[" {% 1 %} ",2,null,1.0],"c":{"{% 1 %}":"$x"}}',
    );
  });

  test.each<[Json, string, string]>([
    ['{% $no %}', 'Arguments', 'Arguments'],
    [{ v: '{% $no %}' }, 'Output', 'Output/v'],
    [{ values: ['{% $no %}'] }, 'Output', 'Output/values[0]'],
    [[1, { k: [[], ['{% $no %}']] }], 'Choices[1]/Output', 'Choices[1]/Output[1]/k[1][0]'],
  ])('%j in %s fails at %s', async (template, field, location) => {
    await expect(evaluateJsonataTemplate(template, field, scopeOf())).rejects.toMatchObject({
      error: 'States.QueryEvaluationError',
      causeText: `The JSONata expression '$no' specified for the field '${location}' returned nothing (undefined).`,
      location,
    });
  });

  test('keeps a key __proto__', async () => {
    const template = parseJson('{"__proto__":"{% 1 %}"}');
    expect(printJson(await evaluateJsonataTemplate(template, 'Output', scopeOf()))).toBe('{"__proto__":1}');
  });
});

describe('a typed field', () => {
  const mismatch = (expression: string, rest: string) =>
    `The JSONata expression '${expression}' specified for the field 'Items' returned an unexpected result type. ${rest}`;

  // Recorded on AWS for the field Items of a Map.
  test.each<[Json, string, string]>([
    [{ foo: 'bar' }, 'object', '{"foo":"bar"}'],
    ['string', 'string', '"string"'],
    [1, 'number', '1'],
    [true, 'boolean', 'true'],
    [null, 'null', 'null'],
  ])('refuses %j as an array', async (value, type, text) => {
    await expect(
      evaluateTyped('{% $ItemsVar %}', 'Items', 'array', scopeOf({ ItemsVar: value })),
    ).rejects.toMatchObject({
      causeText: mismatch('$ItemsVar', `Expected 'array', but was '${type}' for value: ${text}`),
      location: 'Items',
    });
  });

  test.each<[Json, JsonType | JsonType[]]>([
    ['{% [1, 2] %}', 'array'],
    [[1, '{% 2 %}'], 'array'],
    ['{% {"a": 1} %}', ['array', 'object']],
    ['{% 1.5 %}', 'number'],
    ['{% 2 %}', 'integer'],
    ['{% 1 = 1 %}', 'boolean'],
    ['plain', 'string'],
  ])('takes %j as %s', async (template, type) => {
    await expect(evaluateTyped(template, 'Items', type, scopeOf())).resolves.toBeDefined();
  });

  test('refuses a fraction as an integer', async () => {
    await expect(evaluateTyped('{% 1.5 %}', 'Items', 'integer', scopeOf())).rejects.toMatchObject({
      causeText: mismatch('1.5', "Expected 'integer', but was 'number' for value: 1.5"),
    });
  });
});
