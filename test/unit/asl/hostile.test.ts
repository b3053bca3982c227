// The checker reads what strangers send: whatever the text, it gives diagnostics, and soon.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkDefinition, checkSingleState, invalidDefinitionMessage } from '../../../core/asl/check.ts';
import { variableReferences } from '../../../core/asl/variables.ts';

/** Quadratic work would take minutes; a loaded machine is given time. */
const SOON_MS = 15_000;

/** Either a definition that can be walked or an error that can be printed. */
function expectAnswer(text: string): void {
  const { definition, diagnostics } = checkDefinition(text);
  if (definition) variableReferences(definition);
  else expect(invalidDefinitionMessage(diagnostics)).toMatch(/^Invalid State Machine Definition: '[A-Z_]+: /);
  checkSingleState(text);
}

test('any string is answered', () => {
  fc.assert(fc.property(fc.string(), expectAnswer));
});

test('any JSON is answered', () => {
  fc.assert(fc.property(fc.json(), expectAnswer));
});

const FIELDS = `Type Next End Comment QueryLanguage InputPath OutputPath ResultPath Parameters Arguments Output Assign
  ResultSelector Retry Catch Resource Credentials TimeoutSeconds HeartbeatSeconds Choices Default Seconds Timestamp Error
  Cause Branches ItemProcessor Iterator Items ItemsPath ItemSelector ItemReader ItemBatcher ResultWriter Label StartAt
  States ProcessorConfig Mode Condition Variable And Not StringEquals ErrorEquals __proto__ constructor a.$`.split(
  /\s+/,
);
const WORDS =
  `Task Pass Choice Wait Succeed Fail Parallel Map JSONata JSONPath A $ $.a $$.b $c States.Format( States.ALL
  DISTRIBUTED arn:aws:states:::sqs:sendMessage`.split(/\s+/);

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom<unknown>(...WORDS, '{% $states.input.a %}', '{% 1 + %}', true, false, null, 0, -1, 1.5),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...FIELDS), tie('value'), { maxKeys: 6, noNullPrototype: true }),
  ),
}));

test('anything put together from fields of the language is answered', () => {
  const state = fc.dictionary(fc.constantFrom(...FIELDS), value, { maxKeys: 8, noNullPrototype: true });
  const type = fc.constantFrom('Task', 'Pass', 'Choice', 'Wait', 'Succeed', 'Fail', 'Parallel', 'Map');
  fc.assert(
    fc.property(type, state, value, (Type, fields, other) => {
      expectAnswer(JSON.stringify({ StartAt: 'A', States: { A: { ...(fields as object), Type }, B: other } }));
    }),
    { numRuns: 500 },
  );
});

const many = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => make(i)).join();
const machine = (states: string) => `{"StartAt":"A","States":{${states}}}`;
const pass = (fields: string) => machine(`"A":{"Type":"Pass","End":true,${fields}}`);
const MILLION = 1_000_000;

test.each([
  ['a million open brackets', '['.repeat(MILLION)],
  ['brackets within a string', pass(`"Comment":"${'['.repeat(MILLION)}"`)],
  ['a quote that never ends', `{"${'\\"'.repeat(MILLION / 2)}`],
  ['a parameter in a parameter', pass(`"Parameters":${'{"a":'.repeat(400)}1${'}'.repeat(400)}`)],
  [
    'ten thousand branches',
    machine(
      `"A":{"Type":"Parallel","End":true,"Branches":[${many(10_000, (i) => `{"StartAt":"B${i}","States":{"B${i}":{"Type":"Succeed"}}}`)}]}`,
    ),
  ],
  [
    'as many variables as branches',
    machine(
      `"A":{"Type":"Parallel","Next":"Z","Assign":{${many(9_000, (i) => `"a${i}":1`)}},"Branches":[${many(9_000, (i) => `{"StartAt":"B${i}","States":{"B${i}":{"Type":"Pass","End":true,"Assign":{"b":1}}}}`)}]},"Z":{"Type":"Succeed"}`,
    ),
  ],
  [
    'twenty thousand states',
    machine(many(20_000, (i) => `"${i === 0 ? 'A' : `S${i}`}":{"Type":"Pass","Next":"S${i + 1}"}`)),
  ],
  [
    'a mistake in each of many fields, under a long name',
    machine(`"${'a'.repeat(MILLION / 2)}":{${many(50_000, (i) => `"f${i}":1`)}}`),
  ],
  ['placeholders that never close', machine(`"A":{"Type":"Task","End":true,"Resource":"${'${'.repeat(MILLION / 2)}"}`)],
  ['colons of an ARN', machine(`"A":{"Type":"Task","End":true,"Resource":"arn${':'.repeat(MILLION)}"}`)],
  ['dollar signs', pass(`"Parameters":{"a.$":"${'$'.repeat(MILLION)}"}`)],
  ['a long path', pass(`"InputPath":"$${'.a'.repeat(MILLION / 2)}"`)],
  ['a path of brackets', pass(`"InputPath":"$${'['.repeat(MILLION)}"`)],
  ['filters within filters', pass(`"InputPath":"$${'[?(@.a == $'.repeat(50_000)}"`)],
  ['functions within functions', pass(`"Parameters":{"a.$":"${'States.Array('.repeat(50_000)}"}`)],
  ['quotes that never close', pass(`"Parameters":{"a.$":"States.Format('${"\\\\'".repeat(MILLION / 4)}"}`)],
  ['an endless sum', pass(`"QueryLanguage":"JSONata","Output":"{% ${'1+'.repeat(100_000)}1 %}"`)],
  ['endless parentheses', pass(`"QueryLanguage":"JSONata","Output":"{% ${'('.repeat(200_000)} %}"`)],
  [
    'many expressions',
    pass(`"QueryLanguage":"JSONata","Output":[${many(4_000, (i) => `"{% $states.input.a${i} %}"`)}]`),
  ],
  ['a long number', pass(`"Result":${'9'.repeat(MILLION)}`)],
])('is answered in time: %s', (_title, text) => expectAnswer(text), SOON_MS);
