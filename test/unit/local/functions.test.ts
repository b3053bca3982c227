import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LambdaRequest } from '../../../core/ports.ts';
import { type EmbeddedFunctions, embeddedFunctions, type FunctionsOptions } from '../../../infra/embedded/functions.ts';

const HOME = { account: '123456789012', region: 'us-east-1' };
const never = new AbortController().signal;

let directory: string;
let opened: EmbeddedFunctions[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'functions-'));
  opened = [];
});

afterEach(() => {
  for (const functions of opened) functions.close();
  rmSync(directory, { recursive: true });
});

function open(options: Partial<FunctionsOptions> = {}): EmbeddedFunctions {
  const functions = embeddedFunctions({ ...HOME, directories: [directory], ...options });
  opened.push(functions);
  return functions;
}

function write(path: string, source: string): string {
  const file = join(directory, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, source);
  return file;
}

/** Writes one function `f`, invokes it once, gives the answer with its payload parsed. */
async function once(source: string, request: Partial<LambdaRequest> = {}, options: Partial<FunctionsOptions> = {}) {
  write('f.mjs', source);
  const answer = await open(options).invoke({ functionName: 'f', payload: '{"a":1}', ...request }, never);
  return { ...answer, payload: answer.payload === '' ? undefined : JSON.parse(answer.payload) };
}

describe('where a function is found', () => {
  test.each([
    ['f.ts', 'f', 'export const handler = async (event: object): Promise<object> => event;'],
    ['f.mjs', 'f', 'export const handler = async (event) => event;'],
    ['f.js', 'f', 'exports.handler = async (event) => event;'],
    ['f/index.ts', 'f', 'export const handler = async (event: object) => event;'],
    ['f.mjs', '123456789012:function:f', 'export const handler = (event) => event;'],
    ['f.mjs', 'arn:aws:lambda:us-east-1:123456789012:function:f', 'export const handler = (event) => event;'],
    ['f.mjs', 'arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST', 'export const handler = (event) => event;'],
  ])('%s answers to %s', async (path, functionName, source) => {
    write(path, source);
    const answer = await open().invoke({ functionName, payload: '{"a":1}' }, never);
    expect(answer).toMatchObject({ statusCode: 200, payload: '{"a":1}', executedVersion: '$LATEST' });
    expect(answer.functionError).toBeUndefined();
  });

  test('the first directory that has it wins', async () => {
    write('one/f.mjs', 'export const handler = () => 1');
    write('two/f.mjs', 'export const handler = () => 2');
    const functions = open({ directories: [join(directory, 'one'), join(directory, 'two')] });
    expect((await functions.invoke({ functionName: 'f', payload: '{}' }, never)).payload).toBe('1');
  });

  test.each([
    ['nobody', undefined, 'arn:aws:lambda:us-east-1:123456789012:function:nobody:$LATEST'],
    ['nobody', 'live', 'arn:aws:lambda:us-east-1:123456789012:function:nobody:live'],
    [
      'arn:aws:lambda:eu-west-1:999999999999:function:nobody',
      undefined,
      'arn:aws:lambda:eu-west-1:999999999999:function:nobody:$LATEST',
    ],
  ])('%s (%s) is refused as Lambda refuses it', async (functionName, qualifier, arn) => {
    const call = open().invoke({ functionName, payload: '{}', ...(qualifier && { qualifier }) }, never);
    await expect(call).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      status: 404,
      message: `Function not found: ${arn}`,
    });
  });

  test('a name with a path in it is no name', async () => {
    const call = open().invoke({ functionName: '../f', payload: '{}' }, never);
    await expect(call).rejects.toMatchObject({ code: 'ValidationException', status: 400 });
  });

  test('a changed file is picked up, and so is a changed import of it', async () => {
    const lib = write('lib.mjs', 'export const value = 1');
    write('f.mjs', "import { value } from './lib.mjs'; export const handler = () => value");
    const functions = open();
    const call = async () => (await functions.invoke({ functionName: 'f', payload: '{}' }, never)).payload;
    expect(await call()).toBe('1');
    writeFileSync(lib, 'export const value = 22');
    utimesSync(lib, 1, 1);
    expect(await call()).toBe('22');
  });
});

