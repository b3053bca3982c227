// Cases of the kind `api`: a script of calls, waits and recorded values, run in order; what the recording did in a
// second thread runs beside it.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json, JsonObject } from '../../core/expr/json.ts';
import { isObject, printJson } from '../../core/expr/json.ts';
import { awaitCondition } from './await-condition.ts';
import type { Step } from './case.ts';
import type { CaseRun } from './case-run.ts';
import { Fail, Skip } from './case-run.ts';
import { ActionError } from './client.ts';
import type { Difference } from './compare.ts';
import { judgeError, withSortedVariables } from './definition-checks.ts';
import { judgeEvents } from './execution.ts';
import { wasRefusedByClient } from './needs.ts';
import { Unresolved } from './placeholders.ts';

// Placeholders of the recording that stand for things made outside Step Functions.
const MADE_OUTSIDE = /\$\{(?:cfn\.|name\(|arns\.|api_id|logs\(.*c\d)/;
// Pauses of the recording waited for AWS to become consistent.
const LONGEST_PAUSE_MS = 100;
const BACKGROUND_SECONDS = 5;

/** What is known of a script while it runs. */
interface Script {
  errors: Map<string, ActionError>;
  /** Name of a call -> its action. */
  actions: Map<string, string>;
  /** Calls whose pages the recording filtered as one list. */
  listed: Set<string>;
}

export async function runScript(run: CaseRun): Promise<Difference[]> {
  const steps = run.case.steps ?? [];
  const text = printJson(steps as unknown as Json);
  if (MADE_OUTSIDE.test(text)) throw new Skip('needs CloudFormation or API Gateway');
  await run.prepare();
  const refused = steps.filter(({ match, recorded }) => match !== undefined && wasRefusedByClient(recorded));
  const neverSent = new Set(
    refused.flatMap(({ value }) => [...printJson(value!).matchAll(/"(c\d+)"/g)].map((m) => m[1])),
  );
  const script: Script = {
    errors: new Map(),
    actions: new Map(steps.flatMap(({ call, op }) => (call === undefined ? [] : [[call, op!]]))),
    listed: new Set([...text.matchAll(/"\$items_of": ?"(c\d+)\./g)].map((match) => match[1]!)),
  };
  const differences: Difference[] = [];
  let compared = 0;
  const inBackground = steps.filter((step) => step.async);
  for (const step of joinSlices(steps)) {
    if (step.async && step === inBackground[0]) void runInBackground(run, inBackground);
    if (step.async || neverSent.has(step.call)) continue;
    if (step.call !== undefined) await makeCall(run, script, step);
    else if (step.await !== undefined)
      await awaitCondition(run, step.await, run.names.fill(step.params ?? {}) as JsonObject);
    else if (step.sleep !== undefined) await sleep(Math.min(Number(step.sleep) * 1000, LONGEST_PAUSE_MS));
    else {
      const found = await judgeValue(run, script, step);
      if (found === undefined) continue;
      compared += 1;
      differences.push(...found.map((one) => ({ ...one, path: `${step.match}: ${one.path}` })));
    }
  }
  if (compared === 0) throw new Skip('nothing in it can be compared without other services');
  return differences;
}

async function makeCall(run: CaseRun, { errors, listed }: Script, step: Step): Promise<void> {
  const name = step.call!;
  // A placeholder may wait for what the background does.
  const filled = await run.poll(async () => {
    try {
      return { ...step, params: run.names.fill(step.params ?? {}) as JsonObject };
    } catch (error) {
      if (error instanceof Unresolved) return undefined;
      throw error;
    }
  }, 1);
  if (filled === undefined) throw new Fail(`${name} ${step.op}: a placeholder in it has no value`);
  try {
    let answer = await run.step(filled);
    if (step.paginate || listed.has(name)) answer = await run.allPages(step.op!, filled.params, answer as JsonObject);
    run.names.answers.set(name, answer);
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    errors.set(name, error);
    if (!step.expect_error) throw new Fail(`${name} ${step.op}: ${error.code}: ${error.message}`);
  }
}

async function runInBackground(run: CaseRun, steps: Step[]): Promise<void> {
  try {
    for (const step of steps) run.names.answers.set(step.call!, await run.step(step));
  } catch {
    // Whoever needs the answer misses it and says so.
  }
}

/** Differences of one recorded value; undefined when it cannot be compared here. */
async function judgeValue(run: CaseRun, script: Script, step: Step): Promise<Difference[] | undefined> {
  const recorded = step.recorded ?? null;
  const value = step.value ?? null;
  if (wasRefusedByClient(recorded)) return undefined;
  if (typeof value === 'string' && value.startsWith('${logs(')) return undefined;
  if (Array.isArray(value) && value.length === 0 && !(Array.isArray(recorded) && recorded.length === 0))
    return undefined;
  if (isObject(value)) {
    const { $ref, $items_of } = value as JsonObject;
    const failed = failedCall(value as JsonObject);
    if (failed !== undefined) return judgeFailedCall(run, script, failed, value as JsonObject, recorded);
    if (typeof $ref === 'string') return judgeReference(run, script, value as JsonObject, recorded);
    if ($items_of !== undefined) return run.judge.value(recorded, itemsOf(run, value as JsonObject), '$');
  }
  const live = await run.poll(async () => {
    try {
      return { value: run.names.fill(value) };
    } catch (error) {
      if (error instanceof Unresolved) return undefined;
      throw error;
    }
  }, BACKGROUND_SECONDS);
  if (live === undefined) return [{ path: '$', why: 'a placeholder has no value', expected: recorded, got: undefined }];
  return run.judge.value(recorded, live.value, '$');
}

/** The call whose error this value is. */
function failedCall(value: JsonObject): string | undefined {
  const named = ({ $error_response, $error, $error_type }: JsonObject) => $error_response ?? $error ?? $error_type;
  const inMembers = Object.values(value).flatMap((member) =>
    isObject(member) ? (named(member as JsonObject) ?? []) : [],
  );
  return (named(value) ?? ('exception_value' in value ? inMembers[0] : undefined)) as string | undefined;
}

function judgeFailedCall(run: CaseRun, script: Script, name: string, value: JsonObject, recorded: Json): Difference[] {
  const error = script.errors.get(name);
  if (error === undefined)
    return [
      { path: '$', why: 'succeeded, an error was recorded', expected: recorded, got: run.names.answers.get(name) },
    ];
  const member = '$error_type' in value ? 'exception_typename' : 'exception_value';
  return judgeError(run, error, typeof recorded === 'string' ? { [member]: recorded } : (recorded as JsonObject));
}

function judgeReference(run: CaseRun, script: Script, value: JsonObject, recorded: Json): Difference[] {
  const [, name, path] = /^(c\d+)(.*)$/.exec(String(value.$ref))! as unknown as [string, string, string];
  const error = script.errors.get(name);
  if (error !== undefined) throw new Fail(`${name} ${error.action}: ${error.code}: ${error.message}`);
  const answer = run.names.answers.get(name);
  if (answer === undefined) throw new Fail(`${name} has no answer`);
  let live = run.names.follow(answer, path);
  for (const edit of (value.$edited ?? []) as JsonObject[]) {
    const member =
      isObject(edit.value) && '$items_of' in edit.value
        ? itemsOf(run, edit.value as JsonObject)
        : run.names.fill(edit.value!);
    live = { ...(live as JsonObject), [String(edit.set)]: member };
  }
  if (!isObject(recorded) || !isObject(live)) return run.judge.value(recorded, live, '$');
  const [left, right] = [withSortedVariables(recorded as JsonObject), withSortedVariables(live as JsonObject)];
  if (script.actions.get(name) !== 'GetExecutionHistory' || !Array.isArray(left.events))
    return run.judge.value(left, right, '$');
  const { events: leftEvents, ...leftRest } = left;
  const { events: rightEvents, ...rightRest } = right;
  return [...judgeEvents(run, leftEvents as JsonObject[], rightEvents), ...run.judge.value(leftRest, rightRest, '$')];
}

/** `$items_of: "c3.executions"`, those whose members have one of the values in `$where`. */
function itemsOf(run: CaseRun, { $items_of, $where = {} }: JsonObject): Json[] {
  const [name, member] = String($items_of).split('.') as [string, string];
  const items = (run.names.answers.get(name) as JsonObject | undefined)?.[member] ?? [];
  const wanted = Object.entries(run.names.fill($where) as Record<string, Json[]>);
  return (items as JsonObject[]).filter((item) => wanted.every(([key, values]) => values.includes(item[key] ?? null)));
}

/** One filtered list that was recorded in slices, page by page, is compared as one list. */
function joinSlices(steps: Step[]): Step[] {
  const joined: Step[] = [];
  let last: Step | undefined;
  for (const step of steps) {
    const isList = isObject(step.value) && '$items_of' in step.value;
    if (!isList) {
      if (step.match !== undefined) last = undefined;
      joined.push(step);
      continue;
    }
    const value = step.value as JsonObject;
    const before = last?.value as JsonObject | undefined;
    if (last !== undefined && before?.$items_of === value.$items_of) {
      last.recorded = [...(last.recorded as Json[]), ...(step.recorded as Json[])];
      last.value = { ...value, $where: joinLists(before!.$where as JsonObject, value.$where as JsonObject) };
      continue;
    }
    last = { ...step };
    joined.push(last);
  }
  return joined;
}

function joinLists(a: JsonObject = {}, b: JsonObject = {}): JsonObject {
  const joined = Object.entries(b).map(([key, values]) => [
    key,
    [...((a[key] ?? []) as Json[]), ...(values as Json[])],
  ]);
  return Object.fromEntries(joined);
}
