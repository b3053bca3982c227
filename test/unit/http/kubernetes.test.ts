// The Kubernetes API of a cluster: a real TLS server on loopback stands for it. What is sent, whom it trusts, how a job
// is asked for, what becomes of its logs.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CallOutcome } from '../../../core/engine/call.ts';
import { callTarget } from '../../../core/integrations/index.ts';
import { askForJob, stopJob } from '../../../core/integrations/jobs.ts';
import { LIMITS } from '../../../core/limits.ts';
import type { AwsServices } from '../../../core/ports.ts';
import type { World } from '../../../core/world.ts';
import { clusterToken } from '../../../infra/aws/cluster-token.ts';
import { awsHttp } from '../../../infra/aws/http.ts';
import { allowedHosts } from '../../../infra/http/allowed-hosts.ts';
import { CERTIFICATE } from '../../support/certificate.ts';
import { jobOf, type Kubernetes, kubernetes } from '../../support/kubernetes.ts';
import { type WebServer, webServer } from '../../support/web-server.ts';

const MACHINE_ROLE = 'arn:aws:iam::123456789012:role/machine';
const TASK_ROLE = 'arn:aws:iam::123456789012:role/task';
const CALLER = { executionArn: 'arn', run: 'r', wait: '0@0', roleArn: MACHINE_ROLE };
const CA = Buffer.from(CERTIFICATE.cert).toString('base64');
const signal = new AbortController().signal;

let cluster: Kubernetes;
let server: WebServer;

beforeEach(async () => {
  cluster = kubernetes();
  server = await webServer((request, response) => {
    const { status, type, body } = cluster.answerTo(request);
    response.writeHead(status, { 'Content-Type': type }).end(body);
  }, CERTIFICATE);
});
afterEach(() => server.close());

/** `now`: the age of every job, which began at 0. */
function worldOf(list = '*,127.0.0.0/8,::1', now = 0): World {
  const http = awsHttp({
    hosts: allowedHosts(list),
    remedy: 'See the list.',
    services: {} as AwsServices,
    roleOf: async ({ roleArn, machineRoleArn }) => ({
      accessKeyId: roleArn ?? machineRoleArn ?? 'nobody',
      secretAccessKey: 'secret',
      sessionToken: 'session',
    }),
    own: async () => ({ accessKeyId: 'own', secretAccessKey: 'secret' }),
    region: 'eu-west-1',
    now: () => 0,
  });
  return { http, clock: { now: () => now }, settings: { limits: LIMITS.aws } } as unknown as World;
}

const place = (more: object = {}) => ({
  ClusterName: 'cluster',
  CertificateAuthority: CA,
  Endpoint: `https://localhost:${server.port}`,
  ...more,
});

function perform(resource: string, parameters: object, world = worldOf(), rest: object = {}): Promise<CallOutcome> {
  const call = { resource: `arn:aws:states:::eks:${resource}`, parameters: JSON.stringify(parameters), ...rest };
  return callTarget(world, call, CALLER, signal);
}

/** The URL in the token that the last request carried. */
function tokenOf(): URL {
  const [, token = ''] = /^Bearer k8s-aws-v1\.(.*)$/.exec(server.asked.at(-1)?.headers.authorization ?? '') ?? [];
  return new URL(Buffer.from(token, 'base64url').toString());
}

