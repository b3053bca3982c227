// Who does what next. Actors (workers, API requests, clients) wait at every request they make; the scheduler picks one
// of all that wait, lets it take effect, and goes on when nobody can move without it. So any two requests of any two
// actors can come in either order, an actor can die at each of its awaits, and one seed tells the whole story.
//
// A dead actor is one whose requests are never picked again: nothing it would have done later has an effect.
import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../core/ports.ts';
import { type Chance, chanceOf } from './chance.ts';
import { FAULTS, type FaultName, type Faults, JUMPS_MS, SimulatedTrouble } from './faults.ts';

export interface Actor {
  name: string;
  isAlive: boolean;
  /** How far its clock is off, in milliseconds. */
  skew: number;
  /** When its host ends it. */
  deadline: number;
  /** Faults happen to it. A client is the test itself: none do. */
  isMortal: boolean;
  die(): void;
}

interface Request {
  actor: Actor;
  name: string;
  /** A slow one does not take effect before. */
  at: number;
  act(): Promise<unknown>;
  resolve(value: unknown): void;
  reject(trouble: unknown): void;
}

interface Sleeper {
  actor: Actor;
  at: number;
  wake(): void;
}

/** Something that acts by itself when it is its turn: a queue that delivers. */
export interface Source {
  isReady(): boolean;
  act(): void;
  /** When it will be ready next. */
  nextAt(): number;
}

/** Requests that must not be made twice by whoever transports them. */
const ONCE = /^lambda\.|\.start/;
const OUTAGE_STEPS = 60;
const BEGINNING_STEPS = 60;
const WHILES_MS = [5_000, 60_000, 600_000];
const READS = /^(table\.(get|query|list)|payloads\.get)$/;
const BLACKOUT_MS = 3_600_000;
/** Less than the 30 seconds after which a worker counts as lost; what only announces may take longer. */
const SLOW_MS = [20, 500, 3_000, 20_000];
const SLOW_ANNOUNCEMENT_MS = [3_000, 100_000, 100_000];
/** Clocks of machines that are kept on time by NTP, and of some that are not. */
const SKEWS_MS = [0, 0, 40, -40, 1_500, -1_500, 5_000, -5_000];

export class Scheduler {
  now: number;
  steps = 0;
  /** How often each fault has happened. */
  readonly struck = new Map<string, number>();
  readonly sources: Source[] = [];
  readonly trace: string[] = [];
  /** Called when everything restarts, when a new version is deployed, and when somebody purges queues. */
  onRestart: () => void = () => {};
  onDeploy: () => void = () => {};
  onPurge: () => void = () => {};
  /** Called when nobody is at work. */
  onQuiet: () => void = () => {};
  readonly #chance: Chance;
  readonly #faults: Faults;
  /** Whether a crash takes all actors with it, because they share a process. */
  readonly #isOneProcess: boolean;
  readonly #actors = new Set<Actor>();
  readonly #current = new AsyncLocalStorage<Actor>();
  readonly #luck = new Map<FaultName, Chance>();
  readonly #seed: number;
  #requests: Request[] = [];
  #sleepers: Sleeper[] = [];
  #outageUntil = 0;
  #blackoutUntil = 0;
  #blindUntil = 0;
  #spoiledUntil = 0;
  #spoiled: 'definitions' | 'payloads' = 'payloads';
  #isCalm = false;

  constructor(chance: Chance, faults: Faults, start: number, isOneProcess: boolean) {
    this.#chance = chance;
    this.#seed = chance.int(0, 2 ** 31);
    this.#faults = faults;
    this.now = start;
    this.#isOneProcess = isOneProcess;
  }

  /** Whether this fault happens now. */
  strikes(fault: FaultName): boolean {
    const isStruck = this.#isEventful && this.luck(fault).hits(this.#faults[fault]);
    if (isStruck) this.struck.set(fault, (this.struck.get(fault) ?? 0) + 1);
    return isStruck;
  }

  /** Every fault has chance of its own, so that the others stay as they are when it is left out. */
  luck(fault: FaultName): Chance {
    let luck = this.#luck.get(fault);
    if (luck === undefined) {
      luck = chanceOf(this.#seed + 7_919 * (FAULTS.indexOf(fault) + 1));
      this.#luck.set(fault, luck);
    }
    return luck;
  }

  get #isEventful(): boolean {
    return !this.#isCalm && this.steps < this.#faults.steps;
  }

  note(line: string): void {
    this.trace.push(`${this.steps} +${this.now % 1_000_000_000} ${line}`);
  }

