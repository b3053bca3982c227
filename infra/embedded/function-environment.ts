// One execution environment from outside: a worker thread with one function in it, started, used for one invocation
// at a time, and ended by a timeout, a crash or idleness. Whatever happens inside, an invocation gets an outcome.
import { Worker } from 'node:worker_threads';
import { exited, type FunctionFailure, timedOut } from './function-errors.ts';
import { stampOf } from './function-files.ts';
import type { EnvironmentData, FromWorker, Invocation } from './function-worker.ts';

/** Lambda gives a module 10 seconds, and the invocation that meets one that took longer its own time once more. */
const INIT_TIMEOUT_MS = 40_000;

/** Lambda gives the last 4 KB of the log with an answer. */
const OUTPUT_CHARACTERS_MAX = 4096;

export type Result = { payload: string } | { failure: FunctionFailure };
/** `output` is the end of what the function printed meanwhile. */
export type Outcome = Result & { output: string };

export interface EnvironmentOptions extends EnvironmentData {
  variables: Record<string, string | undefined>;
  log(text: string): void;
  onEnd(environment: Environment): void;
}

interface Current {
  requestId: string;
  timer: NodeJS.Timeout;
  resolve(outcome: Outcome): void;
}

export class Environment {
  readonly functionName: string;
  /** Resolves when the module is loaded, or the environment has crashed on it (then `isAlive` is false). */
  readonly loaded: Promise<void>;
  isAlive = true;
  isLoading = true;
  /** Files of the function; complete once loaded. */
  files: readonly string[];
  /** What the module exports as `timeout`; known once loaded. */
  timeoutMs: number | undefined;

  readonly #worker: Worker;
  readonly #options: EnvironmentOptions;
  readonly #initTimer: NodeJS.Timeout;
  readonly #load = Promise.withResolvers<void>();
  #stamp: string;
  #current: Current | undefined;
  #output = '';
  #isAbandoned = false;
  #crash: FunctionFailure | undefined;
  #exitReason = 'Runtime exited without providing a reason';

  constructor(options: EnvironmentOptions) {
    const { file, functionName, memoryMb, variables } = options;
    this.#options = options;
    this.functionName = functionName;
    this.files = [file];
    this.#stamp = stampOf(this.files);
    this.loaded = this.#load.promise;
    this.#initTimer = setTimeout(() => {
      this.#crash = timedOut(crypto.randomUUID(), INIT_TIMEOUT_MS);
      this.end();
    }, INIT_TIMEOUT_MS);
    this.#worker = new Worker(new URL('./function-worker.ts', import.meta.url), {
      workerData: { file, functionName, memoryMb } satisfies EnvironmentData,
      env: variables,
      execArgv: ['--disable-warning=ExperimentalWarning'],
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    });
    this.#worker.on('message', (message: FromWorker) => this.#hear(message));
    this.#worker.on('error', (error: Error & { code?: string }) => {
      const isOutOfMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      this.#exitReason = `Runtime exited with error: ${isOutOfMemory ? 'signal: killed' : error.message}`;
      this.end();
    });
    this.#worker.on('exit', (code) => {
      if (code !== 0) this.#exitReason = `Runtime exited with error: exit status ${code}`;
      this.end();
    });
  }

  /** True when a file of the function has changed since it was loaded. */
  isStale(): boolean {
    return stampOf(this.files) !== this.#stamp;
  }

  /** Hands the event in and waits for its answer, its timeout, or the end of the environment. */
  async run(invocation: Omit<Invocation, 'deadline'>, defaultTimeoutMs: number): Promise<Outcome> {
    await this.loaded;
    if (this.#isAbandoned) return new Promise(() => {});
    const { requestId } = invocation;
    if (!this.isAlive) return { failure: this.#failure(requestId), output: this.#output };
    const limitMs = this.timeoutMs ?? defaultTimeoutMs;
    return new Promise((resolve) => {
      const end = () => {
        if (this.#current?.requestId !== requestId) return;
        this.#crash = timedOut(requestId, limitMs);
        this.end();
      };
      // An answer that came while this thread was busy is there, and is taken before.
      const timer = setTimeout(() => setImmediate(end), limitMs);
      this.#output = '';
      this.#current = { requestId, timer, resolve };
      this.#worker.ref();
      this.#worker.postMessage({ ...invocation, deadline: Date.now() + limitMs } satisfies Invocation);
    });
  }

  end(): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    clearTimeout(this.#initTimer);
    void this.#worker.terminate();
    this.isLoading = false;
    this.#options.onEnd(this);
    this.#load.resolve();
    if (this.#current !== undefined) this.#settle({ failure: this.#failure(this.#current.requestId) });
  }

  /** Ends it without an outcome: the process goes away, and what it was doing is to be taken up by the next one. */
  abandon(): void {
    this.#isAbandoned = true;
    clearTimeout(this.#current?.timer);
    this.#current = undefined;
    this.end();
  }

  #hear(message: FromWorker): void {
    switch (message.kind) {
      case 'log':
        this.#output = (this.#output + message.text).slice(-OUTPUT_CHARACTERS_MAX);
        this.#options.log(message.text);
        return;
      case 'ready':
        this.#becomeReady(message);
        return;
      case 'crash':
        this.#crash = message.failure;
        return;
      case 'answer':
        if (message.requestId === this.#current?.requestId) this.#settle({ payload: message.payload });
        return;
      case 'failure':
        if (message.requestId === this.#current?.requestId) this.#settle({ failure: message.failure });
    }
  }

  #becomeReady({ files, timeoutSeconds }: { files: string[]; timeoutSeconds?: number | undefined }): void {
    clearTimeout(this.#initTimer);
    this.files = files;
    this.#stamp = stampOf(files);
    this.timeoutMs = timeoutSeconds === undefined ? undefined : timeoutSeconds * 1000;
    // An idle environment keeps no process alive.
    this.#worker.unref();
    this.isLoading = false;
    this.#load.resolve();
  }

  #settle(result: Result): void {
    const { timer, resolve } = this.#current!;
    clearTimeout(timer);
    this.#current = undefined;
    this.#worker.unref();
    resolve({ ...result, output: this.#output });
  }

  #failure(requestId: string): FunctionFailure {
    return this.#crash ?? exited(requestId, this.#exitReason);
  }
}
