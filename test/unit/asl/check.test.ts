// biome-ignore-all lint/suspicious/noTemplateCurlyInString: deployment tools write placeholders so.
// What the checker says about definitions, in AWS's words and AWS's notation of places. Texts marked "measured" in the
// sources were answered by AWS; the others follow their style.
import { describe, expect, test } from 'vitest';
import { checkDefinition, checkSingleState, invalidDefinitionMessage } from '../../../core/asl/check.ts';

type Row = [title: string, definition: unknown, ...findings: string[]];

/** Findings as CreateStateMachine prints them: `CODE: message at /place`. */
function findings(definition: unknown, type: 'STANDARD' | 'EXPRESS' = 'STANDARD'): string[] {
  const { diagnostics } = checkDefinition(JSON.stringify(definition), { type });
  return diagnostics.map(({ code, message, location }) => `${code}: ${message} at ${location ?? 'null'}`);
}

/** A machine whose only state that matters is `X`; every name that it leads to exists. */
function machine(state: object, top: object = {}): object {
  return { StartAt: 'X', States: { X: state, End: { Type: 'Succeed' } }, ...top };
}

const TASK = { Type: 'Task', Resource: 'arn:aws:lambda:us-east-1:123456789012:function:f' };
const task = (fields: object) => machine({ ...TASK, Next: 'End', ...fields });
const pass = (fields: object) => machine({ Type: 'Pass', Next: 'End', ...fields });
const jsonata = (fields: object) => machine({ Type: 'Pass', QueryLanguage: 'JSONata', Next: 'End', ...fields });
const choice = (...rules: object[]) => machine({ Type: 'Choice', Choices: rules, Default: 'End' });
const inner = (fields: object = {}, name = 'I') => ({
  StartAt: name,
  States: { [name]: { Type: 'Pass', End: true, ...fields } },
});
const map = (fields: object, processor: object = inner()) =>
  machine({ Type: 'Map', ItemProcessor: processor, Next: 'End', ...fields });
const distributed = { ...inner(), ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } };

const S = 'SCHEMA_VALIDATION_FAILED';

