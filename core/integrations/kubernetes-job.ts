// `eks:runJob`: a Job of Kubernetes (batch/v1). With `.sync` its own conditions tell how it ended, and the result is the Job
// as the cluster describes it, with the logs of its containers where the task asks for them.
import type { Call, CallOutcome } from '../engine/call.ts';
import { StatesError } from '../errors.ts';
import { isObject, type Json, type JsonObject, parseJson, printJson } from '../expr/json.ts';
import { type HttpAnswer, HttpTrouble, type Roles } from '../ports.ts';
import { rolesOf } from './aws-sdk.ts';
import { bodyOf, isSuccess, textOf, withoutAnswer } from './http-answer.ts';
import { ask, outcomeOf, parametersOf, type Reaching, SOCKET_ERROR, troubleOf } from './kubernetes.ts';
import type { Caller } from './states.ts';

/** `absent`: the cluster has no such job. `missed`: it did not say. */
export type KubernetesJobAnswer = CallOutcome | 'running' | 'missed' | 'absent';

/** What a job is asked for and stopped with. */
interface Asking {
  world: Reaching;
  /** What `kubernetesHandle` kept. */
  handle: JsonObject;
  roles: Roles;
  signal: AbortSignal;
}

export async function runKubernetesJob(
  world: Reaching,
  call: Call,
  caller: Caller,
  signal: AbortSignal,
): Promise<CallOutcome> {
  return await outcomeOf(async () => {
    const parameters = parametersOf(call);
    const request = { method: 'POST', path: jobsPath(parameters.Namespace), body: parameters.Job };
    return await ask(world, parameters, request, rolesOf(call, caller), signal);
  });
}

/** The cluster, the job's name, and what is to be done with its logs. */
export function kubernetesHandle(
  { ResponseBody }: JsonObject,
  { ClusterName = null, CertificateAuthority = null, Endpoint = null, Namespace = null, LogOptions }: JsonObject,
): JsonObject {
  const Name = at(ResponseBody, 'metadata', 'name') ?? null;
  const Uid = at(ResponseBody, 'metadata', 'uid') ?? null;
  const logs = isObject(LogOptions) && LogOptions.RetrieveLogs === true ? { LogOptions } : {};
  return { ClusterName, CertificateAuthority, Endpoint, Namespace, Name, Uid, ...logs };
}

export async function askForKubernetesJob(asking: Asking): Promise<KubernetesJobAnswer> {
  try {
    const answer = await send(asking, 'GET', jobPath(asking.handle));
    if (answer.status === 404) return 'absent';
    if (isPassing(answer)) return 'missed';
    if (!isSuccess(answer)) return await outcomeOf(async () => answer);
    const job = bodyOf(answer, textOf(answer));
    const end = endOf(job);
    if (end === undefined || !isObject(job)) return 'running';
    const output = printJson(asking.handle.LogOptions === undefined ? job : { ...job, logs: await logsOf(asking) });
    return end === 'Complete'
      ? { kind: 'succeeded', output }
      : { kind: 'failed', error: 'States.TaskFailed', cause: output };
  } catch (trouble) {
    if (trouble instanceof HttpTrouble && trouble.kind === 'socket') return 'missed';
    return withoutAnswer(trouble, 'eks', SOCKET_ERROR);
  }
}

/** Deletes the job and its pods, but no later one of its name. Throws on passing trouble; who may not delete it will not be let in later either. */
export async function stopKubernetesJob(asking: Asking): Promise<void> {
  try {
    const { world, handle, roles, signal } = asking;
    const body = { propagationPolicy: 'Background', preconditions: { uid: handle.Uid ?? null } };
    const answer = await ask(world, handle, { method: 'DELETE', path: jobPath(handle), body }, roles, signal);
    if (isPassing(answer))
      throw new HttpTrouble('socket', `The cluster answered ${answer.status} ${answer.statusText}`);
  } catch (trouble) {
    if (trouble instanceof HttpTrouble ? trouble.kind === 'socket' : !(trouble instanceof StatesError)) throw trouble;
  }
}

async function send(
  { world, handle, roles, signal }: Asking,
  method: string,
  path: string,
  query?: Json,
): Promise<HttpAnswer> {
  return await ask(world, handle, { method, path, query }, roles, signal);
}

/** Trouble that goes by: the job may be as well as ever. */
function isPassing({ status }: HttpAnswer): boolean {
  return status === 429 || status >= 500;
}

function endOf(job: Json): 'Complete' | 'Failed' | undefined {
  const conditions = at(job, 'status', 'conditions');
  const holds = (type: string) => (each: Json) => isObject(each) && each.type === type && each.status === 'True';
  if (!Array.isArray(conditions)) return undefined;
  return (['Complete', 'Failed'] as const).find((type) => conditions.some(holds(type)));
}

/** By pod and container; what could not be read says why instead. */
async function logsOf(asking: Asking): Promise<Json> {
  try {
    const selector = `job-name=${asking.handle.Name}`;
    const answer = await send(asking, 'GET', podsPath(asking.handle), { labelSelector: [selector] });
    if (!isSuccess(answer)) return refusalOf(answer);
    const pods = at(bodyOf(answer, textOf(answer)), 'items');
    const entries = (Array.isArray(pods) ? pods : []).map(async (pod) => {
      const name = String(at(pod, 'metadata', 'name'));
      return [name, { containers: await containerLogs(asking, name, at(pod, 'spec', 'containers')) }] as const;
    });
    return { pods: Object.fromEntries(await Promise.all(entries)) };
  } catch (trouble) {
    return troubleOf(trouble);
  }
}

async function containerLogs(asking: Asking, pod: string, containers: Json | undefined): Promise<JsonObject> {
  const names = (Array.isArray(containers) ? containers : []).map((each) => String(at(each, 'name')));
  const entries = names.map(async (name) => [name, await containerLog(asking, pod, name)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

async function containerLog(asking: Asking, pod: string, container: string): Promise<JsonObject> {
  const { LogOptions } = asking.handle;
  const { RawLogs, LogParameters } = isObject(LogOptions) ? LogOptions : {};
  try {
    const query = { ...(isObject(LogParameters) ? LogParameters : {}), container: [container] };
    const answer = await send(asking, 'GET', `${podsPath(asking.handle)}/${encodeURIComponent(pod)}/log`, query);
    if (!isSuccess(answer)) return refusalOf(answer);
    const text = textOf(answer);
    return { log: RawLogs === true ? text : parsed(text) };
  } catch (trouble) {
    return troubleOf(trouble);
  }
}

function refusalOf(answer: HttpAnswer): JsonObject {
  return { error: `EKS.${answer.status}`, cause: textOf(answer) };
}

function parsed(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

function jobsPath(namespace: Json | undefined): string {
  return `/apis/batch/v1/namespaces/${namespaceOf(namespace)}/jobs`;
}

function jobPath({ Namespace, Name }: JsonObject): string {
  return `${jobsPath(Namespace)}/${encodeURIComponent(String(Name))}`;
}

function podsPath({ Namespace }: JsonObject): string {
  return `/api/v1/namespaces/${namespaceOf(Namespace)}/pods`;
}

function namespaceOf(namespace: Json | undefined): string {
  return encodeURIComponent(typeof namespace === 'string' ? namespace : 'default');
}

function at(value: Json | undefined, ...path: string[]): Json | undefined {
  let found = value;
  for (const name of path) found = isObject(found) ? found[name] : undefined;
  return found;
}
