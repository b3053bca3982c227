// Cases of the kind `execution`: make the machine, start it, answer what it waits for, and compare the outcome, the
// history and what DescribeExecution says with the recording.
import type { Json, JsonObject } from '../../core/expr/json.ts';
import { isObject, printJson } from '../../core/expr/json.ts';
import type { Expected, Step } from './case.ts';
import type { CaseRun } from './case-run.ts';
import { Fail } from './case-run.ts';
import { ActionError } from './client.ts';
import type { Difference } from './compare.ts';
import { compare } from './compare.ts';
import { outline } from './history.ts';
import { hasConcurrentBranches } from './judge.ts';

// The recording polled with heartbeats for longer than a test has to.
const HEARTBEATS_ENOUGH = 3;
// Lost by the recorder's sorting in some recordings of Parallel.
const OFTEN_LOST = 'ParallelStateSucceeded';

export async function runExecution(run: CaseRun): Promise<Difference[]> {
  const { expected, execution_name, input_absent, express_start, during = [] } = run.case;
  await run.prepare();
  const stateMachineArn = await makeTarget(run);
  const start = {
    stateMachineArn,
    ...(input_absent ? {} : { input: run.text(run.case as unknown as JsonObject, 'input') }),
    ...(execution_name === undefined ? {} : { name: execution_name }),
  };
  if (express_start === 'sync') {
    const answer = await run.call('StartSyncExecution', start);
    nameSoleAnswer(run, answer);
    return judgeSync(run, answer);
  }
  const started = await run.call('StartExecution', start);
  const executionArn = String(started.executionArn);
  const companion = answerMeanwhile(run, during, executionArn);
  if (expected.status === null) return judgeUnfinished(run, executionArn);
  const description = await run.ended(executionArn);
  await companion;
  nameSoleAnswer(run, started);
  const differences = judgeOutcome(run, expected, description);
  if (expected.events !== undefined || expected.outline !== undefined) {
    const live = await run.events(executionArn, expected.events_reversed === true);
    if (expected.events !== undefined)
      differences.push(...judgeEvents(run, expected.events, live, expected.events_edited_by_test));
    if (expected.outline !== undefined)
      differences.push(
        ...compare(expected.outline, outline(live), { inText: [], whole: new Set() }, new Map(), '$.outline'),
      );
  }
  if (expected.describe !== undefined)
    differences.push(...run.judge.value(expected.describe, description, '$.describe'));
  return differences;
}

/** Differences of a history; of one that its recording edited, only the types of events say something. */
export function judgeEvents(
  run: CaseRun,
  recorded: JsonObject[],
  live: Json | undefined,
  edited = false,
): Difference[] {
  if (!edited || !Array.isArray(live)) return run.judge.history(recorded, live);
  const unordered = hasConcurrentBranches(run.case.definition) || recorded.some(({ id }) => Array.isArray(id));
  const types = (events: Json[]): Json[] => {
    const all = events.map((event) => (event as JsonObject).type ?? null);
    return unordered ? all.filter((type) => type !== OFTEN_LOST).sort() : all;
  };
  const [left, right] = [types(recorded), types(live)];
  return printJson(left) === printJson(right)
    ? []
    : [{ path: '$.events', why: 'event types', expected: left, got: right }];
}

/** The machine of the case; its version or alias where the recording started one. */
async function makeTarget(run: CaseRun): Promise<Json> {
  const { expected, type, logging, placeholders = {} } = run.case;
  const { describe = {} } = expected;
  const ofAlias = 'stateMachineAliasArn' in describe;
  const publish = ofAlias || 'stateMachineVersionArn' in describe;
  const request = {
    name: machineName(run),
    definition: run.text(run.case as unknown as JsonObject, 'definition'),
    roleArn: roleArn(run),
    type: type ?? 'STANDARD',
    ...(logging === undefined ? {} : { loggingConfiguration: run.names.fill(logging) }),
    ...(publish ? { publish } : {}),
  };
  const made = await run.call('CreateStateMachine', request).catch((error: unknown) => {
    if (!(error instanceof ActionError)) throw error;
    throw new Fail(`CreateStateMachine refused: ${error.code}: ${error.message}`);
  });
  if (!publish) return made.stateMachineArn!;
  if (!ofAlias) return made.stateMachineVersionArn!;
  const named = Object.entries(placeholders).find(([token]) => token.includes('alias_name'));
  const alias = await run.call('CreateStateMachineAlias', {
    name: named === undefined ? 'alias' : run.names.fill(named[1].from!),
    routingConfiguration: [{ stateMachineVersionArn: made.stateMachineVersionArn!, weight: 100 }],
  });
  return alias.stateMachineAliasArn!;
}

