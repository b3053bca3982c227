// Those who use the API: they start, answer, stop, redrive, read. Each asks until it gets an answer that says something
// for certain, as a careful client does, and tells what an accepted call has promised and does not hold.
import type { HistoryEvent } from '../../core/execution.ts';
import type { Chance } from './chance.ts';
import type { LogWatch } from './log-watch.ts';
import type { Scheduler } from './scheduler.ts';
import type { Behaviour } from './workflow.ts';
import type { SimulatedWorld } from './world.ts';

export interface Clients {
  /** Those that have not got their answer. */
  readonly busy: number;
  /** Executions that somebody has stopped, and that nobody was allowed to redrive since. */
  readonly stopped: Set<string>;
  /** Executions that they were told have begun, by name. */
  readonly begun: ReadonlySet<string>;
  readonly violations: string[];
  create(name: string, definition: object): Promise<string>;
  createActivity(name: string): Promise<string>;
  /** Gives the machine another definition; executions that have begun keep theirs. */
  update(stateMachineArn: string, definition: object, after: number, then: () => void): void;
  /** Deletes the machine; executions that have begun go on, and no other begins. */
  remove(stateMachineArn: string, after: number): void;
  /** A worker of an activity: takes one task if there is one, and answers it or dies. */
  work(activityArn: string, answerOf: (input: Record<string, string>) => [output: string, Behaviour]): void;
  start(stateMachineArn: string, name: string, input: object): void;
  answer(token: string, output: string, behaviour: Behaviour): void;
  stop(executionArn: string, after: number): void;
  redrive(executionArn: string, after: number): void;
  read(executionArn: string, after: number): void;
}

type Answer = { status: number; value: Record<string, unknown> };