  liveActors(prefix: string): number {
    let live = 0;
    for (const { name } of this.#actors) if (name.startsWith(prefix)) live++;
    return live;
  }

  /** Whether nobody that could lose anything is at work. */
  get #isQuiet(): boolean {
    for (const { isMortal } of this.#actors) if (isMortal) return false;
    return this.#requests.length === 0;
  }

  /** Runs an actor; undefined when it dies before it is done. */
  spawn<T>(name: string, lifetimeMs: number, work: (actor: Actor) => Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const actor: Actor = {
        name,
        isAlive: true,
        skew: 0,
        deadline: this.now + lifetimeMs,
        isMortal: lifetimeMs !== Number.POSITIVE_INFINITY,
        die: () => {
          actor.isAlive = false;
          this.#actors.delete(actor);
          // What it has sent on its way may still arrive.
          this.#requests = this.#requests.filter((each) => each.actor !== actor || this.#outlives(each.name));
          this.#sleepers = this.#sleepers.filter((each) => each.actor !== actor);
          resolve(undefined);
        },
      };
      // Those who share a process share its clock.
      if (actor.isMortal && !this.#isOneProcess && this.strikes('skew')) actor.skew = this.luck('skew').pick(SKEWS_MS);
      this.#actors.add(actor);
      this.#current
        .run(actor, () => work(actor))
        .then((value) => {
          this.#actors.delete(actor);
          resolve(value);
        }, reject);
    });
  }

  /** Who asks: whatever is done is done within an actor. */
  get actor(): Actor {
    return this.#current.getStore()!;
  }

  /** The port as actors see it: every call is a request that waits for its turn. */
  port<T extends object>(name: string, inside: T): T {
    const members = Object.entries(inside).map(([member, act]) => {
      if (typeof act !== 'function') return [member, act];
      return [member, (...args: unknown[]) => this.request(`${name}.${member}`, () => act(...args))];
    });
    return Object.fromEntries(members) as T;
  }

  request<T>(name: string, act: () => Promise<T>): Promise<T> {
    const { actor } = this;
    return new Promise<T>((resolve, reject) => {
      if (!actor.isAlive) return;
      const at = this.now + (actor.isMortal ? this.#delayOf(name) : 0);
      this.#requests.push({ actor, name, at, act, resolve: resolve as (value: unknown) => void, reject });
    });
  }

  /** What only announces is slow more often: whoever comes too late with it must not undo what came after. */
  #delayOf(name: string): number {
    const isAnnouncement = name === 'table.update';
    for (let chances = isAnnouncement ? 10 : 1; chances > 0; chances--)
      if (this.strikes('slow')) return this.luck('slow').pick(isAnnouncement ? SLOW_ANNOUNCEMENT_MS : SLOW_MS);
    return 0;
  }

  #outlives(name: string): boolean {
    if (this.#isOneProcess) return false;
    return this.strikes('ghost') || (name === 'table.update' && this.strikes('ghost'));
  }

  /** Everybody's own. */
  clock(): Clock {
    return {
      now: () => {
        const { actor } = this;
        // Computing takes time, too.
        if (actor.isMortal && this.strikes('jump')) this.now += this.luck('jump').int(1, 300);
        return this.now + actor.skew;
      },
      until: (time, signal) => {
        const { actor } = this;
        const at = time - actor.skew;
        if (at <= this.now || signal.aborted) return Promise.resolve();
        return new Promise((resolve) => {
          const sleeper = { actor, at, wake };
          if (actor.isAlive) this.#sleepers.push(sleeper);
          signal.addEventListener('abort', wake);
          const awake = () => {
            this.#sleepers = this.#sleepers.filter((each) => each !== sleeper);
          };
          function wake() {
            awake();
            signal.removeEventListener('abort', wake);
            resolve();
          }
        });
      },
    };
  }

  /** Lets everybody work without faults until this is done. */
  async calmly<T>(work: () => Promise<T>): Promise<T> {
    let isDone = false;
    this.#isCalm = true;
    const done = work().finally(() => {
      isDone = true;
      this.#isCalm = false;
    });
    while (!isDone) await this.step();
    return await done;
  }

