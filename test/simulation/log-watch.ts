// Looks at every record as it is stored, and at everything that leaves a worker, and says at once what must never be:
// gaps, second ends, calls without a claim of their own, messages from a state that is not stored (D1, D2, D4, D6).

import type { Message } from '../../core/driver/message.ts';
import type { Frame, Head } from '../../core/engine/state.ts';
import type { HistoryEvent } from '../../core/execution.ts';
import { endsByItself } from '../../core/integrations/index.ts';
import type { LogRecord } from '../../core/store/log.ts';
import { wakers } from './wakers.ts';

export interface LogWatch {
  readonly violations: string[];
  /** Functions that were started. */
  readonly calls: number;
  /** Called while nobody is at work, and whenever a message is gone, with all messages that there are. */
  checkWaking(messages: Message[], offers: { run: string; wait: string }[]): void;
  /** With the workers at work, where they share a process. */
  stored(run: string, record: LogRecord, working: ReadonlySet<string>): void;
  sent(body: string): void;
  /** From now on only the audit may know of something that is owed. */
  purged(): void;
  readonly isPurged: boolean;
  /** When something of an execution was stored for the last time; and whether one of them runs. */
  readonly changedAt: number;
  readonly isAnyRunning: boolean;
  /** A function was started for this place. */
  invoked(place: string): void;
  /** Failures of its own that the log has of this place. */
  failuresOf(place: string): number;
  headOf(executionArn: string): Head | undefined;
  /** Whether a log says that this job was begun. */
  knowsJob(id: string): boolean;
  /** How many answers like this the logs hold. */
  answersLike(text: string): number;
}

/** A worker ends its own calls so long before its time is over; clocks differ by as much. */
const LAST_ORDERS_MS = 3_000;
const SKEW_MAX_MS = 10_000;

const ENDS = new Set(['ExecutionSucceeded', 'ExecutionFailed', 'ExecutionAborted', 'ExecutionTimedOut']);

