import { describe, expect, test } from 'vitest';
import { ROLE, tester } from './tester.ts';

const INPUT = { a: { b: 1 }, rest: true };
const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:twice';

const { ask } = tester({ twice: ({ b }: { b: number }) => ({ twice: 2 * b }) });

describe('what DEBUG shows of a data flow', () => {
  test('all stages of a Task in JSONPath', async () => {
    const definition = {
      Type: 'Task',
      Resource: FUNCTION,
      InputPath: '$.a',
      Parameters: { 'b.$': '$.b' },
      ResultSelector: { 'is.$': '$.twice' },
      ResultPath: '$.a.result',
      OutputPath: '$.a',
      Next: 'More',
    };
    expect(await ask({ definition, input: INPUT, roleArn: ROLE })).toEqual({
      status: 'SUCCEEDED',
      output: { b: 1, result: { is: 2 } },
      nextState: 'More',
      inspectionData: {
        input: INPUT,
        afterInputPath: { b: 1 },
        afterParameters: { b: 1 },
        result: { twice: 2 },
        afterResultSelector: { is: 2 },
        afterResultPath: { a: { b: 1, result: { is: 2 } }, rest: true },
      },
    });
  });

  test('arguments and result of a Task in JSONata', async () => {
    const definition = {
      Type: 'Task',
      QueryLanguage: 'JSONata',
      Resource: FUNCTION,
      Arguments: '{% $states.input.a %}',
      Output: '{% $states.result.twice %}',
      End: true,
    };
    const { output, inspectionData } = await ask({ definition, input: INPUT, roleArn: ROLE });
    expect(output).toBe(2);
    expect(inspectionData).toEqual({ input: INPUT, afterArguments: { b: 1 }, result: { twice: 2 } });
  });

  test('the stages before the one that failed', async () => {
    const definition = { Type: 'Pass', InputPath: '$.a', Parameters: { 'x.$': '$.none' }, End: true };
    expect(await ask({ definition, input: INPUT })).toEqual({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: "The JSONPath '$.none' specified for the field 'x.$' could not be found in the input '{\"b\":1}'",
      inspectionData: { input: INPUT, afterInputPath: { b: 1 } },
    });
  });

  test('variables that were given and that were assigned', async () => {
    const definition = { Type: 'Pass', Assign: { 'sum.$': 'States.MathAdd($one, 1)' }, End: true };
    const { inspectionData } = await ask({ definition, variables: { one: 1 } });
    expect(inspectionData?.variables).toEqual({ one: 1, sum: 2 });
  });

  test('nothing at level INFO', async () => {
    const definition = { Type: 'Pass', End: true };
    expect(await ask({ definition, input: INPUT, inspectionLevel: 'INFO' })).toEqual({
      status: 'SUCCEEDED',
      output: INPUT,
    });
  });
});

