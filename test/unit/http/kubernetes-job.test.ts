// Jobs of Kubernetes in the durable engine, on a virtual clock: asked for until they end, deleted when nobody waits.
import { expect, test } from 'vitest';
import type { HttpWorld } from '../../../core/world.ts';
import { jobOf, type Kubernetes, kubernetes } from '../../support/kubernetes.ts';
import { type MemoryWorld, memoryWorld } from '../../support/memory-world.ts';

function worldWithCluster(): { world: MemoryWorld; cluster: Kubernetes; asked: string[] } {
  const cluster = kubernetes();
  const asked: string[] = [];
  const http: HttpWorld = {
    endpoints: {
      async send({ method, url, body = '' }) {
        asked.push(method);
        const { status, type, body: text } = cluster.answerTo({ method, url, body });
        return { status, statusText: '', headers: [['Content-Type', type]], body: Buffer.from(text) };
      },
    },
    connections: { find: () => Promise.reject(new Error('Nobody asks for connections')) },
    tokens: new Map(),
  };
  const world = Object.assign(memoryWorld(), { http });
  world.crash(); // The process that works from now on has the endpoints, too.
  return { world, cluster, asked };
}

const machine = (more: object = {}) => ({
  StartAt: 'Run',
  States: {
    Run: {
      Type: 'Task',
      Resource: 'arn:aws:states:::eks:runJob.sync',
      Parameters: {
        ClusterName: 'cluster',
        CertificateAuthority: 'ca',
        Endpoint: 'https://0a1b.gr7.us-east-1.eks.amazonaws.com',
        LogOptions: { RetrieveLogs: true },
        Job: jobOf('pi', 'pi-20'),
      },
      ResultSelector: { 'status.$': '$.status', 'logs.$': '$.logs..pi' },
      End: true,
      ...more,
    },
  },
});

test('AWS’s sample: the job’s status and what its pods printed are the result', async () => {
  const { world, cluster } = worldWithCluster();
  const creation = await world.start(machine());
  await world.pass(40_000);
  cluster.logs['pi-pod/pi-20'] = '{ "pi": 3.14 }\n';
  cluster.jobs.get('default/pi')!.end = 'Complete';
  await world.settle();
  const { status, output, events } = await world.outcomeOf(creation);
  expect({ status, output }).toEqual({
    status: 'SUCCEEDED',
    output: { status: { conditions: [{ type: 'Complete', status: 'True' }] }, logs: [3.14] },
  });
  expect(events.map(({ type }) => type).slice(2, 6)).toEqual([
    'TaskScheduled',
    'TaskStarted',
    'TaskSubmitted',
    'TaskSucceeded',
  ]);
});

test.each([
  ['the execution is stopped', {}, 'ABORTED'],
  ['the task has taken too long', { TimeoutSeconds: 60 }, 'FAILED'],
])('when %s, the job is deleted, also where the cluster is in trouble at first', async (_when, more, status) => {
  const { world, cluster, asked } = worldWithCluster();
  const creation = await world.start(machine(more));
  await world.pass(50_000);
  cluster.trouble = 500;
  if (status === 'ABORTED') await world.api('StopExecution', { executionArn: creation.executionArn });
  await world.pass(15_000);
  expect(cluster.jobs.size).toBe(1);
  cluster.trouble = undefined;
  await world.settle();
  expect(await world.outcomeOf(creation)).toMatchObject({ status });
  expect(cluster.jobs.size).toBe(0);
  expect(asked.filter((method) => method === 'DELETE').length).toBeGreaterThan(1);
});