const TABLES: Record<string, Row[]> = {
  fields: [
    ['nothing', {}, `${S}: These fields are required: [States, StartAt] at /`],
    ['unknown field of the machine', { ...pass({}), Foo: 1 }, `${S}: Field 'Foo' is not supported at /`],
    ['unknown field of a state', pass({ Foo: 1 }), `${S}: Field 'Foo' is not supported at /States/X`],
    [
      'a key named __proto__',
      JSON.parse('{"__proto__": 1, "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}'),
      `${S}: Field '__proto__' is not supported at /`,
    ],
    [
      'a field of another type',
      pass({ TimeoutSeconds: 1 }),
      `${S}: Field 'TimeoutSeconds' is not supported at /States/X`,
    ],
    ['Retry where nothing can fail', pass({ Retry: [] }), `${S}: Field 'Retry' is not supported at /States/X`],
    ['no Type', machine({ Next: 'End' }), `${S}: These fields are required: [Type] at /States/X`],
    [
      'an unknown Type',
      machine({ Type: 'Loop' }),
      `${S}: The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map] at /States/X/Type`,
    ],
    [
      'neither Next nor End',
      machine({ Type: 'Pass' }),
      `${S}: This object should have only one of the following fields: [Next, End] at /States/X`,
    ],
    [
      'End that is false',
      machine({ Type: 'Pass', End: false }),
      `${S}: This object should have only one of the following fields: [Next, End] at /States/X`,
    ],
    [
      'both Next and End',
      pass({ End: true }),
      `${S}: There should only be one of the following fields: [Next, End] at /States/X`,
    ],
    [
      'another Version',
      { ...pass({}), Version: '2.0' },
      `${S}: Value should be one of the following: [1.0] at /Version`,
    ],
    ['no states', { StartAt: 'X', States: {} }, `${S}: Value cannot be empty at /States`],
    [
      'a state that is no object',
      { StartAt: 'X', States: { X: 1 } },
      `${S}: Expected value of type Object at /States/X`,
    ],
    ['a Comment that is no text', pass({ Comment: 1 }), `${S}: Expected value of type String at /States/X/Comment`],
  ],
  'query language': [
    [
      'JSONata field in JSONPath',
      pass({ Output: 1 }),
      `${S}: The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the 'JSONata' QueryLanguage at /States/X`,
    ],
    [
      'JSONPath field in JSONata',
      jsonata({ InputPath: '$' }),
      `${S}: The QueryLanguage is set to 'JSONata', but field 'InputPath' is only supported for the 'JSONPath' QueryLanguage at /States/X`,
    ],
    [
      'JSONPath state in a JSONata machine',
      { ...pass({ QueryLanguage: 'JSONPath' }), QueryLanguage: 'JSONata' },
      `${S}: 'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine at /States/X`,
    ],
    [
      'a language that is none',
      { ...pass({}), QueryLanguage: 'jq' },
      `${S}: Value should be one of the following: [JSONPath, JSONata] at /QueryLanguage`,
    ],
    [
      'a language of the item processor',
      map({}, { ...inner(), QueryLanguage: 'JSONata' }),
      `${S}: Field 'QueryLanguage' is not supported at /States/X/ItemProcessor`,
    ],
    [
      'no inheritance from a Map',
      map({ QueryLanguage: 'JSONata' }, inner({ Output: 1 })),
      `${S}: The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the 'JSONata' QueryLanguage at /States/X/ItemProcessor/States/I`,
    ],
  ],
  values: [
    ['a timeout of 0', task({ TimeoutSeconds: 0 }), `${S}: Minimum value is 1 at /States/X/TimeoutSeconds`],
    [
      'a timeout too long',
      task({ TimeoutSeconds: 100_000_000 }),
      `${S}: Maximum value is 99999999 at /States/X/TimeoutSeconds`,
    ],
    [
      'a timeout as text',
      task({ TimeoutSeconds: '5' }),
      `${S}: Expected value of type Integer at /States/X/TimeoutSeconds`,
    ],
    [
      'half a second',
      machine({ Type: 'Wait', Seconds: 1.5, Next: 'End' }),
      `${S}: Expected value of type Integer at /States/X/Seconds`,
    ],
    [
      'a heartbeat that is not shorter',
      task({ TimeoutSeconds: 5, HeartbeatSeconds: 5 }),
      `${S}: HeartbeatSeconds must be smaller than TimeoutSeconds at /States/X/HeartbeatSeconds`,
    ],
    [
      'two ways to wait',
      machine({ Type: 'Wait', Seconds: 1, SecondsPath: '$.s', Next: 'End' }),
      `${S}: There should only be one of the following fields: [SecondsPath, Seconds, TimestampPath, Timestamp] at /States/X`,
    ],
    [
      'no way to wait',
      machine({ Type: 'Wait', Next: 'End' }),
      `${S}: This object should have only one of the following fields: [SecondsPath, Seconds, TimestampPath, Timestamp] at /States/X`,
    ],
    [
      'a timestamp without zone',
      machine({ Type: 'Wait', Timestamp: '2016-03-14T01:59:00', Next: 'End' }),
      `${S}: String does not match RFC3339 timestamp at /States/X/Timestamp`,
    ],
    [
      'two causes',
      machine({ Type: 'Fail', Cause: 'a', CausePath: '$.a' }, { StartAt: 'X' }),
      `${S}: There should only be one of the following fields: [Cause, CausePath] at /States/X`,
    ],
    [
      'credentials without role',
      task({ Credentials: {} }),
      `${S}: The field 'RoleArn' is required but was missing at /States/X/Credentials`,
    ],
    [
      'a path to the role where there are expressions',
      jsonata({ ...TASK, Credentials: { 'RoleArn.$': '$.role' } }),
      `${S}: The field 'RoleArn' is required but was missing at /States/X/Credentials`,
    ],
    [
      'a role that is no string',
      task({ Credentials: { RoleArn: 5 } }),
      `${S}: Expected value of type String at /States/X/Credentials/RoleArn`,
    ],
    [
      'a cause that an intrinsic function makes no string of',
      machine({ Type: 'Fail', CausePath: 'States.Array($.a)' }),
      `${S}: The value for the field 'CausePath' must be a valid JSONPath or a valid intrinsic function call that returns a string at /States/X/CausePath`,
    ],
  ],
  paths: [
    ['no path', pass({ OutputPath: 'Test' }), `${S}: Value must be a valid JSONPath. at /States/X/OutputPath`],
    [
      'a result for many places',
      pass({ ResultPath: '$.a[*]' }),
      `${S}: Value is not a Reference Path at /States/X/ResultPath`,
    ],
    [
      'a result in the context object',
      pass({ ResultPath: '$$.Execution' }),
      `${S}: Value is not a Reference Path at /States/X/ResultPath`,
    ],
    [
      'a result in a variable',
      pass({ ResultPath: '$name' }),
      `${S}: Value is not a Reference Path at /States/X/ResultPath`,
    ],
    [
      'a count in the context object',
      map({ MaxConcurrencyPath: '$$.Execution.Input.n' }),
      `${S}: Value is not a Reference Path at /States/X/MaxConcurrencyPath`,
    ],
    [
      'text under .$',
      pass({ Parameters: { 'a.$': 'text' } }),
      `${S}: The value for the field 'a.$' must be a valid JSONPath or a valid intrinsic function call at /States/X/Parameters`,
    ],
    [
      'a number under .$',
      pass({ Parameters: { 'a.$': 5 } }),
      `${S}: The value for the field 'a.$' must be a valid JSONPath or a valid intrinsic function call at /States/X/Parameters`,
    ],
    [
      'an unknown function',
      pass({ Parameters: { 'a.$': 'States.Nope(1)' } }),
      `${S}: The value for the field 'a.$' must be a valid JSONPath or a valid intrinsic function call at /States/X/Parameters`,
    ],
    [
      'a broken function',
      pass({ Parameters: { b: { 'a.$': 'States.Format(' } } }),
      `${S}: The value for the field 'a.$' must be a valid JSONPath or a valid intrinsic function call at /States/X/Parameters/b`,
    ],
  ],
  expressions: [
    [
      'an unfinished expression',
      jsonata({ Output: { a: ['{% 1 + %}'] } }),
      'INVALID_JSONATA_EXPRESSION: Unexpected end of expression at /States/X/Output/a[0]',
    ],
    [
      'a name of nothing',
      jsonata({ Output: { v: '{% phone %}' } }),
      "UNSUPPORTED_JSONATA_EXPRESSION: Reference to 'phone' at the top level is not supported. at /States/X/Output/v",
    ],
    [
      'the result of a Pass',
      jsonata({ Output: '{% $states.result %}' }),
      "UNSUPPORTED_JSONATA_EXPRESSION: Field '$states.result' does not exist. at /States/X/Output",
    ],
  ],
  choice: [
    ['no rules', choice(), `${S}: Value cannot be empty at /States/X/Choices`],
    [
      'no Choices',
      machine({ Type: 'Choice', Default: 'End' }),
      `${S}: These fields are required: [Choices] at /States/X`,
    ],
    [
      'a rule that leads nowhere',
      choice({ Variable: '$.a', IsNull: true }),
      `${S}: These fields are required: [Next] at /States/X/Choices[0]`,
    ],
    [
      'a rule within that leads somewhere',
      choice({ Not: { Variable: '$.a', IsNull: true, Next: 'End' }, Next: 'End' }),
      `${S}: Field 'Next' is not supported at /States/X/Choices[0]/Not`,
    ],
    [
      'two operators',
      choice({ Variable: '$.a', IsNull: true, IsString: true, Next: 'End' }),
      `${S}: There should only be one of the following fields: [IsNull, IsString] at /States/X/Choices[0]`,
    ],
    [
      'two kinds of rule',
      choice({ And: [{ Variable: '$.a', IsNull: true }], Variable: '$.a', IsNull: true, Next: 'End' }),
      `${S}: The object must have only one of the following fields, [And, Or, Not, Variable, Condition] at /States/X/Choices[0]`,
    ],
    ['an empty And', choice({ And: [], Next: 'End' }), `${S}: Value cannot be empty at /States/X/Choices[0]/And`],
    [
      'a wrong operand',
      choice({ Variable: '$.a', NumericEquals: '1', Next: 'End' }),
      `${S}: Expected value of type Double at /States/X/Choices[0]/NumericEquals`,
    ],
    [
      'a variable that is no path',
      choice({ Variable: 'a', IsNull: true, Next: 'End' }),
      `${S}: Value is not a Reference Path: Reference path didn't start with '$' at /States/X/Choices[0]/Variable`,
    ],
  ],
  'retry and catch': [
    ['no errors named', task({ Retry: [{}] }), `${S}: These fields are required: [ErrorEquals] at /States/X/Retry[0]`],
    [
      'an empty list of errors',
      task({ Retry: [{ ErrorEquals: [] }] }),
      `${S}: Value cannot be empty at /States/X/Retry[0]/ErrorEquals`,
    ],
    [
      'States.ALL in company',
      task({ Retry: [{ ErrorEquals: ['States.ALL', 'E'] }] }),
      `${S}: States.ALL must appear alone and at end of list at /States/X/Retry[0]/ErrorEquals`,
    ],
    [
      'States.ALL too early',
      task({
        Catch: [
          { ErrorEquals: ['States.ALL'], Next: 'End' },
          { ErrorEquals: ['E'], Next: 'End' },
        ],
      }),
      `${S}: States.ALL must appear alone and at end of list at /States/X/Catch[0]/ErrorEquals`,
    ],
    [
      'a catcher without Next',
      task({ Catch: [{ ErrorEquals: ['E'] }] }),
      `${S}: These fields are required: [Next] at /States/X/Catch[0]`,
    ],
    [
      'a backoff below 1',
      task({ Retry: [{ ErrorEquals: ['E'], BackoffRate: 0.5 }] }),
      `${S}: Minimum value is 1.0 at /States/X/Retry[0]/BackoffRate`,
    ],
    [
      'an unknown jitter',
      task({ Retry: [{ ErrorEquals: ['E'], JitterStrategy: 'HALF' }] }),
      `${S}: Value should be one of the following: [NONE, FULL] at /States/X/Retry[0]/JitterStrategy`,
    ],
  ],
  'parallel and map': [
    [
      'no branches',
      machine({ Type: 'Parallel', Branches: [], Next: 'End' }),
      `${S}: Value cannot be empty at /States/X/Branches`,
    ],
    [
      'a branch without states',
      machine({ Type: 'Parallel', Branches: [{}], Next: 'End' }),
      `${S}: These fields are required: [States, StartAt] at /States/X/Branches[0]`,
    ],
    [
      'no processor',
      machine({ Type: 'Map', Next: 'End' }),
      `${S}: This object should have only one of the following fields: [ItemProcessor, Iterator] at /States/X`,
    ],
    [
      'a percentage above 100',
      map({ ToleratedFailurePercentage: 101 }),
      `${S}: Maximum value is 100.0 at /States/X/ToleratedFailurePercentage`,
    ],
    [
      'a count and its path',
      map({ MaxConcurrency: 1, MaxConcurrencyPath: '$.n' }),
      `${S}: There should only be one of the following fields: [MaxConcurrency, MaxConcurrencyPath] at /States/X`,
    ],
    [
      'a Distributed Map without execution type',
      map({}, { ...inner(), ProcessorConfig: { Mode: 'DISTRIBUTED' } }),
      `${S}: These fields are required: [ExecutionType] at /States/X/ItemProcessor/ProcessorConfig`,
    ],
    [
      'a reader of an inline Map',
      map({ ItemReader: { Resource: 'arn:aws:states:::s3:getObject' } }),
      `${S}: Field 'ItemReader' is only supported for a Map with the Mode 'DISTRIBUTED' at /States/X`,
    ],
    [
      'a label with spaces',
      map({ Label: 'a b' }, distributed),
      "INVALID_LABEL_NAME: Label name 'a b' contains invalid characters at /States/X/Label",
    ],
    [
      'a long label',
      map({ Label: 'a'.repeat(41) }, distributed),
      `INVALID_LABEL_NAME: Label name '${'a'.repeat(41)}' exceeds the 40-character limit allowed by the service at /States/X/Label`,
    ],
  ],
  resources: [
    ['no ARN', task({ Resource: 'lambda' }), `${S}: Value is not a valid resource ARN at /States/X/Resource`],
    [
      'an ARN that cannot be called',
      task({ Resource: 'arn:aws:s3:::bucket' }),
      `${S}: The resource provided arn:aws:s3:::bucket is not recognized. The value is not a valid resource ARN, or the resource is not available in this region. at /States/X/Resource`,
    ],
    [
      'a job of a service without jobs',
      task({ Resource: 'arn:aws:states:::lambda:invoke.sync', Parameters: { FunctionName: 'f' } }),
      `${S}: The resource provided arn:aws:states:::lambda:invoke.sync is not recognized. The value is not a valid resource ARN, or the resource is not available in this region. at /States/X/Resource`,
    ],
    [
      'arguments left out',
      task({ Resource: 'arn:aws:states:::sqs:sendMessage', Parameters: { 'QueueUrl.$': '$.q' } }),
      `${S}: The field 'MessageBody' is required but was missing at /States/X/Parameters`,
    ],
    [
      'no arguments at all',
      task({ Resource: 'arn:aws:states:::lambda:invoke' }),
      `${S}: Parameters field is required for resource ARN: arn:aws:states:::lambda:invoke at /States/X`,
    ],
    [
      'a role for an activity',
      task({ Resource: 'arn:aws:states:us-east-1:123456789012:activity:a', Credentials: { RoleArn: 'r' } }),
      `${S}: The field 'Credentials' is not supported for activities at /States/X/Credentials`,
    ],
  ],
  transitions: [
    [
      'a target that is not there',
      { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'C' }, B: { Type: 'Pass', End: true } } },
      "MISSING_TRANSITION_TARGET: Missing 'Next' target: C at /States/A/Next",
      'MISSING_TRANSITION_TARGET: State "B" is not reachable. at /States/B',
    ],
    [
      'a start that is not there',
      { StartAt: 'B', States: { A: { Type: 'Succeed' } } },
      "MISSING_TRANSITION_TARGET: Missing 'Next' target: B at /StartAt",
      'MISSING_TRANSITION_TARGET: State "A" is not reachable. at /States/A',
    ],
    [
      'targets of rules, catchers and Default',
      machine({
        Type: 'Choice',
        Choices: [
          { Variable: '$', IsNull: true, Next: 'B' },
          { Variable: '$', IsNull: true, Next: 'End' },
        ],
        Default: 'A',
      }),
      "MISSING_TRANSITION_TARGET: Missing 'Next' target: A at /States/X/Default",
      "MISSING_TRANSITION_TARGET: Missing 'Next' target: B at /States/X/Choices[0]/Next",
    ],
    [
      'a loop without end',
      {
        StartAt: 'A',
        States: { A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' }, C: { Type: 'Pass', Next: 'A' } },
      },
      'MISSING_END_STATE: Workflow has no terminal state at null',
    ],
    [
      'an end nobody reaches',
      { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'A' }, C: { Type: 'Succeed' } } },
      'MISSING_TRANSITION_TARGET: State "C" is not reachable. at /States/C',
    ],
    [
      'a way out of a branch',
      machine({
        Type: 'Parallel',
        Branches: [{ StartAt: 'I', States: { I: { Type: 'Pass', Next: 'End' } } }],
        Next: 'End',
      }),
      "MISSING_TRANSITION_TARGET: Missing 'Next' target: End at /States/X/Branches[0]/States/I/Next",
    ],
  ],
  names: [
    [
      'the same name within',
      map({}, inner({}, 'X')),
      'DUPLICATE_STATE_NAME: Duplicate State name: X at /States/X/ItemProcessor/States/X',
    ],
    [
      'a long name',
      { StartAt: 'a'.repeat(81), States: { ['a'.repeat(81)]: { Type: 'Succeed' } } },
      `INVALID_STATE_NAME: State name '${'a'.repeat(81)}' exceeds the 80-character limit allowed by the service at /States/${'a'.repeat(81)}`,
    ],
    [
      'a variable named states',
      pass({ Assign: { 'states.$': '$' } }),
      "RESERVED_VARIABLE_NAME: Cannot assign to reserved variable '$states'. at /States/X/Assign",
    ],
    [
      'a variable that is no word',
      pass({ Assign: { 'a-b': 1 } }),
      "INVALID_VARIABLE_NAME: Invalid variable name 'a-b': the variable name contains invalid characters. at /States/X/Assign",
    ],
    [
      'a variable of the scope around',
      map({ Assign: { a: 1 } }, inner({ Assign: { a: 1 } })),
      "INVALID_VARIABLE_NAME: Invalid variable name 'a': the variable is already assigned in an outer scope. at /States/X/ItemProcessor/States/I/Assign",
    ],
  ],
  warnings: [
    [
      'a path that is not evaluated',
      pass({ Parameters: { a: '$.b' } }),
      'NO_DOLLAR: No ".$" on the field \'a\' that appears to be a JSONPath or Intrinsic Function at /States/X/Parameters/a',
    ],
    [
      'a path compared as text',
      choice({ Variable: '$.a', StringEquals: '$.b', Next: 'End' }),
      "NO_PATH: The value of the field 'StringEquals' looks like a path, but the field name does not end with 'Path' at /States/X/Choices[0]/StringEquals",
    ],
    [
      'a path in a Result',
      pass({ Result: { 'a.$': '$.b' } }),
      'PASS_RESULT_IS_STATIC: The Result of a Pass state is static: paths in it are not evaluated at /States/X/Result',
    ],
  ],
};

