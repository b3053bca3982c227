// A cluster and the whole local server: jobs and requests over TLS, with a token of the server's own credentials.
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { CERTIFICATE } from '../support/certificate.ts';
import { jobOf, kubernetes } from '../support/kubernetes.ts';
import { type WebServer, webServer } from '../support/web-server.ts';
import { createMachine, type Laptop, openLaptop, runToEnd } from './local-server.ts';

const cluster = kubernetes();
let server: WebServer;
let laptop: Laptop;

beforeAll(async () => {
  server = await webServer((request, response) => {
    const { status, type, body } = cluster.answerTo(request);
    response.writeHead(status, { 'Content-Type': type }).end(body);
    // A job is done as soon as it was looked at.
    for (const job of cluster.jobs.values()) if (request.method === 'GET') job.end = 'Complete';
  }, CERTIFICATE);
});
afterAll(() => server.close());
afterEach(async () => {
  vi.unstubAllEnvs();
  await laptop.close();
});

function machine(): object {
  const place = {
    ClusterName: 'cluster',
    CertificateAuthority: Buffer.from(CERTIFICATE.cert).toString('base64'),
    Endpoint: `https://localhost:${server.port}`,
  };
  const pods = {
    Method: 'GET',
    Path: '/api/v1/namespaces/default/pods',
    QueryParameters: { labelSelector: ['job-name=pi'] },
  };
  const task = (action: string, parameters: object, rest: object) => ({
    Type: 'Task',
    Resource: `arn:aws:states:::eks:${action}`,
    Parameters: { ...place, ...parameters },
    ...rest,
  });
  return {
    StartAt: 'Run',
    States: {
      Run: task(
        'runJob.sync',
        { Job: jobOf('pi', 'c'), LogOptions: { RetrieveLogs: true } },
        { ResultPath: '$.job', Next: 'Look' },
      ),
      Look: task('call', pods, { ResultPath: '$.pods', End: true }),
    },
  };
}

test('a job runs in the cluster, and its pods are asked for', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL_EKS', 'http://127.0.0.1:1');
  laptop = await openLaptop();
  cluster.logs['pi-pod/c'] = '{"pi":3}';
  const ended = await runToEnd(laptop.client, await createMachine(laptop.client, 'jobs', machine()), {});
  expect(ended.status).toBe('SUCCEEDED');
  expect(JSON.parse(ended.output!)).toMatchObject({
    job: {
      status: { conditions: [{ type: 'Complete' }] },
      logs: { pods: { 'pi-pod': { containers: { c: { log: { pi: 3 } } } } } },
    },
    pods: { StatusCode: 200, ResponseBody: { items: [{ metadata: { name: 'pi-pod' } }] } },
  });
  expect(server.asked.every(({ headers }) => headers.authorization?.startsWith('Bearer k8s-aws-v1.'))).toBe(true);
});

test('a server that was told of no AWS says what it needs to make a token', async () => {
  for (const name of ['AWS_PROFILE', 'AWS_ACCESS_KEY_ID', 'AWS_ENDPOINT_URL']) vi.stubEnv(name, undefined);
  laptop = await openLaptop();
  const ended = await runToEnd(laptop.client, await createMachine(laptop.client, 'jobs', machine()), {});
  expect(ended).toMatchObject({
    status: 'FAILED',
    error: 'EKS.SdkClientException',
    cause: expect.stringContaining('Start it with AWS_ENDPOINT_URL'),
  });
});