describe('eks:call', () => {
  const LIST = { Method: 'GET', Path: '/api/v1/namespaces/default/pods' };

  test('asks the endpoint that the task names, and gives its answer', async () => {
    const query = { labelSelector: ['job-name=a'], limit: ['1', '2'] };
    const outcome = await perform('call', place({ ...LIST, QueryParameters: query }));
    expect(server.asked[0]).toMatchObject({
      method: 'GET',
      url: '/api/v1/namespaces/default/pods?labelSelector=job-name%3Da&limit=1&limit=2',
    });
    const output = { ResponseBody: { kind: 'PodList', items: [] }, StatusCode: 200, StatusText: 'OK' };
    expect(outcome).toEqual({ kind: 'succeeded', output: JSON.stringify(output) });
  });

  test('every other status is an error of that number, with the answer as its cause', async () => {
    cluster.trouble = 401;
    const body = {
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      message: 'Trouble',
      reason: 'Trouble',
      code: 401,
    };
    expect(await perform('call', place(LIST))).toEqual({
      kind: 'failed',
      error: 'EKS.401',
      cause: JSON.stringify({ ResponseBody: body, StatusCode: 401, StatusText: 'Unauthorized' }),
    });
  });

  test.each([
    ['POST', { a: 1 }, 'application/json', '{"a":1}'],
    ['POST', '{"a":1}', 'application/json', '{"a":1}'],
    ['PATCH', { a: 1 }, 'application/merge-patch+json', '{"a":1}'],
    ['PATCH', [{ op: 'remove', path: '/a' }], 'application/json-patch+json', '[{"op":"remove","path":"/a"}]'],
  ])('%s of %j is %s', async (Method, RequestBody, type, body) => {
    await perform('call', place({ Method, Path: '/api/v1/things', RequestBody }));
    expect(server.asked[0]).toMatchObject({ body, headers: { 'content-type': type } });
  });

  test('the token is a signed GetCallerIdentity of the task’s role, for this cluster alone', async () => {
    await perform('call', place(LIST), worldOf(), { roleArn: TASK_ROLE });
    const url = tokenOf();
    expect(url.origin).toBe('https://sts.eu-west-1.amazonaws.com');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      Action: 'GetCallerIdentity',
      'X-Amz-Expires': '60',
      'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
      'X-Amz-Security-Token': 'session',
      'X-Amz-Credential': expect.stringContaining(`${TASK_ROLE}/`),
    });
    await perform('call', place(LIST));
    expect(tokenOf().searchParams.get('X-Amz-Credential')).toContain(`${MACHINE_ROLE}/`);
  });

  test('of the region of the cluster, where its name tells one', async () => {
    const endpoint = new URL('https://0A1B2C.gr7.cn-north-1.eks.amazonaws.com.cn');
    const token = await clusterToken('c', endpoint, { accessKeyId: 'a', secretAccessKey: 'b' }, 'eu-west-1');
    const url = new URL(Buffer.from(token.replace('k8s-aws-v1.', ''), 'base64url').toString());
    expect(url.origin).toBe('https://sts.cn-north-1.amazonaws.com.cn');
    expect(url.searchParams.get('X-Amz-Credential')).toContain('/cn-north-1/sts/');
  });

  test('a server without the certificate that the task names gets nothing', async () => {
    const other = CERTIFICATE.cert.replaceAll(/\n[A-Za-z0-9+/=\n]+\n-----END/g, '\nAAAA\n-----END');
    const outcomes = await Promise.all(
      [other, 'ANPAJ2UCCR6DPCEXAMPLE'].map((text) =>
        perform('call', place({ ...LIST, CertificateAuthority: Buffer.from(text).toString('base64') })),
      ),
    );
    for (const outcome of outcomes) expect(outcome).toMatchObject({ kind: 'failed', error: 'EKS.SdkClientException' });
    expect(server.asked).toEqual([]);
  });

  test('what is no endpoint of EKS must be among the allowed hosts; nobody is called without TLS', async () => {
    const refused = { kind: 'failed', error: 'EKS.SdkClientException' };
    expect(await perform('call', place(LIST), worldOf(''))).toMatchObject({
      ...refused,
      cause: 'localhost is not called: no hosts are allowed here. See the list.',
    });
    expect(await perform('call', place({ ...LIST, Endpoint: `http://localhost:${server.port}` }))).toMatchObject({
      ...refused,
      cause: 'localhost is not called without TLS',
    });
    expect(server.asked).toEqual([]);
  });

  test('an endpoint of EKS needs no entry in the list', async () => {
    const Endpoint = 'https://0a1b2c.gr7.invalid.eks.amazonaws.com';
    const outcome = await perform('call', place({ ...LIST, Endpoint }), worldOf(''));
    expect(outcome).toMatchObject({ error: 'EKS.SdkClientException', cause: expect.not.stringContaining('allowed') });
  });

  test.each(['//evil.example/x', '/\\evil.example', 'evil.example'])(
    'the path %s stays behind the endpoint',
    async (Path) => {
      await perform('call', place({ Method: 'GET', Path }));
      expect(server.asked).toHaveLength(1);
    },
  );

  test.each(['ClusterName', 'CertificateAuthority', 'Endpoint', 'Method', 'Path'])(
    'without %s it fails',
    async (name) => {
      expect(await perform('call', { ...place(LIST), [name]: undefined })).toEqual({
        kind: 'failed',
        error: 'States.Runtime',
        cause: `The field '${name}' is required but was missing`,
      });
    },
  );
});