for (const [topic, rows] of Object.entries(TABLES))
  describe(topic, () => {
    test.each(rows)('%s', (_title, definition, ...expected) => {
      expect(findings(definition)).toEqual(expected);
    });
  });

const SYNC = 'arn:aws:states:::states:startExecution.sync:2';
const PARAMETERS = { StateMachineArn: 'a', TopicArn: 'a', Message: 'a' };

test.each([
  [
    'jobs',
    task({ Resource: SYNC, Parameters: PARAMETERS }),
    `${S}: Express state machine does not support '.sync' service integration at /States/X/Resource`,
  ],
  [
    'callbacks',
    task({ Resource: 'arn:aws:states:::sns:publish.waitForTaskToken', Parameters: PARAMETERS }),
    `${S}: Express state machine does not support '.waitForTaskToken' service integration  at /States/X/Resource`,
  ],
  [
    'activities',
    task({ Resource: 'arn:aws:states:us-east-1:123456789012:activity:a' }),
    `${S}: Express state machine does not support Activity ARN at /States/X/Resource`,
  ],
  [
    'Distributed Maps',
    map({}, distributed),
    `${S}: The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' state machines at /States/X/ItemProcessor/ProcessorConfig/Mode`,
  ],
])('Express has no %s', (_title, definition, finding) => {
  expect(findings(definition, 'EXPRESS')).toEqual([finding]);
  expect(findings(definition, 'STANDARD')).toEqual([]);
});