  /** One thing happens. False when nothing can happen any more. */
  async step(): Promise<boolean> {
    await setImmediate();
    this.steps++;
    if (this.strikes('jump')) return this.#advanceTo(this.now + this.luck('jump').pick(JUMPS_MS));
    if (this.strikes('restart')) return this.#restart();
    if (this.strikes('deploy')) return this.#deploy();
    if (this.strikes('outage')) this.#outageUntil = this.steps + OUTAGE_STEPS;
    // More often in the beginning, when the queue holds what nothing else knows of.
    for (let chances = this.steps < BEGINNING_STEPS ? 10 : 1; chances > 0; chances--)
      if (this.strikes('purge')) this.onPurge();
    if (this.strikes('blind')) this.#blindUntil = this.now + this.luck('blind').pick(WHILES_MS);
    if (this.strikes('spoil')) {
      this.#spoiled = this.luck('spoil').pick(['definitions', 'payloads']);
      this.#spoiledUntil = this.now + this.luck('spoil').pick(WHILES_MS);
      this.note(`${this.#spoiled} CANNOT BE READ`);
    }
    if (this.strikes('blackout')) this.#blackoutUntil = this.now + BLACKOUT_MS;
    const due = this.#sleepers.filter(({ at }) => at <= this.now);
    const ready = this.sources.filter((source) => source.isReady());
    const asked = this.#requests.filter(({ at }) => at <= this.now);
    const count = asked.length + due.length + ready.length;
    if (count === 0) return this.#skip();
    const index = this.#chance.int(0, count - 1);
    if (index < due.length) due[index]?.wake();
    else if (index < due.length + ready.length) ready[index - due.length]?.act();
    else await this.#take(asked[index - due.length - ready.length]!);
    return true;
  }

  /** Nothing can move now: on to the next moment that matters. */
  #skip(): boolean {
    if (this.#isQuiet) this.onQuiet();
    const next = Math.min(
      ...this.#sleepers.map(({ at }) => at),
      ...this.#requests.map(({ at }) => at),
      ...this.sources.map((source) => source.nextAt()),
      ...[...this.#actors].map(({ deadline }) => deadline),
    );
    if (next === Number.POSITIVE_INFINITY) return false;
    return this.#advanceTo(Math.max(next, this.now));
  }

  #advanceTo(time: number): true {
    this.now = time;
    for (const actor of [...this.#actors]) {
      if (actor.deadline > time) continue;
      this.note(`${actor.name} ends at its deadline`);
      actor.die();
    }
    return true;
  }

  async #take(request: Request): Promise<void> {
    this.#requests.splice(this.#requests.indexOf(request), 1);
    const { actor, name, act } = request;
    if (actor.isAlive) return await this.#perform(request);
    this.note(`${name} of ${actor.name}, who is dead ${shown(await act().catch(() => undefined))}`);
  }

  get #isSendingRefused(): boolean {
    return this.#isEventful && (this.steps < this.#outageUntil || this.now < this.#blackoutUntil);
  }

  get #isReadingRefused(): boolean {
    return this.#isEventful && this.now < this.#blindUntil;
  }

  /** What is stored and cannot be read at the moment, because the version in force, or the store, has a defect. */
  get spoiled(): 'definitions' | 'payloads' | undefined {
    return this.#isEventful && this.now < this.#spoiledUntil ? this.#spoiled : undefined;
  }

  get hasSpoiled(): boolean {
    return this.#spoiledUntil > 0;
  }

  async #perform({ actor, name, act, resolve, reject }: Request): Promise<void> {
    if (!actor.isMortal) return resolve(await act());
    if (this.strikes('crashBefore')) return this.#crash(actor, `before ${name}`);
    const isRefused = (name === 'queue.send' && this.#isSendingRefused) || (READS.test(name) && this.#isReadingRefused);
    if (this.strikes('throttle') || isRefused) {
      this.note(`${actor.name} ${name} REFUSED`);
      return reject(new SimulatedTrouble('Throttled'));
    }
    const isRepeated = !ONCE.test(name) && this.strikes('repeat');
    try {
      let value = await act();
      if (isRepeated) value = await act();
      this.note(`${actor.name} ${name}${isRepeated ? ' TWICE' : ''} ${shown(value)}`);
      if (this.strikes('crashAfter')) return this.#crash(actor, `after ${name}`);
      if (!this.strikes('loseAnswer')) return resolve(value);
      this.note(`${actor.name} ${name} ANSWER LOST`);
      reject(new SimulatedTrouble('The answer was lost'));
    } catch (trouble) {
      reject(trouble);
    }
  }

  #crash(actor: Actor, where: string): void {
    this.note(`${actor.name} DIES ${where}`);
    if (this.#isOneProcess) this.#restart();
    else actor.die();
  }

  /** A new version takes over: at once where it is one process, with the next invocation elsewhere. */
  #deploy(): true {
    this.note('A NEW VERSION IS DEPLOYED');
    this.onDeploy();
    return this.#isOneProcess ? this.#restart() : true;
  }

  #restart(): true {
    this.note('EVERYTHING RESTARTS');
    for (const actor of [...this.#actors]) if (actor.isMortal) actor.die();
    this.onRestart();
    return true;
  }
}

function shown(value: unknown): string {
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `[${value.length}]`;
  return value === undefined ? '' : '{}';
}