describe('eks:runJob', () => {
  const PATH = '/apis/batch/v1/namespaces/default/jobs';

  /** Submits a job; gives what asks for it. */
  async function submitted(more: object = {}) {
    const outcome = await perform('runJob.sync', place({ Job: jobOf('pi', 'pi-20', 'side'), ...more }));
    expect(outcome.kind).toBe('submitted');
    const { job: handle = '' } = outcome as Extract<CallOutcome, { kind: 'submitted' }>;
    return { job: { resource: 'arn:aws:states:::eks:runJob.sync', handle, since: 0 }, machineRoleArn: MACHINE_ROLE };
  }

  test('creates the job in its namespace and gives what the cluster answered', async () => {
    const outcome = await perform('runJob', place({ Job: jobOf('pi', 'c'), Namespace: 'space' }));
    expect(server.asked[0]).toMatchObject({ method: 'POST', url: PATH.replace('default', 'space') });
    expect(JSON.parse((outcome as { output: string }).output)).toMatchObject({
      ResponseBody: { kind: 'Job', metadata: { name: 'pi', namespace: 'space' } },
      StatusCode: 201,
      StatusText: 'Created',
    });
    expect(await perform('runJob.sync', place({ Job: jobOf('pi', 'c'), Namespace: 'space' }))).toMatchObject({
      kind: 'failed',
      error: 'EKS.409',
    });
  });

  test('a job is asked for until its conditions say how it ended; the job is the result', async () => {
    const request = await submitted();
    expect(await askForJob(worldOf(), request, signal)).toBe('running');
    expect(server.asked.at(-1)).toMatchObject({ method: 'GET', url: `${PATH}/pi` });
    cluster.jobs.get('default/pi')!.end = 'Complete';
    const { output = '' } = (await askForJob(worldOf(), request, signal)) as { output?: string };
    expect(JSON.parse(output)).toMatchObject({ kind: 'Job', status: { conditions: [{ type: 'Complete' }] } });
    expect(JSON.parse(output)).not.toHaveProperty('logs');
  });

  test('logs are there where they are asked for, parsed where they are JSON; what cannot be read says why', async () => {
    const LogOptions = { RetrieveLogs: true, LogParameters: { tailLines: ['6'] } };
    const request = await submitted({ LogOptions });
    cluster.logs['pi-pod/pi-20'] = '{ "pi": 3.1415926535897932385 }\n';
    cluster.jobs.get('default/pi')!.end = 'Failed';
    const outcome = (await askForJob(worldOf(), request, signal)) as { error: string; cause: string };
    expect(outcome.error).toBe('States.TaskFailed');
    expect(outcome.cause).toContain('{"log":{"pi":3.1415926535897932385}}');
    expect(JSON.parse(outcome.cause).logs.pods['pi-pod'].containers.side).toEqual({
      error: 'EKS.404',
      cause: expect.stringContaining('NotFound'),
    });
    expect(server.asked.map(({ url }) => url)).toContain(
      '/api/v1/namespaces/default/pods/pi-pod/log?tailLines=6&container=pi-20',
    );
  });

  test('raw logs are text', async () => {
    const request = await submitted({ LogOptions: { RetrieveLogs: true, RawLogs: true } });
    cluster.logs['pi-pod/pi-20'] = '1';
    cluster.jobs.get('default/pi')!.end = 'Complete';
    const { output = '' } = (await askForJob(worldOf(), request, signal)) as { output?: string };
    expect(JSON.parse(output).logs.pods['pi-pod'].containers['pi-20']).toEqual({ log: '1' });
  });

  test('trouble of the cluster changes when it is asked next; a refusal ends the task', async () => {
    const request = await submitted();
    cluster.trouble = 503;
    expect(await askForJob(worldOf(), request, signal)).toBe('missed');
    await expect(stopJob(worldOf(), request, signal)).rejects.toThrow('503');
    cluster.trouble = 403;
    expect(await askForJob(worldOf(), request, signal)).toMatchObject({ kind: 'failed', error: 'EKS.403' });
    server.close();
    expect(await askForJob(worldOf(), request, signal)).toBe('missed');
  });

  test('a job that is not there may be on its way for a minute', async () => {
    const request = await submitted();
    cluster.jobs.clear();
    expect(await askForJob(worldOf(undefined, 59_000), request, signal)).toBe('running');
    expect(await askForJob(worldOf(undefined, 61_000), request, signal)).toMatchObject({ error: 'States.TaskFailed' });
  });

  test('a job that nobody waits for is deleted with its pods, once or twice', async () => {
    const request = await submitted();
    await stopJob(worldOf(), request, signal);
    await stopJob(worldOf(), request, signal);
    expect(server.asked.at(-1)).toMatchObject({ method: 'DELETE', url: `${PATH}/pi` });
    expect(JSON.parse(server.asked.at(-1)!.body)).toMatchObject({ propagationPolicy: 'Background' });
    expect(cluster.jobs.size).toBe(0);
    await submitted();
    await stopJob(worldOf(), request, signal);
    expect(cluster.jobs.size).toBe(1); // Another job of the same name.
    // Nobody is let in by a list that was shortened in the meantime: asking again would help nobody.
    await stopJob(worldOf(''), request, signal);
  });
});