describe('what a failing function answers', () => {
  const cases: [title: string, source: string, failure: object][] = [
    [
      'an Error',
      'export const handler = () => { throw new TypeError("no") }',
      { errorType: 'TypeError', errorMessage: 'no' },
    ],
    [
      'an error class of its own',
      'class Declined extends Error { name = "Declined" } export const handler = async () => { throw new Declined("card") }',
      { errorType: 'Declined', errorMessage: 'card' },
    ],
    ['a string', 'export const handler = () => { throw "no" }', { errorType: 'string', errorMessage: 'no', trace: [] }],
    [
      'a result that is no JSON',
      'export const handler = () => 1n',
      { errorType: 'Runtime.JSONStringifyError', errorMessage: 'Unable to stringify response body' },
    ],
    [
      'no handler',
      'export const other = 1',
      { errorType: 'Runtime.HandlerNotFound', errorMessage: 'f.handler is undefined or not exported' },
    ],
    [
      'a handler that is no function',
      'export const handler = 1',
      { errorType: 'Runtime.HandlerNotFound', errorMessage: 'f.handler is not a function' },
    ],
    [
      'a callback handler',
      'export const handler = (event, context, callback) => callback(null, 1)',
      { errorType: 'Runtime.CallbackHandlerDeprecated' },
    ],
    ['a syntax error', 'export const handler = (', { errorType: 'Runtime.UserCodeSyntaxError' }],
    ['a missing import', 'import "nowhere-to-be-found"', { errorType: 'Runtime.ImportModuleError' }],
    ['an error while loading', 'throw new RangeError("early")', { errorType: 'RangeError', errorMessage: 'early' }],
    [
      'a rejection nobody handles',
      'export const handler = () => { Promise.reject(new Error("lost")); return new Promise(() => {}) }',
      { errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'Error: lost' },
    ],
    [
      'an exception outside the handler',
      'export const handler = () => new Promise(() => setTimeout(() => { throw new Error("late") }))',
      { errorType: 'Error', errorMessage: 'late' },
    ],
    [
      'process.exit(1)',
      'export const handler = () => process.exit(1)',
      {
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringMatching(/^RequestId: [\w-]{36} Error: Runtime exited with error: exit status 1$/),
      },
    ],
    [
      'process.exit(0)',
      'export const handler = () => process.exit(0)',
      { errorMessage: expect.stringMatching(/Error: Runtime exited without providing a reason$/) },
    ],
    [
      'an endless loop',
      'export const timeout = 0.1; export const handler = () => { for (;;); }',
      {
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringMatching(/^RequestId: [\w-]{36} Error: Task timed out after 0\.10 seconds$/),
      },
    ],
    [
      'a promise that never settles',
      'export const timeout = 0.1; export const handler = () => new Promise(() => {})',
      { errorType: 'Sandbox.Timedout' },
    ],
    [
      'more than 6 MB',
      'export const handler = () => "x".repeat(6291555)',
      {
        errorType: 'Function.ResponseSizeTooLarge',
        errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
      },
    ],
  ];
  test.each(cases)('%s', async (_title, source, failure) => {
    const answer = await once(source);
    expect(answer).toMatchObject({ statusCode: 200, functionError: 'Unhandled', payload: failure });
  });

  test('too much memory ends the environment, not the server', async () => {
    const greedy = 'export const handler = () => { const all = []; for (;;) all.push(new Array(1e5).fill({})) }';
    const answer = await once(greedy, {}, { limits: { memoryMb: 32 } });
    expect(answer.payload).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(/Runtime exited with error: signal: killed$/),
    });
  });

  test('after a crash the next call gets a new environment', async () => {
    write(
      'f.mjs',
      'let calls = 0; export const handler = (e) => { calls += 1; if (e.exit) process.exit(1); return calls }',
    );
    const functions = open();
    const call = async (event: object) =>
      JSON.parse((await functions.invoke({ functionName: 'f', payload: JSON.stringify(event) }, never)).payload);
    expect(await call({})).toBe(1);
    expect(await call({})).toBe(2);
    expect(await call({ exit: true })).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect(await call({})).toBe(1);
  });
});

describe('what a function is given', () => {
  test('a context as on Lambda', async () => {
    const source = `export const timeout = 7;
      export const handler = (event, context) => ({ ...context, left: context.getRemainingTimeInMillis() })`;
    const { payload, requestId } = await once(source, {
      functionName: 'arn:aws:lambda:us-east-1:123456789012:function:f:live',
    });
    expect(payload).toMatchObject({
      awsRequestId: requestId,
      functionName: 'f',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:f:live',
      logGroupName: '/aws/lambda/f',
      memoryLimitInMB: '512',
    });
    expect(payload.left).toBeGreaterThan(0);
    expect(payload.left).toBeLessThanOrEqual(7000);
  });

  test('the variables of the server, ours and Lambda’s', async () => {
    const source =
      'export const handler = () => [process.env.AWS_REGION, process.env.AWS_LAMBDA_FUNCTION_NAME, process.env.OURS]';
    const { payload } = await once(source, {}, { variables: () => ({ OURS: 'yes' }) });
    expect(payload).toEqual(['us-east-1', 'f', 'yes']);
  });

  test('a function that returns nothing answers null', async () => {
    expect((await once('export const handler = async () => {}')).payload).toBeNull();
  });
});