test.each([
  ['placeholders that a deployment fills in', task({ Resource: '${Function.Arn}' })],
  [
    'placeholders within an ARN',
    task({
      Resource: 'arn:${AWS::Partition}:states:::dynamodb:putItem',
      Parameters: { TableName: '${Table}', Item: {} },
    }),
  ],
  ['services nobody has heard of', task({ Resource: 'arn:aws:states:::quantum:entangle.sync' })],
  ['SDK calls', task({ Resource: 'arn:aws:states:::aws-sdk:s3:listBuckets.waitForTaskToken' })],
  [
    'limits that are 0',
    { ...task({ Retry: [{ ErrorEquals: ['E'], IntervalSeconds: 0, MaxAttempts: 0 }] }), TimeoutSeconds: 0 },
  ],
  ['End that is false beside Next', pass({ End: false })],
  ['null paths', pass({ InputPath: null, OutputPath: null, ResultPath: null })],
  [
    'the same variable in two branches',
    machine({
      Type: 'Parallel',
      Branches: [inner({ Assign: { a: 1 } }, 'A'), inner({ Assign: { a: 1 } }, 'B')],
      Next: 'End',
    }),
  ],
  [
    'the same variable in a Distributed Map',
    map({ Assign: { a: 1 } }, { ...distributed, ...inner({ Assign: { a: 1 } }) }),
  ],
  [
    'a catcher that reads the error',
    task({
      QueryLanguage: 'JSONata',
      Catch: [{ ErrorEquals: ['E'], Next: 'End', Output: '{% $states.errorOutput %}' }],
    }),
  ],
])('accepts %s', (_title, definition) => {
  expect(findings(definition)).toEqual([]);
});

