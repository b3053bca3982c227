import * as sdk from '@aws-sdk/client-sfn';
import { describe, expect, test } from 'vitest';
import { ACTIONS } from '../../../core/api/actions/index.ts';
import { handleRequest } from '../../../core/api/wire.ts';
import { apiWorld, refusal } from './world.ts';

const JSON_1_0 = 'application/x-amz-json-1.0';

function send(target: string | undefined, body = '{}', method = 'POST', world = apiWorld()) {
  const troubles: [unknown, string][] = [];
  const response = handleRequest(world, { method, headers: { 'x-amz-target': target }, body }, (...trouble) =>
    troubles.push(trouble),
  );
  return response.then(({ status, headers, body: text }) => ({ status, headers, body: JSON.parse(text), troubles }));
}

describe('wire', () => {
  test('the table of actions has exactly the commands of the SDK', () => {
    const commands = Object.keys(sdk).filter((name) => /^[A-Z]\w+Command$/.test(name) && name !== '$Command');
    expect(Object.keys(ACTIONS).sort()).toEqual(commands.map((name) => name.slice(0, -'Command'.length)).sort());
    expect(commands).toHaveLength(37);
  });

  test('an answer has the content type of JSON 1.0 and a request id', async () => {
    const { status, headers, body } = await send('AWSStepFunctions.ListStateMachines');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe(JSON_1_0);
    expect(headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/);
    expect(body).toEqual({ stateMachines: [] });
  });

  test.each([
    ['no target', undefined],
    ['a target of another service', 'DynamoDB_20120810.ListTables'],
    ['an action that there is not', 'AWSStepFunctions.MakeCoffee'],
    ['a name from the prototype', 'AWSStepFunctions.constructor'],
    ['an action that is not supported yet', 'AWSStepFunctions.ListMapRuns'],
    ['an action of AWS as one of ours', 'Stepwell.ListStateMachines'],
    ['more than an action', 'AWSStepFunctions.ListStateMachines.x'],
  ])('%s is an UnknownOperationException', async (_title, target) => {
    const { status, body } = await send(target);
    expect([status, body.__type]).toEqual([400, 'UnknownOperationException']);
  });

  test('only POST is an operation', async () => {
    const { body } = await send('AWSStepFunctions.ListStateMachines', '', 'GET');
    expect(body.__type).toBe('UnknownOperationException');
  });

  test.each([
    ['text that is no JSON', '{"name":', 'Could not parse request body into json'],
    ['a list', '[]', 'Start of list found where not expected'],
    ['a scalar', '5', 'Unexpected value type in payload'],
    ['null', 'null', 'Unexpected value type in payload'],
    ['a number for a text', '{"nextToken":5}', 'NUMBER_VALUE can not be converted to a String'],
    ['a boolean for a text', '{"nextToken":true}', 'TRUE_VALUE can not be converted to a String'],
    ['a list for a text', '{"nextToken":[]}', 'Start of list found where not expected'],
    ['an object for a number', '{"maxResults":{}}', 'Start of structure or map found where not expected.'],
    ['a text for a number', '{"maxResults":"5"}', 'STRING_VALUE can not be converted to an Integer'],
  ])('%s is a SerializationException', async (_title, body, message) => {
    expect(await refusal(apiWorld(), 'ListStateMachines', body)).toBe(`SerializationException: ${message}`);
  });

  test('a body above the limit is refused before it is read', async () => {
    const { status, body } = await send('AWSStepFunctions.ListStateMachines', 'x'.repeat(2 * 1024 * 1024));
    expect([status, body.__type]).toEqual([413, 'RequestEntityTooLargeException']);
  });

  test('an empty body is an empty input', async () => {
    expect((await send('AWSStepFunctions.ListStateMachines', '')).status).toBe(200);
  });

  test('unexpected trouble is an InternalFailure that tells the caller nothing and the operator all', async () => {
    const world = apiWorld();
    const trouble = new Error('the table is on fire');
    world.table.query = async () => {
      throw trouble;
    };
    const { status, headers, body, troubles } = await send('AWSStepFunctions.ListStateMachines', '{}', 'POST', world);
    expect([status, body.__type]).toEqual([500, 'InternalFailure']);
    expect(JSON.stringify(body)).not.toContain('fire');
    expect(troubles).toEqual([[trouble, headers['x-amzn-requestid']]]);
  });
});
