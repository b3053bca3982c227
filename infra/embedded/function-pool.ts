// The environments of all functions: reused, one invocation at a time, at most so many per function and in all.
// Where Lambda would throttle, a laptop waits: whoever finds no room stands in line, in order of arrival.
import { type Environment, startEnvironment } from './function-environment.ts';

export interface PoolLimits {
  perFunction: number;
  total: number;
  memoryMb: number;
  idleMs: number;
}

export interface PoolOptions {
  limits: PoolLimits;
  variables(functionName: string): Record<string, string | undefined>;
  log(functionName: string, text: string): void;
}

export interface FunctionPool {
  /** An environment for one invocation; rejects when the signal aborts first. */
  acquire(functionName: string, file: string, signal: AbortSignal): Promise<Environment>;
  release(environment: Environment): void;
  /** Ends all environments; calls in flight or in line are never answered. */
  close(): void;
}

interface Waiter {
  functionName: string;
  file: string;
  give(environment: Environment): void;
}

export function functionPool({ limits, variables, log }: PoolOptions): FunctionPool {
  const all = new Set<Environment>();
  /** Least recently used first. */
  const idle = new Map<Environment, NodeJS.Timeout>();
  let line: Waiter[] = [];

  function takeIdle(functionName: string, file: string): Environment | undefined {
    // The most recently used first, so that the others can grow old.
    for (const environment of [...idle.keys()].reverse()) {
      if (environment.functionName !== functionName) continue;
      clearTimeout(idle.get(environment));
      idle.delete(environment);
      if (!environment.isStale() && environment.files()[0] === file) return environment;
      environment.end();
    }
    return undefined;
  }

  function start(functionName: string, file: string): Environment {
    const environment: Environment = startEnvironment({
      functionName,
      file,
      memoryMb: limits.memoryMb,
      variables: variables(functionName),
      log: (text) => log(functionName, text),
      onEnd: () => forget(environment),
    });
    all.add(environment);
    return environment;
  }

  function forget(environment: Environment): void {
    clearTimeout(idle.get(environment));
    idle.delete(environment);
    all.delete(environment);
    // Not now: whoever ends an environment to make room wants that room itself.
    queueMicrotask(serveLine);
  }

  function take({ functionName, file }: Pick<Waiter, 'functionName' | 'file'>): Environment | undefined {
    const found = takeIdle(functionName, file);
    if (found !== undefined) return found;
    const own = [...all].filter((environment) => environment.functionName === functionName).length;
    if (own >= limits.perFunction) return undefined;
    if (all.size >= limits.total) {
      const [oldest] = idle.keys();
      if (oldest === undefined) return undefined;
      oldest.end();
    }
    return start(functionName, file);
  }

  function serveLine(): void {
    line = line.filter((waiter) => {
      const environment = take(waiter);
      if (environment === undefined) return true;
      waiter.give(environment);
      return false;
    });
  }

  return {
    async acquire(functionName, file, signal) {
      signal.throwIfAborted();
      const waitsAlready = line.some((waiter) => waiter.functionName === functionName);
      const environment = waitsAlready ? undefined : take({ functionName, file });
      if (environment !== undefined) return environment;
      return new Promise((resolve, reject) => {
        const leave = () => {
          line = line.filter((other) => other !== waiter);
          reject(signal.reason);
        };
        const waiter: Waiter = {
          functionName,
          file,
          give(given) {
            signal.removeEventListener('abort', leave);
            resolve(given);
          },
        };
        signal.addEventListener('abort', leave);
        line.push(waiter);
      });
    },
    release(environment) {
      if (!environment.isAlive()) return;
      idle.set(environment, setTimeout(environment.end, limits.idleMs).unref());
      serveLine();
    },
    close() {
      line = [];
      for (const environment of [...all]) environment.abandon();
    },
  };
}