test('numbers of the definition come out as plain numbers', () => {
  const text = JSON.stringify(task({ Retry: [{ ErrorEquals: ['E'], BackoffRate: 2 }] })).replace(':2}', ':2.0}');
  expect(checkDefinition(text).definition?.States.X).toMatchObject({ Retry: [{ BackoffRate: 2 }] });
});

test.each([
  ['', S, 'Definition must be a valid JSON object'],
  ['[]', S, 'Definition must be a valid JSON object'],
  ['"text"', S, 'Definition must be a valid JSON object'],
  ['['.repeat(10_000), 'TOO_DEEPLY_NESTED', 'The definition is too deeply nested'],
])('text that is no definition has one finding: %.20s', (text, code, message) => {
  expect(checkDefinition(text).diagnostics).toEqual([{ severity: 'ERROR', code, message }]);
});

test('a definition that is not JSON says where it stops to be', () => {
  expect(checkDefinition('not JSON').diagnostics).toEqual([
    {
      severity: 'ERROR',
      code: 'INVALID_JSON_DESCRIPTION',
      message:
        "Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
      location: '[Source: (String)"not JSON"; line: 1, column: 4]',
    },
  ]);
});

test('one state on its own may lead anywhere', () => {
  const result = checkSingleState(JSON.stringify({ Type: 'Pass', Next: 'Elsewhere' }));
  expect(result).toMatchObject({ stateName: 'StateName', diagnostics: [], definition: { StartAt: 'StateName' } });
});

test('all errors stand in one message, warnings do not', () => {
  const { diagnostics } = checkDefinition(JSON.stringify(pass({ Foo: 1, OutputPath: 'x', Parameters: { a: '$.b' } })));
  expect(invalidDefinitionMessage(diagnostics)).toBe(
    `Invalid State Machine Definition: '${S}: Field 'Foo' is not supported at /States/X, ${S}: Value must be a valid JSONPath. at /States/X/OutputPath'`,
  );
});
