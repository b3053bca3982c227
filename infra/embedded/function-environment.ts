// One execution environment from outside: a worker thread with one function in it, started, used for one invocation
// at a time, and ended by a timeout, a crash or idleness. Whatever happens inside, an invocation gets an outcome.
import { Worker } from 'node:worker_threads';
import { exited, type FunctionFailure, timedOut } from './function-errors.ts';
import { stampOf } from './function-files.ts';
import type { EnvironmentData, FromWorker, Invocation } from './function-worker.ts';

/** Lambda's own bound for importing a module. */
const INIT_TIMEOUT_MS = 10_000;

/** Lambda gives the last 4 KB of the log with an answer. */
const OUTPUT_CHARACTERS_MAX = 4096;

export type Result = { payload: string } | { failure: FunctionFailure };
/** `output` is the end of what the function printed meanwhile. */
export type Outcome = Result & { output: string };

export interface Environment {
  readonly functionName: string;
  /** Resolves when the module is loaded, or the environment has crashed on it (then `isAlive` is false). */
  readonly loaded: Promise<void>;
  isAlive(): boolean;
  /** True when a file of the function has changed since it was loaded. */
  isStale(): boolean;
  /** Files of the function; complete once loaded. */
  files(): readonly string[];
  /** What the module exports as `timeout`, in milliseconds; known once loaded. */
  timeoutMs(): number | undefined;
  run(invocation: Omit<Invocation, 'deadline'>, defaultTimeoutMs: number): Promise<Outcome>;
  end(): void;
  /** Ends it without an outcome: the process goes away, and what it was doing is to be taken up by the next one. */
  abandon(): void;
}

export interface EnvironmentOptions extends EnvironmentData {
  variables: Record<string, string | undefined>;
  log(text: string): void;
  onEnd(): void;
}

export function startEnvironment({ variables, log, onEnd, ...data }: EnvironmentOptions): Environment {
  const worker = new Worker(new URL('./function-worker.ts', import.meta.url), {
    workerData: data,
    env: variables,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    resourceLimits: { maxOldGenerationSizeMb: data.memoryMb },
  });
  let files: readonly string[] = [data.file];
  let stamp = stampOf(files);
  let timeoutMs: number | undefined;
  let alive = true;
  let abandoned = false;
  let crash: FunctionFailure | undefined;
  let exitReason = 'Runtime exited without providing a reason';
  let current: { requestId: string; timer: NodeJS.Timeout; settle(result: Result): void } | undefined;
  let output = '';
  const loaded = Promise.withResolvers<void>();

  const initTimer = setTimeout(() => {
    crash = timedOut(crypto.randomUUID(), INIT_TIMEOUT_MS);
    end();
  }, INIT_TIMEOUT_MS);

  function end(): void {
    if (!alive) return;
    alive = false;
    clearTimeout(initTimer);
    void worker.terminate();
    onEnd();
    loaded.resolve();
    current?.settle({ failure: crash ?? exited(current.requestId, exitReason) });
  }

  worker.on('message', (message: FromWorker) => {
    if (message.kind === 'log') {
      output = (output + message.text).slice(-OUTPUT_CHARACTERS_MAX);
      log(message.text);
    } else if (message.kind === 'crash') crash = message.failure;
    else if (message.kind === 'ready') {
      clearTimeout(initTimer);
      files = message.files;
      stamp = stampOf(files);
      timeoutMs = message.timeoutSeconds === undefined ? undefined : message.timeoutSeconds * 1000;
      loaded.resolve();
      // An idle environment keeps no process alive.
      worker.unref();
    } else if (message.requestId === current?.requestId) {
      current.settle('payload' in message ? { payload: message.payload } : { failure: message.failure });
    }
  });
  worker.on('error', (error: Error & { code?: string }) => {
    exitReason =
      error.code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? 'Runtime exited with error: signal: killed'
        : `Runtime exited with error: ${error.message}`;
    end();
  });
  worker.on('exit', (code) => {
    if (code !== 0) exitReason = `Runtime exited with error: exit status ${code}`;
    end();
  });

  /** Sends the invocation in and waits for its answer, its timeout, or the end of the environment. */
  function attend(invocation: Invocation, limitMs: number): Promise<Outcome> {
    return new Promise((resolve) => {
      const { requestId } = invocation;
      const timer = setTimeout(() => {
        crash = timedOut(requestId, limitMs);
        end();
      }, limitMs);
      const settle = (result: Result) => {
        clearTimeout(timer);
        current = undefined;
        worker.unref();
        resolve({ ...result, output });
      };
      output = '';
      current = { requestId, timer, settle };
      worker.ref();
      worker.postMessage(invocation);
    });
  }

  return {
    functionName: data.functionName,
    loaded: loaded.promise,
    isAlive: () => alive,
    isStale: () => stampOf(files) !== stamp,
    files: () => files,
    timeoutMs: () => timeoutMs,
    async run(invocation, defaultTimeoutMs) {
      await loaded.promise;
      if (abandoned) return new Promise(() => {});
      if (!alive) return { failure: crash ?? exited(invocation.requestId, exitReason), output };
      const limitMs = timeoutMs ?? defaultTimeoutMs;
      return attend({ ...invocation, deadline: Date.now() + limitMs }, limitMs);
    },
    end,
    abandon() {
      abandoned = true;
      clearTimeout(current?.timer);
      current = undefined;
      end();
    },
  };
}
