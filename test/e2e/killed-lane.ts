// One server that is killed again and again, each time at another kind of moment, and what it has acknowledged until then.
import { setTimeout as pause } from 'node:timers/promises';
import type { LocalProcess } from '../support/local-process.ts';
import { INPUT, type Journal, SHAPES, type Workplace } from './killed-work.ts';

/** When the server is killed: each is made sure of, and not hoped for. */
export const MOMENTS = [
  'inside calls',
  'with results on their way',
  'in the middle of starts',
  'in the middle of answers',
  'in the middle of stops',
  'at boot',
] as const;
export type Moment = (typeof MOMENTS)[number];

const ROLE = 'arn:aws:iam::123456789012:role/kill';
/** Executions that each boot begins, of all shapes in turn. */
const STARTS_PER_BOOT = 4;
/** What has to be there for these moments. */
const NEEDED: Partial<Record<Moment, string>> = {
  'in the middle of answers': 'asked',
  'in the middle of stops': 'stopped',
};

export class Lane {
  /** Names of executions: of those asked for, their shapes; of those acknowledged, their ARNs. */
  readonly wanted = new Map<string, string>();
  readonly accepted = new Map<string, string>();
  readonly stopped = new Set<string>();
  /** The first answer to each that was acknowledged. */
  readonly answers = new Map<string, string>();
  /** Calls that a kill has cut off, each `execution step attempt`. */
  readonly cutOff = new Set<string>();
  readonly machines = new Map<string, string>();
  readonly #work: Workplace;
  readonly #boot: () => Promise<LocalProcess>;
  /** Tokens that need no answer any more. */
  readonly #answered = new Set<string>();
  #server: LocalProcess | undefined;

  constructor(work: Workplace, boot: () => Promise<LocalProcess>) {
    this.#work = work;
    this.#boot = boot;
  }

  async open(): Promise<void> {
    this.#server = await this.#boot();
    for (const [name, { definition }] of Object.entries(SHAPES)) {
      const machine = { name, definition: JSON.stringify(definition), roleArn: ROLE };
      this.machines.set(name, String((await this.api('CreateStateMachine', machine)).stateMachineArn));
    }
  }

  async close(): Promise<void> {
    await this.#server?.kill();
  }

  async api(action: string, body: object): Promise<Record<string, unknown>> {
    if (this.#server === undefined) throw new Error('There is no server');
    return await this.#server.api(action, body);
  }

  /** Kills the server at such a moment, and starts it again. `calls`: how many calls more it waits for. */
  async kill(moment: Moment, calls: number): Promise<void> {
    const shapes = Object.keys(SHAPES);
    for (let i = 0; i < STARTS_PER_BOOT; i++) this.#want(shapes[this.wanted.size % shapes.length] ?? '');
    const needed = NEEDED[moment];
    if (needed !== undefined) this.#want(needed);
    await this.#reach(moment, calls);
    await this.close();
    const { began, ended } = this.#work.read();
    for (const call of began) if (!ended.has(call)) this.cutOff.add(call);
    this.#work.release();
    this.#server = await this.#boot();
  }

  /** What clients do that were never answered: they ask again. */
  async askAgain(): Promise<void> {
    await Promise.all(this.#starts());
    await Promise.all([...this.#stops(), ...this.#answers()]);
  }

  #want(shape: string): void {
    this.wanted.set(`order-${this.wanted.size}`, shape);
  }

  async #reach(moment: Moment, calls: number): Promise<void> {
    if (moment === 'at boot') return;
    if (moment === 'in the middle of starts') return await inTheMiddle(this.#starts());
    const before = this.#work.read();
    if (moment === 'inside calls') this.#work.hold();
    await Promise.all(this.#starts());
    switch (moment) {
      case 'in the middle of stops':
        return await inTheMiddle(this.#stops());
      case 'in the middle of answers':
        await this.#until(({ tokens }) => tokens.some(([, token]) => !this.#answered.has(token)));
        return await inTheMiddle(this.#answers());
      case 'with results on their way':
        return await this.#until(({ ended }) => ended.size >= before.ended.size + calls);
      default:
        return await this.#until(({ began }) => began.length >= before.began.length + calls);
    }
  }

  async #until(isReached: (journal: Journal) => boolean): Promise<void> {
    while (!isReached(this.#work.read())) await pause(5);
  }

  #starts(): Promise<unknown>[] {
    const open = [...this.wanted].filter(([name]) => !this.accepted.has(name));
    return open.map(async ([name, shape]) => {
      const request = { stateMachineArn: this.machines.get(shape), name, input: INPUT };
      this.accepted.set(name, String((await this.api('StartExecution', request)).executionArn));
    });
  }

  #stops(): Promise<unknown>[] {
    const open = [...this.accepted].filter(([name]) => this.wanted.get(name) === 'stopped' && !this.stopped.has(name));
    return open.map(async ([name, executionArn]) => {
      await this.api('StopExecution', { executionArn });
      this.stopped.add(name);
    });
  }

  #answers(): Promise<unknown>[] {
    const open = this.#work.read().tokens.filter(([, token]) => !this.#answered.has(token));
    return open.map(async ([name, taskToken], index) => {
      const answer = `${name}, answer ${this.#answered.size + index}`;
      try {
        await this.api('SendTaskSuccess', { taskToken, output: JSON.stringify(answer) });
        if (!this.answers.has(name)) this.answers.set(name, answer);
      } catch (error) {
        // It was answered before, and the server died with its acknowledgement; or its attempt is over.
        if ((error as Error).name !== 'TaskTimedOut') throw error;
      }
      this.#answered.add(taskToken);
    });
  }
}

/** Until one of these requests is answered; the others are under way. */
async function inTheMiddle(requests: Promise<unknown>[]): Promise<void> {
  for (const request of requests) request.catch(() => {});
  await Promise.race(requests);
}