/** `isThere`: whether a message with this id is there still, wherever it waits. */
export function logWatch(now: () => number, isThere: (id: string) => boolean): LogWatch {
  const violations: string[] = [];
  const newest = new Map<string, LogRecord>();
  /** By ARN: the run that began. */
  const runs = new Map<string, string>();
  const events = new Map<string, HistoryEvent[]>();
  const started = new Map<string, number>();
  const invoked = new Map<string, number>();
  const failures = new Map<string, number>();
  const frames = new Map<string, Frame>();
  /** Answers of others than functions, by their text: the events that tell of them, and the waits that keep them. */
  const answers = new Map<string, Set<string>>();
  /** What was recorded of calls that are to end later. */
  const submitted: string[] = [];
  const waking = wakers();
  let changedAt = 0;
  let isPurged = false;
  const count = (map: Map<string, number>, place: string) => map.set(place, (map.get(place) ?? 0) + 1);

  function append(run: string, event: HistoryEvent): void {
    const history = events.get(run) ?? [];
    events.set(run, history);
    const last = history.at(-1);
    const says = (what: string) => violations.push(`${run} event ${event.id} ${event.type}: ${what}`);
    if (event.id !== history.length + 1) says(`follows event ${last?.id}`);
    if (event.previousEventId >= event.id) says(`points at ${event.previousEventId}`);
    if (event.timestamp < (last?.timestamp ?? 0)) says('is older than the event before');
    if (last !== undefined && ENDS.has(last.type) && event.type !== 'ExecutionRedriven')
      says(`comes after ${last.type}`);
    if (event.type === 'ExecutionRedriven' && !ENDS.has(last?.type ?? '')) says(`comes after ${last?.type}`);
    history.push(event);
    if (event.type === 'LambdaFunctionStarted' || event.type === 'TaskStarted') {
      const scheduled = history[event.previousEventId - 1];
      const place = scheduled && placeOf(scheduled);
      if (scheduled === undefined) says('begins what was not scheduled');
      else if (place !== undefined) count(started, place);
    }
    const said = answerIn(event);
    if (said !== undefined) keepAnswer(said, `${run} ${event.id}`);
    if (event.type === 'TaskSubmitted') submitted.push(JSON.stringify(event));
    const { trace } = failureOf(event);
    if (trace !== undefined) count(failures, trace[0] ?? '');
  }

  function keepAnswer(text: string, place: string): void {
    answers.set(text, (answers.get(text) ?? new Set()).add(place));
  }

  /** A worker that another one gives up for lost must have been: until its time is over, the call is its own (D4). */
  function checkLost(run: string, { events, seq }: LogRecord, working: ReadonlySet<string>): void {
    for (const event of events) {
      if (!isLoss(event)) continue;
      for (const [place, { wait, previous }] of frames) {
        if (!place.startsWith(`${run} `) || wait?.kind !== 'task' || previous !== event.previousEventId) continue;
        const [boot = ''] = wait.claim?.by.split('/') ?? [];
        if (wait.claim === undefined) continue;
        // It ends what nobody answers itself, but not before its time would be over elsewhere.
        if (working.has(wait.claim.by) && (endsByItself(wait.call) || now() < wait.claim.until))
          violations.push(`${run} record ${seq}: ${place} was given up while its worker was at work`);
        const isOver = boot !== '' || now() >= wait.claim.until - LAST_ORDERS_MS - SKEW_MAX_MS;
        if (!isOver)
          violations.push(`${run} record ${seq}: ${place} was given up ${wait.claim.until - now()} ms early`);
      }
    }
  }

  /** What a record owes is found again by the message that it owes it to: as long as that is there (D3). */
  function checkAnswerable(run: string, { seq, causes, commands }: LogRecord): void {
    if (isPurged) return;
    for (const { kind, by } of commands) {
      const to = by === undefined ? causes : causes.slice(by, by + 1);
      if (!to.some(isThere)) violations.push(`${run} record ${seq}: no message is left that answers for its ${kind}`);
    }
  }

  return {
    violations,
    get calls() {
      return [...invoked.values()].reduce((sum, each) => sum + each, 0);
    },
    checkWaking(messages, offers) {
      if (isPurged) return;
      const forgotten = waking.forgotten(messages, offers);
      if (violations.length === 0) violations.push(...forgotten);
    },
    purged() {
      isPurged = true;
    },
    get isPurged() {
      return isPurged;
    },
    get changedAt() {
      return changedAt;
    },
    get isAnyRunning() {
      return [...newest.values()].some(({ head }) => head.status === 'RUNNING');
    },
    stored(run, record, working) {
      changedAt = now();
      checkLost(run, record, working);
      checkAnswerable(run, record);
      for (const frame of record.frames) {
        frames.set(`${run} ${frame.id}`, frame);
        const kept = frame.wait?.kind === 'task' ? frame.wait.answer : undefined;
        if (kept !== undefined && 'output' in kept) keepAnswer(kept.output, `${run} ${frame.id}@${frame.wait?.since}`);
        if (kept?.kind === 'failed') keepAnswer(kept.cause ?? '', `${run} ${frame.id}@${frame.wait?.since}`);
      }
      waking.stored(run, record);
      const before = newest.get(run);
      if (record.seq !== (before?.seq ?? -1) + 1) violations.push(`${run}: record ${record.seq} after ${before?.seq}`);
      for (const event of record.events) append(run, event);
      const next = (events.get(run)?.length ?? 0) + 1;
      if (record.head.nextEventId !== next)
        violations.push(`${run}: the head expects event ${record.head.nextEventId}`);
      newest.set(run, record);
      if (record.creation !== undefined) runs.set(record.creation.executionArn, run);
    },
    sent(body) {
      const { run, carried, kind } = JSON.parse(body) as Message;
      if (carried !== undefined && carried.seq > (newest.get(run)?.seq ?? -1))
        violations.push(`${run}: ${kind} was sent before record ${carried.seq} was stored`);
    },
    invoked(place) {
      count(invoked, place);
      if ((invoked.get(place) ?? 0) > (started.get(place) ?? 0)) violations.push(`${place} was called without a claim`);
    },
    knowsJob: (id) => submitted.some((text) => text.includes(`\\"${id}\\"`)),
    answersLike: (text) => answers.get(text)?.size ?? 0,
    failuresOf: (place) => failures.get(place) ?? 0,
    headOf: (executionArn) => newest.get(runs.get(executionArn) ?? '')?.head,
  };
}

/** What the holder of a task token, or the worker of an activity, has said. */
function answerIn(event: HistoryEvent): string | undefined {
  if (!/^(Task|Activity)(Succeeded|Failed)$/.test(event.type)) return undefined;
  const details = Object.values(event).find((each) => typeof each === 'object') as Details;
  return details?.output ?? details?.cause;
}

/** The failure that a call has whose worker was lost. */
function isLoss(event: HistoryEvent): boolean {
  const details = (event.lambdaFunctionFailedEventDetails ?? event.taskFailedEventDetails) as Details;
  return details?.cause?.startsWith('The worker that made this call was lost') ?? false;
}

type Details = Record<string, string> | undefined;

/** The run, the function and the key of a call that was scheduled; undefined where it is no function. */
function placeOf(event: HistoryEvent): string | undefined {
  const direct = event.lambdaFunctionScheduledEventDetails as Details;
  const service = event.taskScheduledEventDetails as Details;
  if (direct !== undefined) return named(direct.resource ?? '', JSON.parse(direct.input ?? '{}'));
  if (service === undefined) return undefined;
  const { FunctionName, Payload, JobName, Arguments } = JSON.parse(service.parameters ?? '{}');
  if (JobName !== undefined) return `${Arguments['--run']} ${JobName} ${Arguments['--key']}`;
  return FunctionName === undefined ? undefined : named(FunctionName, Payload);
}

function named(functionName: string, { key, run }: { key: string; run: string }): string {
  return `${run} ${functionName.split(':').at(-1)} ${key}`;
}

/** The failure that a function was told to have. */
function failureOf(event: HistoryEvent): { trace?: string[] } {
  const details = (event.lambdaFunctionFailedEventDetails ?? event.taskFailedEventDetails) as Details;
  return details?.error === 'CustomError' ? JSON.parse(details.cause ?? '{}') : {};
}
