// The Kubernetes API of a cluster, as far as tasks use it: jobs that end when the test says so, their pods and logs.
import type { Asked } from './web-server.ts';

export interface Job {
  name: string;
  namespace: string;
  uid: string;
  body: Record<string, unknown>;
  /** `Complete` or `Failed`; absent as long as it runs. */
  end?: string;
}

export interface Answer {
  status: number;
  type: string;
  body: string;
}

export interface Kubernetes {
  jobs: Map<string, Job>;
  /** What containers have printed: `pod/container`. One that is absent has no log. */
  logs: Record<string, string>;
  /** Answered instead, while it is set. */
  trouble?: number | undefined;
  answerTo(request: Pick<Asked, 'method' | 'url' | 'body'>): Answer;
}

/** Every job has one pod, named after it, with the containers that its template names. */
export function kubernetes(): Kubernetes {
  const jobs = new Map<string, Job>();
  let created = 0;
  const cluster: Kubernetes = { jobs, logs: {}, answerTo };

  function answerTo({ method, url, body }: Pick<Asked, 'method' | 'url' | 'body'>): Answer {
    if (cluster.trouble !== undefined) return status(cluster.trouble, 'Trouble');
    const { pathname, searchParams } = new URL(url, 'https://cluster');
    const [, namespace = '', kind, name, part] =
      /^\/(?:api|apis\/batch)\/v1\/namespaces\/([^/]+)\/(\w+)(?:\/([^/]+))?(?:\/(\w+))?$/.exec(pathname) ?? [];
    if (kind === 'jobs' && method === 'POST') return create(namespace, body);
    const job = jobs.get(`${namespace}/${kind === 'jobs' ? name : nameIn(searchParams)}`);
    if (kind === 'pods' && part === 'log') return logOf(`${name}/${searchParams.get('container')}`);
    if (kind === 'pods') return json(200, { kind: 'PodList', items: job === undefined ? [] : [podOf(job)] });
    if (kind !== 'jobs' || job === undefined) return status(404, 'NotFound');
    if (method !== 'DELETE') return json(200, described(job));
    if (JSON.parse(body).preconditions.uid !== job.uid) return status(409, 'Conflict');
    jobs.delete(`${namespace}/${name}`);
    return json(200, described(job));
  }

  function create(namespace: string, text: string): Answer {
    const body = JSON.parse(text);
    const { name } = body.metadata;
    if (jobs.has(`${namespace}/${name}`)) return status(409, 'AlreadyExists');
    jobs.set(`${namespace}/${name}`, { name, namespace, uid: `uid-${++created}`, body });
    return json(201, described(jobs.get(`${namespace}/${name}`)!));
  }

  function logOf(place: string): Answer {
    const log = cluster.logs[place];
    return log === undefined ? status(404, 'NotFound') : { status: 200, type: 'text/plain', body: log };
  }

  return cluster;
}

/** Of a label selector: `job-name=example`. */
function nameIn(query: URLSearchParams): string {
  return query.get('labelSelector')?.replace('job-name=', '') ?? '';
}

function described({ name, namespace, uid, body, end }: Job): object {
  const conditions = end === undefined ? {} : { conditions: [{ type: end, status: 'True' }] };
  return {
    kind: 'Job',
    apiVersion: 'batch/v1',
    metadata: { name, namespace, uid },
    spec: body.spec,
    status: conditions,
  };
}

function podOf({ name, body }: Job): object {
  const { containers } = (body.spec as { template: { spec: { containers: object[] } } }).template.spec;
  return { metadata: { name: `${name}-pod` }, spec: { containers } };
}

function status(code: number, reason: string): Answer {
  return json(code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', message: reason, reason, code });
}

function json(code: number, body: object): Answer {
  return { status: code, type: 'application/json', body: JSON.stringify(body) };
}

/** A job of these containers. */
export function jobOf(name: string, ...containers: string[]): object {
  const template = { spec: { containers: containers.map((each) => ({ name: each, image: 'perl' })) } };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: { backoffLimit: 0, template } };
}
