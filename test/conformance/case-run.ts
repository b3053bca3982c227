// One case while it runs: its placeholders, its deadline, its calls, waiting, and tidying away what it made.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json, JsonObject } from '../../core/expr/json.ts';
import { isNumber, isObject, parseJson, toNumber } from '../../core/expr/json.ts';
import type { Case, Step } from './case.ts';
import type { Send } from './client.ts';
import { call } from './client.ts';
import { Judge } from './judge.ts';
import type { Place } from './placeholders.ts';
import { Placeholders } from './placeholders.ts';
import { spacedJson } from './spaced-json.ts';

export interface Options {
  send: Send;
  place: Place;
  /** Seconds a case may take; a literal Wait in its definition is added. */
  timeoutSeconds: number;
}

/** The case cannot be judged here. */
export class Skip extends Error {}
/** The case failed before anything could be compared. */
export class Fail extends Error {}

const TERMINAL: ReadonlySet<Json | undefined> = new Set(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']);
const POLL_MS = { first: 10, most: 250, growth: 1.5 };
const LONGEST_WAIT_SECONDS = 120;

export class CaseRun {
  readonly names: Placeholders;
  readonly judge: Judge;
  /** Set when the case is over: what still runs in the background stops. */
  over = false;
  /** What went wrong beside the execution. */
  trouble: string | undefined;
  readonly #options: Options;
  readonly #deadline: number;
  readonly #undo = new Map<string, () => Promise<unknown>>();

  constructor(one: Case, options: Options) {
    this.#options = options;
    this.names = new Placeholders(one, options.place, Date.now());
    this.judge = new Judge(this.names);
    const wait = longestWait(one.definition ?? null);
    const allowance = wait >= 10 && wait <= LONGEST_WAIT_SECONDS ? wait : 0;
    this.#deadline = Date.now() + (options.timeoutSeconds + allowance) * 1000;
  }

  get case(): Case {
    return this.names.case;
  }

  async call(action: string, body: JsonObject): Promise<JsonObject> {
    const answer = await call(this.#options.send, action, body, this.#leftMs() + 200);
    this.#remember(action, answer);
    return answer;
  }

  /** Asks again and again, ever more slowly, until `ask` gives something; undefined when the time is over. */
  async poll<T>(ask: () => Promise<T | undefined>, seconds = Number.POSITIVE_INFINITY): Promise<T | undefined> {
    const end = Math.min(this.#deadline, Date.now() + seconds * 1000);
    for (let pause = POLL_MS.first; ; pause = Math.min(pause * POLL_MS.growth, POLL_MS.most)) {
      const answer = await ask();
      if (answer !== undefined) return answer;
      if (Date.now() + pause >= end || this.over) return undefined;
      await sleep(pause);
    }
  }

  /** DescribeExecution once the execution has ended. */
  async ended(executionArn: string): Promise<JsonObject> {
    const answer = await this.poll(async () => {
      const description = await this.call('DescribeExecution', { executionArn });
      return TERMINAL.has(description.status) ? description : undefined;
    });
    if (answer !== undefined) return answer;
    const types = (await this.events(executionArn)).map(({ type }) => String(type));
    throw new Fail(
      `still running after ${this.#options.timeoutSeconds} s; last events: ${types.slice(-6).join(', ')}${
        this.trouble === undefined ? '' : `; ${this.trouble}`
      }`,
    );
  }

  async events(executionArn: string, reverseOrder = false): Promise<JsonObject[]> {
    const request = { executionArn, maxResults: 1000, ...(reverseOrder ? { reverseOrder } : {}) };
    // Polled past the case's deadline too, to say how far the execution came.
    const first = await call(this.#options.send, 'GetExecutionHistory', request, 5000);
    const { events } = await this.allPages('GetExecutionHistory', request, first);
    if (!Array.isArray(events)) throw new Fail('GetExecutionHistory: no list of events');
    return events as JsonObject[];
  }

  /** The answer with the lists of all further pages joined to its own. */
  async allPages(action: string, request: JsonObject, first: JsonObject): Promise<JsonObject> {
    const { nextToken, ...joined } = first;
    for (let token = nextToken; typeof token === 'string'; ) {
      const { nextToken: next, ...page } = await this.call(action, { ...request, nextToken: token });
      for (const [member, value] of Object.entries(page)) {
        const before = joined[member];
        joined[member] = Array.isArray(value) && Array.isArray(before) ? [...before, ...value] : value;
      }
      token = next;
    }
    return joined;
  }

  /** The exact text where it is given, else the value as the recording client printed it. */
  text(holder: JsonObject, field: string): string {
    const raw = holder[`${field}_raw`];
    if (typeof raw === 'string') return String(this.names.fill(raw, true));
    return spacedJson(this.names.fill(holder[field] ?? null, true));
  }

  /** A call of the case itself; other services are only names here. */
  async step({ service, op, params = {} }: Step): Promise<Json> {
    const request = this.names.fill(params) as JsonObject;
    if (service === 'stepfunctions') return this.call(op!, request);
    if (service !== 'logs') throw new Skip(`needs ${service}:${op}`);
    return this.#logs(op!, request);
  }

  /** Makes what the case needs before its own first call. */
  async prepare(): Promise<void> {
    const { setup = [], steps = [], needs = {}, kind } = this.case;
    const makes = [...setup, ...steps].filter(({ op }) => op === 'CreateStateMachine' || op === 'CreateActivity');
    const made = new Set(makes.map(({ params }) => params?.name));
    if (kind !== 'api') {
      for (const name of Object.keys(needs.activity ?? {}))
        if (!made.has(name) && name !== 'resources') await this.call('CreateActivity', { name });
      for (const [name, machine] of Object.entries(needs.state_machines ?? {}))
        if (!made.has(name) && isObject(machine)) await this.#makeMachine(name, machine as JsonObject);
    }
    for (const step of setup) if (step.call) this.names.answers.set(step.call, await this.step(step));
  }

  async tidy(): Promise<void> {
    this.over = true;
    // The newest first: an execution is stopped before its machine is deleted.
    for (const undo of [...this.#undo.values()].toReversed()) await undo().catch(() => undefined);
  }

  #makeMachine(name: string, machine: JsonObject): Promise<JsonObject> {
    const definition = machine.definition_raw ?? machine.definition ?? null;
    return this.call('CreateStateMachine', {
      name,
      roleArn: this.names.role('helper'),
      type: machine.type ?? 'STANDARD',
      definition:
        typeof definition === 'string' ? this.names.fill(definition) : spacedJson(this.names.fill(definition)),
    });
  }

  /** Log groups are only names to Step Functions. */
  #logs(op: string, { logGroupName, logGroupNamePrefix }: JsonObject): Json {
    if (op !== 'DescribeLogGroups') return {};
    const name = String(logGroupName ?? logGroupNamePrefix);
    const { partition, region, account } = this.#options.place;
    const arn = `arn:${partition}:logs:${region}:${account}:log-group:${name}`;
    return { logGroups: [{ logGroupName: name, arn: `${arn}:*`, logGroupArn: arn }] };
  }

  #remember(action: string, answer: JsonObject): void {
    const { executionArn, stateMachineArn, activityArn } = answer;
    const undo = (arn: Json | undefined, opposite: string, body: JsonObject) => {
      if (typeof arn === 'string') this.#undo.set(arn, () => call(this.#options.send, opposite, body, 5000));
    };
    if (action === 'CreateStateMachine')
      undo(stateMachineArn, 'DeleteStateMachine', { stateMachineArn: stateMachineArn! });
    if (action === 'CreateActivity') undo(activityArn, 'DeleteActivity', { activityArn: activityArn! });
    if (action === 'StartExecution' && !String(executionArn).includes(':express:'))
      undo(executionArn, 'StopExecution', { executionArn: executionArn! });
    if (action === 'DescribeExecution' && TERMINAL.has(answer.status)) this.#undo.delete(String(executionArn));
  }

  #leftMs(): number {
    const left = this.#deadline - Date.now();
    if (left <= 0) throw new Fail(`not done after ${this.#options.timeoutSeconds} s`);
    return left;
  }
}

/** A definition's longest literal Wait, in seconds. */
function longestWait(definition: Json): number {
  if (Array.isArray(definition)) return Math.max(0, ...definition.map(longestWait));
  if (typeof definition === 'string') return definition.startsWith('{') ? longestWait(parsedOrNull(definition)) : 0;
  if (!isObject(definition)) return 0;
  const { Type, Seconds } = definition as JsonObject;
  const own = Type === 'Wait' && isNumber(Seconds) ? toNumber(Seconds) : 0;
  return Math.max(own, ...Object.values(definition).map(longestWait));
}

function parsedOrNull(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}
