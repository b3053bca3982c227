// Functions under a role: the task's, else the machine's, as far as the deployment assumes those. Over the wire, with
// the SDK's own client.
import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { callTarget } from '../../../core/integrations/index.ts';
import { type LambdaFunctions, ServiceError } from '../../../core/ports.ts';
import { assumedRoles } from '../../../infra/aws/assumed-roles.ts';
import { clientConfig } from '../../../infra/aws/clients.ts';
import { awsLambda } from '../../../infra/aws/lambda.ts';
import { memoryWorld } from '../../support/memory-world.ts';
import { answerJson, type WebServer, webServer } from '../../support/web-server.ts';

const MACHINE_ROLE = 'arn:aws:iam::123456789012:role/machine';
const TASK_ROLE = 'arn:aws:iam::123456789012:role/task';
const NEVER = new AbortController().signal;
const OWN = { accessKeyId: 'OWN', secretAccessKey: 'secret' };

let service: WebServer;
let assumed: string[];
/** What the next requests are answered with instead of 200. */
let statuses: number[];

beforeEach(async () => {
  assumed = [];
  statuses = [];
  service = await webServer((_request, response) => answerJson(response, { Timeout: 7 }, statuses.shift()));
});
afterEach(() => service.close());

/** Roles in `closed` cannot be assumed. Keys are named after the role. */
function functions(machineRoles: 'never' | 'try' | 'must', closed: string[] = []): LambdaFunctions {
  const roleOf = assumedRoles({
    machineRoles,
    now: () => 0,
    async assumeRole({ RoleArn }) {
      const role = String(RoleArn);
      assumed.push(role);
      if (closed.includes(role)) throw new ServiceError('AccessDenied', 'No', 403, '');
      const Credentials = {
        AccessKeyId: role.split('/')[1]!,
        SecretAccessKey: 'secret',
        SessionToken: 'token',
        Expiration: '2026-01-01T00:00:00Z',
      };
      return { output: { Credentials }, status: 200, requestId: '', headers: {} };
    },
  });
  const config = clientConfig({ endpoint: `http://127.0.0.1:${service.port}`, region: 'us-east-1' });
  const open = (credentials = OWN) => new LambdaClient({ ...config, credentials, maxAttempts: 1 });
  return awsLambda({ open, roleOf, now: () => 0 });
}

const keyOf = (index: number) => /Credential=(\w+)\//.exec(service.asked[index]!.headers.authorization!)![1];

test.each([
  ['never', {}, 'OWN'],
  ['never', { machineRoleArn: MACHINE_ROLE }, 'OWN'],
  ['try', { machineRoleArn: MACHINE_ROLE }, 'machine'],
  ['must', { machineRoleArn: MACHINE_ROLE, roleArn: TASK_ROLE }, 'task'],
  ['never', { machineRoleArn: MACHINE_ROLE, roleArn: TASK_ROLE }, 'task'],
] as const)('machines’ roles %s, %j: the function is called as %s', async (machineRoles, roles, key) => {
  const lambda = functions(machineRoles);
  await lambda.invoke({ functionName: 'f', payload: '{}', ...roles }, NEVER);
  await lambda.invoke({ functionName: 'f', payload: '{}', ...roles }, NEVER);
  expect([keyOf(0), keyOf(1)]).toEqual([key, key]);
  expect(assumed).toHaveLength(key === 'OWN' ? 0 : 1);
});

test('a machine’s role that cannot be assumed leaves the call to us, or to nobody where it must be', async () => {
  const request = { functionName: 'f', payload: '{}', machineRoleArn: MACHINE_ROLE };
  await functions('try', [MACHINE_ROLE]).invoke(request, NEVER);
  expect(keyOf(0)).toBe('OWN');
  await expect(functions('must', [MACHINE_ROLE]).invoke(request, NEVER)).rejects.toMatchObject({
    error: 'States.TaskFailed',
    causeText: `Stepwell is not authorized to assume the state machine's role, ${MACHINE_ROLE}.`,
  });
  expect(service.asked).toHaveLength(1);
});

test.each(['arn:aws:lambda:us-east-1:123456789012:function:f', 'arn:aws:states:::lambda:invoke'])(
  'a task of %s whose role cannot be assumed fails in AWS’s words, and calls nothing',
  async (resource) => {
    const world = { ...memoryWorld(), lambda: functions('never', [TASK_ROLE]) };
    const call = { resource, parameters: '{"FunctionName":"f"}', roleArn: TASK_ROLE };
    const caller = { executionArn: '', run: '', wait: '', roleArn: MACHINE_ROLE };
    expect(await callTarget(world, call, caller, NEVER)).toEqual({
      kind: 'failed',
      error: 'States.TaskFailed',
      cause: `The role ${MACHINE_ROLE} is not authorized to assume the task state's role, ${TASK_ROLE}.`,
    });
    expect(service.asked).toEqual([]);
  },
);

test('where we may not look ourselves, the timeout is read under the machine’s role; never in its place for a task’s', async () => {
  statuses = [403, 200, 403];
  const lambda = functions('try');
  expect(await lambda.timeoutMs('f', { machineRoleArn: MACHINE_ROLE })).toBe(7000);
  expect([keyOf(0), keyOf(1)]).toEqual(['OWN', 'machine']);
  expect(await lambda.timeoutMs('f', { roleArn: TASK_ROLE, machineRoleArn: MACHINE_ROLE })).toBeUndefined();
  expect(service.asked).toHaveLength(3);
});

test('the timeout of a function is read under the task’s role, once', async () => {
  const lambda = functions('try');
  expect(await lambda.timeoutMs('f', { roleArn: TASK_ROLE })).toBe(7000);
  expect(await lambda.timeoutMs('f', { roleArn: TASK_ROLE })).toBe(7000);
  expect(await lambda.timeoutMs('f')).toBe(7000);
  expect([keyOf(0), keyOf(1)]).toEqual(['task', 'OWN']);
  expect(service.asked).toHaveLength(2);
});