/** `isPunctual`: whoever holds a task token answers at once, so that no call is made again for want of an answer. */
export function clientsOf(
  scheduler: Scheduler,
  chance: Chance,
  world: SimulatedWorld,
  watch: LogWatch,
  isPunctual: boolean,
): Clients {
  const violations: string[] = [];
  const stopped = new Set<string>();
  const accepted = new Map<string, number>();
  const taken = new Set<string>();
  const begun = new Set<string>();
  let isRemoved = false;
  let busy = 0;

  function client(name: string, work: (sleep: (ms: number) => Promise<void>) => Promise<void>): void {
    busy++;
    void scheduler.spawn(`client ${name}`, Number.POSITIVE_INFINITY, async () => {
      const clock = scheduler.clock();
      await work((ms) => clock.until(scheduler.now + ms, new AbortController().signal));
      busy--;
    });
  }

  /** Asks once; undefined when there is no telling what came of it. */
  async function ask(action: string, body: object): Promise<Answer | undefined> {
    const response = await world.request(action, body);
    const value = JSON.parse(response?.body || '{}');
    scheduler.note(
      `client ${action} ${response === undefined ? 'no answer' : `${response.status} ${value.__type ?? ''}`}`,
    );
    return response === undefined || response.status >= 500 ? undefined : { status: response.status, value };
  }

  /** Whether the answer is that the machine is not there any more, as it may be. */
  function isRefused({ __type: code }: Answer['value']): boolean {
    return isRemoved && (code === 'StateMachineDeleting' || code === 'StateMachineDoesNotExist');
  }

  async function insist(sleep: (ms: number) => Promise<void>, action: string, body: object): Promise<Answer> {
    for (;;) {
      const answer = await ask(action, body);
      if (answer !== undefined) return answer;
      await sleep(chance.int(10, 5_000));
    }
  }

  /** The holder of a task token answers when it likes. */
  function answerToken(taskToken: string, output: string, { callback }: Behaviour, delays: number[]): void {
    if (callback === undefined || callback.answer === 'none') return;
    const [action, body] =
      callback.answer === 'success'
        ? ['SendTaskSuccess', { taskToken, output: JSON.stringify(output) }]
        : ['SendTaskFailure', { taskToken, error: 'CallbackError', cause: output }];
    for (let times = callback.twice ? 2 : 1; times > 0; times--)
      client('answers', async (sleep) => {
        // Where work is counted there are many, and none in the moment when a timer fires: which is first would be luck.
        for (let beats = isPunctual ? 4 * callback.beats : callback.beats; beats > 0; beats--) {
          await sleep(isPunctual ? 9_000 : 10_000);
          const { status, value } = await insist(sleep, 'SendTaskHeartbeat', { taskToken });
          if (status !== 200 && value.__type !== 'TaskTimedOut') violations.push(`Heartbeat: ${JSON.stringify(value)}`);
        }
        await sleep(isPunctual ? 0 : callback.beats > 0 ? 5_000 : chance.pick(delays));
        const { status, value } = await insist(sleep, action as string, body as object);
        const text = callback.answer === 'success' ? JSON.stringify(output) : output;
        if (status === 200) {
          accepted.set(taskToken, (accepted.get(taskToken) ?? 0) + 1);
          accepted.set(text, (accepted.get(text) ?? 0) + 1);
          if (watch.answersLike(text) < (accepted.get(text) ?? 0))
            violations.push(`${action} was accepted, and no log holds the answer`);
        } else if (value.__type !== 'TaskTimedOut') violations.push(`${action}: ${JSON.stringify(value)}`);
        if ((accepted.get(taskToken) ?? 0) > 1) violations.push(`${action}: two answers to one token were accepted`);
      });
  }

  function redrive(executionArn: string, after: number): void {
    client('redrives', async (sleep) => {
      await sleep(after);
      const clientToken = `token${chance.int(1, 1_000_000)}`;
      const before = watch.headOf(executionArn)?.redriveCount ?? 0;
      const { status, value } = await insist(sleep, 'RedriveExecution', { executionArn, clientToken });
      if (status === 200 && (watch.headOf(executionArn)?.redriveCount ?? 0) <= before)
        violations.push('RedriveExecution was accepted, and the execution was not redriven');
      if (status !== 200 && !['ExecutionDoesNotExist', 'ExecutionNotRedrivable'].includes(String(value.__type)))
        violations.push(`Redrive: ${JSON.stringify(value)}`);
    });
  }

  return {
    get busy() {
      return busy;
    },
    stopped,
    begun,
    violations,
    async create(name, definition) {
      const body = {
        name,
        definition: JSON.stringify(definition),
        roleArn: 'arn:aws:iam::123456789012:role/r',
      };
      const response = await world.request('CreateStateMachine', body);
      const value = JSON.parse(response?.body ?? '{}');
      if (response?.status !== 200) throw new Error(`${value.message}\n${body.definition}`);
      return value.stateMachineArn;
    },
    async createActivity(name) {
      const response = await world.request('CreateActivity', { name });
      return JSON.parse(response?.body ?? '{}').activityArn;
    },
    update(stateMachineArn, definition, after, then) {
      client('updates', async (sleep) => {
        await sleep(after);
        const body = { stateMachineArn, definition: JSON.stringify(definition) };
        const { status, value } = await insist(sleep, 'UpdateStateMachine', body);
        if (isRefused(value)) return;
        if (status !== 200) violations.push(`Update: ${JSON.stringify(value)}`);
        const described = await insist(sleep, 'DescribeStateMachine', { stateMachineArn });
        if (!isRefused(described.value) && described.value.definition !== body.definition)
          violations.push('UpdateStateMachine was accepted, and the definition is the old one');
        then();
      });
    },
    remove(stateMachineArn, after) {
      client('deletes', async (sleep) => {
        await sleep(after);
        isRemoved = true;
        const { status, value } = await insist(sleep, 'DeleteStateMachine', { stateMachineArn });
        if (status !== 200) violations.push(`Delete: ${JSON.stringify(value)}`);
        const { status: late } = await insist(sleep, 'StartExecution', { stateMachineArn, name: 'late' });
        if (late === 200) violations.push('DeleteStateMachine was accepted, and an execution began');
      });
    },
    work(activityArn, answerOf) {
      client('works', async () => {
        const answer = await ask('GetActivityTask', { activityArn, workerName: 'worker' });
        const taskToken = answer?.value.taskToken as string | undefined;
        if (taskToken === undefined) return;
        if (taken.has(taskToken)) violations.push('GetActivityTask: two workers were given one task');
        taken.add(taskToken);
        if (!scheduler.strikes('desert'))
          answerToken(taskToken, ...answerOf(JSON.parse(String(answer?.value.input))), [0, 0, 1_000, 9_000]);
      });
    },
    start(stateMachineArn, name, input) {
      client('starts', async (sleep) => {
        const { status, value } = await insist(sleep, 'StartExecution', {
          stateMachineArn,
          name,
          input: JSON.stringify(input),
        });
        if (isRefused(value)) return;
        begun.add(name);
        // It may have begun by an earlier request, and be over by now.
        if (status !== 200 && value.__type !== 'ExecutionAlreadyExists')
          violations.push(`Start: ${JSON.stringify(value)}`);
      });
    },
    answer: (token, output, behaviour) => answerToken(token, output, behaviour, [0, 0, 1_000, 100_000]),
    stop(executionArn, after) {
      client('stops', async (sleep) => {
        await sleep(after);
        stopped.add(executionArn);
        const before = watch.headOf(executionArn)?.redriveCount ?? 0;
        const { status, value } = await insist(sleep, 'StopExecution', { executionArn });
        const head = watch.headOf(executionArn);
        if (status === 200 && (head === undefined || (head.status === 'RUNNING' && head.redriveCount === before)))
          violations.push('StopExecution was accepted, and the execution runs');
        // Who stops it by mistake has it go on at once.
        if (status === 200 && chance.hits(0.5)) redrive(executionArn, chance.pick([0, 100, 2_000]));
        if (status !== 200 && value.__type !== 'ExecutionDoesNotExist')
          violations.push(`Stop: ${JSON.stringify(value)}`);
      });
    },
    redrive,
    read(executionArn, after) {
      client('reads', async (sleep) => {
        await sleep(after);
        let earlier: HistoryEvent[] = [];
        for (let times = chance.int(1, 4); times > 0; times--) {
          const events: HistoryEvent[] = [];
          for (let nextToken: unknown, page = 0; page === 0 || nextToken !== undefined; page++) {
            const body = {
              executionArn,
              maxResults: chance.pick([1, 3, 10, 1_000]),
              ...(nextToken ? { nextToken } : {}),
            };
            const { status, value } = await insist(sleep, 'GetExecutionHistory', body);
            if (status !== 200) return;
            events.push(...(value.events as HistoryEvent[]));
            nextToken = value.nextToken;
          }
          const isPrefix = earlier.every((event, i) => JSON.stringify(event) === JSON.stringify(events[i]));
          if (!isPrefix) violations.push('GetExecutionHistory: an answer is no prefix of a later one');
          earlier = events;
          await sleep(chance.pick([0, 1_000, 100_000]));
        }
      });
    },
  };
}