/** The name the recording used, so that its ARN tokens can be checked; else a fresh one. */
export function machineName(run: CaseRun): string {
  const { transforms = null, placeholders = null, needs = {}, setup = [] } = run.case;
  const text = printJson([transforms as unknown as Json, placeholders, needs.events ?? null]);
  const inExecutions = [...text.matchAll(/:execution:([\w.-]+):/g)];
  const found = inExecutions.length > 0 ? inExecutions : [...text.matchAll(/:stateMachine:([\w.-]+)/g)];
  const made = setup.filter(({ op }) => op === 'CreateStateMachine').map(({ params }) => String(params?.name));
  const helpers = new Set([...Object.keys(needs.state_machines ?? {}), ...made]);
  const names = [...new Set(found.map((match) => match[1]!))].filter((name) => !helpers.has(name));
  return names.length === 1 ? names[0]! : run.names.freshName('conformance');
}

/** The role that the recording names. */
export function roleArn(run: CaseRun): string {
  const froms = Object.values(run.case.placeholders ?? {}).map(({ from }) => String(from));
  const role = froms.find((from) => /^\$\{role\d*\}$/.test(from));
  return role === undefined ? run.names.role('role') : String(run.names.fill(role));
}

/** A recording that names one execution by a call which is no part of the case means this one. */
function nameSoleAnswer(run: CaseRun, answer: JsonObject): void {
  const text = printJson(run.case.placeholders ?? null);
  const calls = new Set([...text.matchAll(/\b(c\d+)\.execution(?:Name|Arn)/g)].map((match) => match[1]));
  run.names.soleAnswer = calls.size === 1 ? answer : undefined;
}

function judgeOutcome(run: CaseRun, expected: Expected, live: JsonObject): Difference[] {
  const differences: Difference[] = [];
  if (live.status !== expected.status) {
    const { status = null, error = null, cause = null, output = null } = live;
    const got = { status, error, cause, output };
    differences.push({ path: '$.status', why: 'value', expected: expected.status ?? undefined, got });
  }
  for (const member of ['output', 'error', 'cause'] as const) {
    if (!(member in expected)) continue;
    const path = `$.${member}`;
    if (member in live) differences.push(...run.judge.value(expected[member]!, live[member]!, path));
    else differences.push({ path, why: 'missing', expected: expected[member]!, got: undefined });
  }
  return differences;
}

function judgeSync(run: CaseRun, live: JsonObject): Difference[] {
  const { expected } = run.case;
  const differences = judgeOutcome(run, expected, live);
  if (expected.sync_response === undefined) return differences;
  const { billingDetails: billed } = live;
  const duration = isObject(billed) ? (billed as JsonObject).billedDurationInMilliseconds : undefined;
  const recorded = structuredClone(expected.sync_response);
  // How long it took depends on the run; it is billed in steps of 100 ms.
  if (typeof duration === 'number' && duration > 0 && duration % 100 === 0 && isObject(recorded.billingDetails))
    (recorded.billingDetails as JsonObject).billedDurationInMilliseconds = duration;
  return [...differences, ...run.judge.value(recorded, live, '$.sync_response')];
}

/** The recording stops before the end: as many events have to come, and the same ones. */
async function judgeUnfinished(run: CaseRun, executionArn: string): Promise<Difference[]> {
  const { events: recorded = [] } = run.case.expected;
  const live = await run.poll(async () => {
    const events = await run.events(executionArn);
    return events.length >= recorded.length ? events : undefined;
  });
  if (live === undefined) throw new Fail(`fewer than the ${recorded.length} recorded events`);
  return judgeEvents(run, recorded, live.slice(0, recorded.length));
}

/** Makes the calls that the test made while its execution ran. */
async function answerMeanwhile(run: CaseRun, during: Step[], executionArn: string): Promise<void> {
  let heartbeats = 0;
  for (const step of during) {
    if (step.op === 'StopExecution') {
      await run.poll(async () => (await run.events(executionArn)).find((event) => 'stateEnteredEventDetails' in event));
      await run.call('StopExecution', { executionArn }).catch(() => undefined);
      continue;
    }
    if (step.op === 'SendTaskHeartbeat') heartbeats += 1;
    if (heartbeats > HEARTBEATS_ENOUGH && step.op === 'SendTaskHeartbeat') continue;
    try {
      const answer = await run.step(step);
      if (step.call !== undefined) run.names.answers.set(step.call, answer);
    } catch (error) {
      // The execution may end well without it; if not, this says why.
      run.trouble ??= `${step.op}: ${error instanceof Error ? error.message : error}`;
    }
  }
}
