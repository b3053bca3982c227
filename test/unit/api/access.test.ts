// Who may do what: the evaluation of policies, and that every action is asked for with the resource it acts on.
import type { LambdaFunctionURLEvent } from 'aws-lambda';
import { beforeEach, describe, expect, test } from 'vitest';
import { checkAccess, EVERYBODY, readAccessPolicy } from '../../../core/api/access.ts';
import type { JsonObject } from '../../../core/expr/json.ts';
import { createApiHandler } from '../../../handlers/api.ts';
import { type MemoryWorld, memoryWorld } from '../../support/memory-world.ts';

const ACCOUNT = 'arn:aws:states:us-east-1:123456789012';
const orders = `${ACCOUNT}:stateMachine:orders`;
const CLERK = 'arn:aws:sts::123456789012:assumed-role/clerk/anna';
const PASS = JSON.stringify({ StartAt: 'Pass', States: { Pass: { Type: 'Pass', End: true } } });

const allow = (more: object) => ({ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*', ...more });

function mayDo(statements: object[], request: object = {}) {
  const policy = readAccessPolicy({ Statement: statements } as unknown as JsonObject);
  try {
    checkAccess(policy, { caller: CLERK, action: 'states:StartExecution', resource: orders, ...request });
    return true;
  } catch (error) {
    return (error as Error).message;
  }
}

const DENIED = `User: ${CLERK} is not authorized to perform: states:StartExecution on resource: ${orders}`;

describe('a policy', () => {
  test('without a statement that allows, denies', () => {
    expect(mayDo([allow({ Action: 'states:StopExecution' })])).toBe(DENIED);
    expect(mayDo([allow({ Principal: 'arn:aws:iam::123456789012:user/bob' })])).toBe(DENIED);
    expect(mayDo([allow({ Resource: `${ACCOUNT}:stateMachine:returns` })])).toBe(DENIED);
  });

  test('with a statement that denies, denies, whatever else allows', () => {
    const deny = allow({ Effect: 'Deny', Resource: '*:stateMachine:ord*' });
    expect(mayDo([deny, allow({})])).toBe(`${DENIED} with an explicit deny`);
  });

  test('takes * and ? in everything, and actions in any case', () => {
    expect(mayDo([allow({ Action: 'STATES:start*', Resource: '*:stateMachine:order?' })])).toBe(true);
    expect(mayDo([allow({ Action: 'states:start', Resource: '*' })])).toBe(DENIED);
    expect(mayDo([allow({ Resource: '*:stateMachine:order' })])).toBe(DENIED);
  });

  test('takes nothing else for a pattern', () => {
    expect(mayDo([allow({ Resource: '.*' })])).toBe(DENIED);
    expect(mayDo([allow({ Resource: `${orders}|x` })])).toBe(DENIED);
  });

  test('knows a session by its own ARN and by its role', () => {
    expect(mayDo([allow({ Principal: { AWS: 'arn:aws:iam::123456789012:role/clerk' } })])).toBe(true);
    expect(mayDo([allow({ Principal: { AWS: [CLERK] } })])).toBe(true);
    expect(mayDo([allow({ Principal: { AWS: 'arn:aws:iam::123456789012:role/cler' } })])).toBe(DENIED);
  });

  test('lets a caller that is not known do what everybody may, and nothing else', () => {
    expect(mayDo([allow({ Principal: '*' })], { caller: undefined })).toBe(true);
    expect(mayDo([allow({ Principal: 'arn:*' })], { caller: undefined })).toContain(
      'User: anonymous is not authorized',
    );
  });

  test.each([
    [[], 'An access policy has a Statement, one or a list.'],
    [[{ Effect: 'allow' }], 'Statement 1 of the access policy has neither the Effect Allow nor Deny.'],
    [[allow({}), allow({ Principal: {} })], 'Statement 2 of the access policy needs Principal, a text or a list'],
    [[allow({ Action: undefined })], 'Statement 1 of the access policy needs Action'],
    [[allow({ Condition: {} })], 'has Condition, but only Sid, Effect, Principal, Action, Resource are understood'],
  ])('that nobody could follow is refused: %j', (statements, sentence) => {
    expect(() => readAccessPolicy(JSON.parse(JSON.stringify({ Statement: statements })))).toThrow(sentence);
  });
});

describe('the API', () => {
  let world: MemoryWorld;

  beforeEach(async () => {
    world = memoryWorld();
    for (const name of ['orders', 'secrets'])
      await world.api('CreateStateMachine', { name, definition: PASS, roleArn: 'arn:aws:iam::123456789012:role/x' });
  });

  async function call(statements: object[], target: string, body: object, caller: string | undefined = CLERK) {
    const handler = createApiHandler(world, readAccessPolicy({ Statement: statements } as unknown as JsonObject));
    const event = {
      headers: { 'x-amz-target': target },
      body: JSON.stringify(body),
      requestContext: { http: { method: 'POST' }, authorizer: { iam: { userArn: caller } } },
    };
    const answer = await handler(event as unknown as LambdaFunctionURLEvent);
    return typeof answer === 'string' ? {} : { status: answer.statusCode, ...JSON.parse(answer.body!) };
  }

  const clerk = [
    allow({ Action: ['states:StartExecution', 'states:DescribeStateMachine'], Resource: orders }),
    allow({ Action: 'states:DescribeExecution', Resource: `${ACCOUNT}:execution:orders:*` }),
  ];

  test('does what is allowed', async () => {
    const start = { stateMachineArn: orders, name: 'one' };
    const { executionArn } = await call(clerk, 'AWSStepFunctions.StartExecution', start);
    expect(await call(clerk, 'AWSStepFunctions.DescribeExecution', { executionArn })).toMatchObject({
      status: 'RUNNING',
    });
  });

  test('refuses what is not, in AWS’s words', async () => {
    const stateMachineArn = `${ACCOUNT}:stateMachine:secrets`;
    expect(await call(clerk, 'AWSStepFunctions.StartExecution', { stateMachineArn })).toEqual({
      status: 400,
      __type: 'AccessDeniedException',
      message: `User: ${CLERK} is not authorized to perform: states:StartExecution on resource: ${stateMachineArn}`,
    });
    expect(await call(clerk, 'AWSStepFunctions.ListStateMachines', {})).toMatchObject({
      message: `User: ${CLERK} is not authorized to perform: states:ListStateMachines on resource: *`,
    });
  });

  test.each([
    ['a version or an alias is its machine', { stateMachineArn: `${ACCOUNT}:stateMachine:secrets:1` }],
    [
      'an ARN that says another region is still ours',
      { stateMachineArn: `${ACCOUNT}:stateMachine:secrets`.replace('us-east-1', 'eu-west-1') },
    ],
    [
      'a member that the action does not read stands in for none',
      { executionArn: orders, stateMachineArn: `${ACCOUNT}:stateMachine:secrets` },
    ],
  ])('is not tricked: %s', async (_title, body) => {
    const answer = await call(clerk, 'AWSStepFunctions.DescribeStateMachine', body);
    expect(answer).toMatchObject({
      __type: 'AccessDeniedException',
      message: expect.stringContaining(':stateMachine:secrets'),
    });
  });

  test('asks for the machine that is to be created', async () => {
    const create = (name: string) =>
      call([allow({ Resource: orders })], 'AWSStepFunctions.CreateStateMachine', {
        name,
        definition: PASS,
        roleArn: 'arn:aws:iam::123456789012:role/x',
      });
    expect((await create('orders')).stateMachineArn).toBe(orders);
    expect(await create('returns')).toMatchObject({ __type: 'AccessDeniedException' });
  });

  test('asks for every machine that an alias leads to', async () => {
    const route = (name: string) => ({ stateMachineVersionArn: `${ACCOUNT}:stateMachine:${name}:1`, weight: 50 });
    const body = { name: 'live', routingConfiguration: [route('orders'), route('secrets')] };
    const answer = await call([allow({ Resource: orders })], 'AWSStepFunctions.CreateStateMachineAlias', body);
    expect(answer).toMatchObject({ __type: 'AccessDeniedException', message: expect.stringContaining('secrets') });
  });

  test('without a policy of its own lets every caller of the URL do everything', async () => {
    expect(await call(EVERYBODY.Statement as object[], 'AWSStepFunctions.ListStateMachines', {})).toMatchObject({
      status: 200,
    });
  });
});