describe('how a function is called', () => {
  test('DryRun and Event answer without a payload', async () => {
    const source = 'export const handler = () => 1';
    expect(await once(source, { invocationType: 'DryRun' })).toMatchObject({ statusCode: 204, payload: undefined });
    expect(await once(source, { invocationType: 'Event' })).toMatchObject({ statusCode: 202, payload: undefined });
  });

  test('logType Tail brings what the function printed', async () => {
    const { logResult, requestId } = await once('export const handler = () => console.log("hello")', {
      logType: 'Tail',
    });
    const log = Buffer.from(logResult!, 'base64').toString();
    expect(log).toBe(`START RequestId: ${requestId} Version: $LATEST\nhello\nEND RequestId: ${requestId}\n`);
  });

  test('every printed line is forwarded with the function’s name', async () => {
    const lines: string[] = [];
    const log = (name: string, line: string) => lines.push(`${name}: ${line}`);
    await once('export const handler = () => { console.log("one\\ntwo"); console.error("three") }', {}, { log });
    expect(lines).toEqual(['f: one', 'f: two', 'f: three']);
  });

  test('more than 6 MB is refused', async () => {
    write('f.mjs', 'export const handler = () => 1');
    const payload = JSON.stringify('x'.repeat(6_291_455));
    await expect(open().invoke({ functionName: 'f', payload }, never)).rejects.toMatchObject({
      code: 'RequestTooLargeException',
      status: 413,
    });
  });

  test('a payload that is not JSON is refused in Lambda’s words, and no function sees it', async () => {
    write('f.mjs', 'export const handler = () => 1');
    await expect(open().invoke({ functionName: 'f', payload: 'text' }, never)).rejects.toMatchObject({
      code: 'InvalidRequestContentException',
      message:
        "Could not parse request body into json: Unrecognized token 'text': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
      status: 400,
    });
  });

  test('each start is told to the journal once, with the request id of the answer', async () => {
    const starts: string[] = [];
    const { requestId } = await once(
      'export const handler = () => 1',
      {},
      { onInvoke: (start) => starts.push(start.requestId) },
    );
    expect(starts).toEqual([requestId]);
  });

  test('an environment takes one invocation at a time; more calls than room stand in line', async () => {
    write(
      'f.mjs',
      `import { setImmediate } from 'node:timers/promises';
       let busy = 0;
       export const handler = async () => { busy += 1; await setImmediate(); const seen = busy; busy -= 1; return seen }`,
    );
    const functions = open({ limits: { perFunction: 2, total: 2 } });
    const calls = Array.from({ length: 8 }, () => functions.invoke({ functionName: 'f', payload: '{}' }, never));
    expect((await Promise.all(calls)).map(({ payload }) => payload)).toEqual(Array(8).fill('1'));
  });

  test('calls that wait for long ones get environments of their own', async () => {
    write(
      'f.mjs',
      `export const timeout = 60;
       export const handler = (event) => (event.long ? new Promise(() => {}) : 'short')`,
    );
    const functions = open({ limits: { perFunctionAtOnce: 1, perFunction: 2, patienceMs: 10 } });
    const call = (event: object) => functions.invoke({ functionName: 'f', payload: JSON.stringify(event) }, never);
    void call({ long: true });
    expect((await call({})).payload).toBe('"short"');
  });

  test('idle environments make room for other functions', async () => {
    write('f.mjs', 'export const handler = () => "f"');
    write('g.mjs', 'export const handler = () => "g"');
    const functions = open({ limits: { total: 1 } });
    for (const name of ['f', 'g', 'f']) {
      expect((await functions.invoke({ functionName: name, payload: '{}' }, never)).payload).toBe(`"${name}"`);
    }
  });

  test('a caller that gives up is answered at once, in line as well', async () => {
    write('f.mjs', 'export const timeout = 60; export const handler = () => new Promise(() => {})');
    const functions = open({ limits: { perFunction: 1 } });
    const controller = new AbortController();
    const calls = [1, 2].map(() => functions.invoke({ functionName: 'f', payload: '{}' }, controller.signal));
    controller.abort(new Error('enough'));
    const results = await Promise.allSettled(calls);
    expect(results.map((result) => result.status === 'rejected' && result.reason.message)).toEqual([
      'enough',
      'enough',
    ]);
  });
});

describe('the timeout of a function', () => {
  test.each([
    ['export const timeout = 2.5; export const handler = () => 1', 2500],
    ['export const handler = () => 1', 30_000],
    ['not javascript (', 30_000],
  ])('%s: %d ms', async (source, timeoutMs) => {
    write('f.mjs', source);
    expect(await open().timeoutMs('f')).toBe(timeoutMs);
  });

  test('is known for a function that does not exist: refusing takes no time', async () => {
    expect(await open().timeoutMs('nobody')).toBe(30_000);
  });
});