describe('what DEBUG shows of a Map', () => {
  const processor = (Mode: string) => ({
    ProcessorConfig: { Mode, ...(Mode === 'DISTRIBUTED' && { ExecutionType: 'STANDARD' }) },
    StartAt: 'Each',
    States: { Each: { Type: 'Pass', End: true } },
  });

  test('items, selected inputs, batches and limits', async () => {
    const definition = {
      Type: 'Map',
      ItemsPath: '$.xs',
      ItemSelector: { 'i.$': '$$.Map.Item.Index', 'x.$': '$$.Map.Item.Value' },
      ItemBatcher: { MaxItemsPerBatch: 2, BatchInput: { 'n.$': '$.n' } },
      ItemProcessor: processor('DISTRIBUTED'),
      MaxConcurrencyPath: '$.n',
      ToleratedFailurePercentage: 50,
      End: true,
    };
    const { inspectionData } = await ask({
      definition,
      input: { xs: ['a', 'b', 'c'], n: 3 },
      mock: { result: '[1, 2, 3]' },
    });
    const inputs = ['a', 'b', 'c'].map((x, i) => ({ i, x }));
    expect(inspectionData).toMatchObject({
      afterItemsPath: ['a', 'b', 'c'],
      afterItemSelector: inputs,
      afterItemBatcher: [
        { BatchInput: { n: 3 }, Items: inputs.slice(0, 2) },
        { BatchInput: { n: 3 }, Items: inputs.slice(2) },
      ],
      maxConcurrency: 3,
      toleratedFailurePercentage: 50,
    });
  });

  test.each([
    ['a JSON array', { InputType: 'JSON' }, '[1, 2]', [1, 2]],
    ['a JSON document with a pointer', { InputType: 'JSON', ItemsPointer: '/a~1b/0' }, '{"a/b": [[3]]}', [3]],
    ['JSON lines, no more than asked for', { InputType: 'JSONL', MaxItems: 2 }, '1\n2\n3\n', [1, 2]],
    [
      'CSV with its headers in the first row',
      { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' },
      'x,y\r\n"a, ""b""",2\r\nc\r\n',
      [
        { x: 'a, "b"', y: '2' },
        { x: 'c', y: '' },
      ],
    ],
    [
      'CSV with given headers and a delimiter',
      { InputType: 'CSV', CSVHeaderLocation: 'GIVEN', CSVHeaders: ['x'], CSVDelimiter: 'PIPE' },
      '1|2',
      [{ x: '1' }],
    ],
  ])('the items of %s', async (_what, ReaderConfig, mapItemReaderData, items) => {
    const definition = {
      Type: 'Map',
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        ReaderConfig,
        Parameters: { Bucket: 'b', Key: 'k' },
      },
      ItemSelector: { 'x.$': '$$.Map.Item.Value' },
      ItemProcessor: processor('DISTRIBUTED'),
      End: true,
    };
    const mock = { result: '[]' };
    const { inspectionData } = await ask({ definition, mock, stateConfiguration: { mapItemReaderData } });
    expect(inspectionData?.afterItemSelector).toEqual(items.map((x) => ({ x })));
  });

  test('data that the pointer does not fit is the failure of the reader', async () => {
    const ReaderConfig = { InputType: 'JSON', ItemsPointer: '/none' };
    const ItemReader = {
      Resource: 'arn:aws:states:::s3:getObject',
      ReaderConfig,
      Parameters: { Bucket: 'b', Key: 'k' },
    };
    const definition = { Type: 'Map', ItemReader, ItemProcessor: processor('DISTRIBUTED'), End: true };
    const stateConfiguration = { mapItemReaderData: '{}' };
    expect(await ask({ definition, mock: { result: '[]' }, stateConfiguration })).toMatchObject({
      status: 'FAILED',
      error: 'States.ItemReaderFailed',
    });
  });

  test.each([
    ['none fails without a tolerance', {}, 1, 'FAILED'],
    ['as many as tolerated succeed', { ToleratedFailureCount: 2 }, 2, 'SUCCEEDED'],
    ['one more than tolerated fails', { ToleratedFailureCount: 2 }, 3, 'FAILED'],
    ['half of four at 50 percent succeed', { ToleratedFailurePercentage: 50 }, 2, 'SUCCEEDED'],
    ['three of four at 50 percent fail', { ToleratedFailurePercentage: 50 }, 3, 'FAILED'],
    ['the stricter of two limits counts', { ToleratedFailureCount: 1, ToleratedFailurePercentage: 90 }, 2, 'FAILED'],
  ])('of failed iterations, %s', async (_what, limits, mapIterationFailureCount, status) => {
    const definition = { Type: 'Map', ...limits, ItemProcessor: processor('DISTRIBUTED'), End: true };
    const stateConfiguration = { mapIterationFailureCount };
    const tested = await ask({ definition, input: [1, 2, 3, 4], mock: { result: '[]' }, stateConfiguration });
    expect(tested.status).toBe(status);
    if (status === 'FAILED') expect(tested.error).toBe('States.ExceedToleratedFailureThreshold');
  });
});
