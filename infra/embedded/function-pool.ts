// The environments of all functions: reused, one invocation at a time, at most so many per function and in all.
// Where Lambda would throttle, a laptop waits: whoever finds no room stands in line, in order of arrival.
import { Environment } from './function-environment.ts';

export interface PoolLimits {
  /** Environments of one function: so many at once, up to the other number for calls that stood in line for `patienceMs`. */
  perFunctionAtOnce: number;
  perFunction: number;
  patienceMs: number;
  total: number;
  memoryMb: number;
  idleMs: number;
}

export interface PoolOptions {
  limits: PoolLimits;
  variables(functionName: string): Record<string, string | undefined>;
  log(functionName: string, text: string): void;
}

interface Place {
  functionName: string;
  file: string;
  since: number;
  give(environment: Environment): void;
}

export class FunctionPool {
  readonly #options: PoolOptions;
  readonly #all = new Set<Environment>();
  /** Least recently used first. */
  readonly #idle = new Map<Environment, NodeJS.Timeout>();
  #line: Place[] = [];
  #lookAgain: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** An environment for one invocation; rejects when the signal aborts first. */
  acquire(functionName: string, file: string, signal: AbortSignal): Promise<Environment> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const leave = () => {
        this.#line = this.#line.filter((other) => other !== place);
        reject(signal.reason);
      };
      const place: Place = {
        functionName,
        file,
        since: performance.now(),
        give(environment) {
          signal.removeEventListener('abort', leave);
          resolve(environment);
        },
      };
      signal.addEventListener('abort', leave);
      this.#line.push(place);
      this.#serve();
    });
  }

  release(environment: Environment): void {
    if (!environment.isAlive) return;
    const timer = setTimeout(() => environment.end(), this.#options.limits.idleMs);
    this.#idle.set(environment, timer.unref());
    this.#serve();
  }

  /** Ends all environments; calls in flight or in line are never answered. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#lookAgain);
    for (const environment of [...this.#all]) environment.abandon();
  }

  /** Gives environments to those in line whose function has room, the first come first. */
  #serve(): void {
    if (this.#isClosed) return;
    clearTimeout(this.#lookAgain);
    this.#lookAgain = undefined;
    const full = new Set<string>();
    this.#line = this.#line.filter((place) => {
      const environment = full.has(place.functionName) ? undefined : this.#take(place);
      if (environment === undefined) {
        full.add(place.functionName);
        return true;
      }
      place.give(environment);
      return false;
    });
  }

  #take({ functionName, file, since }: Place): Environment | undefined {
    const { perFunctionAtOnce, perFunction, patienceMs, total } = this.#options.limits;
    const found = this.#takeIdle(functionName, file);
    if (found !== undefined) return found;
    const own = [...this.#all].filter((environment) => environment.functionName === functionName);
    if (own.length >= perFunction) return undefined;
    // Short calls are served sooner by waiting than by starting; long ones must not wait for each other. A machine that
    // is still busy with loading is not helped by more of it.
    const isImpatient = performance.now() - since >= patienceMs;
    if (own.length >= perFunctionAtOnce && (!isImpatient || own.some(({ isLoading }) => isLoading))) {
      this.#lookAgain ??= setTimeout(() => this.#serve(), patienceMs);
      return undefined;
    }
    if (this.#all.size >= total) {
      const [oldest] = this.#idle.keys();
      if (oldest === undefined) return undefined;
      oldest.end();
    }
    return this.#start(functionName, file);
  }

  #takeIdle(functionName: string, file: string): Environment | undefined {
    // The most recently used first, so that the others can grow old.
    for (const environment of [...this.#idle.keys()].reverse()) {
      if (environment.functionName !== functionName) continue;
      clearTimeout(this.#idle.get(environment));
      this.#idle.delete(environment);
      if (!environment.isStale() && environment.files[0] === file) return environment;
      environment.end();
    }
    return undefined;
  }

  #start(functionName: string, file: string): Environment {
    const { limits, variables, log } = this.#options;
    const environment = new Environment({
      functionName,
      file,
      memoryMb: limits.memoryMb,
      variables: variables(functionName),
      log: (text) => log(functionName, text),
      onEnd: (ended) => this.#forget(ended),
    });
    this.#all.add(environment);
    void environment.loaded.then(() => this.#serve());
    return environment;
  }

  #forget(environment: Environment): void {
    clearTimeout(this.#idle.get(environment));
    this.#idle.delete(environment);
    this.#all.delete(environment);
    // Not now: whoever ends an environment to make room wants that room itself.
    queueMicrotask(() => this.#serve());
  }
}
