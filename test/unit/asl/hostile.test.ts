// The checker reads what strangers send: whatever the text, it gives diagnostics. How much work it makes of it is counted in
// hostile-work.test.ts.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkDefinition, checkSingleState, invalidDefinitionMessage } from '../../../core/asl/check.ts';
import { variableReferences } from '../../../core/asl/variables.ts';
import { HOSTILE_TEXTS } from './hostile-texts.ts';

/** No measure of anything: the end of a hang. */
const HANG_MS = 300_000;

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

test.each(HOSTILE_TEXTS)('is answered: %s', (_title, size, text) => expectAnswer(text(size)), HANG_MS);
