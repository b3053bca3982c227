// Wait: parked on a timer.
//   enter -> timer -> TimerFired -> exit       a moment that has passed already: enter -> exit
import type { WaitState } from '../../asl/definition.ts';
import { runtimeError, StatesError } from '../../errors.ts';
import { isNumber, type Json, printJson, toNumber } from '../../expr/json.ts';
import { evaluateInteger, evaluateTyped } from '../../expr/jsonata-template.ts';
import { PathError } from '../../expr/jsonpath.ts';
import { readPath } from '../../expr/scope.ts';
import { parseTimestamp } from '../../expr/timestamp.ts';
import { departWithInput, effectiveInput, jsonataScope, languageOf, pathScope } from '../dataflow.ts';
import { leave } from '../move.ts';
import type { Frame } from '../state.ts';
import type { Step } from '../step.ts';

export async function begin(step: Step, frame: Frame, state: WaitState): Promise<void> {
  const until = await moment(step, frame, state);
  if (until - step.now > step.env.limits.waitSeconds * 1000) throw runtimeError('Wait state delay is too long.');
  if (until <= step.now) return await resume(step, frame, state);
  const wait = step.park(frame, { kind: 'timer', until });
  step.commands.push({ kind: 'StartTimer', wait, at: until });
}

export async function resume(step: Step, frame: Frame, state: WaitState): Promise<void> {
  leave(step, frame, state, await departWithInput(step, frame, state));
}

/** When the wait is over, in epoch milliseconds. */
async function moment(step: Step, frame: Frame, state: WaitState): Promise<number> {
  const { Seconds, SecondsPath, Timestamp, TimestampPath } = state;
  if (languageOf(step, state) === 'JSONata') {
    if (Seconds !== undefined) {
      const most = Number.MAX_SAFE_INTEGER;
      return step.now + 1000 * (await evaluateInteger(Seconds, 'Seconds', 0, most, jsonataScope(step, frame)));
    }
    const text = (await evaluateTyped(Timestamp!, 'Timestamp', 'string', jsonataScope(step, frame))) as string;
    const at = parseTimestamp(text);
    if (at !== undefined) return at;
    const problem = `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${text}`;
    throw new StatesError('States.QueryEvaluationError', problem, 'Timestamp');
  }
  if (Seconds !== undefined) return step.now + Number(Seconds) * 1000;
  if (Timestamp !== undefined) return parseTimestamp(Timestamp) ?? step.now;
  const path = SecondsPath ?? TimestampPath!;
  const value = lookUp(step, frame, state, path);
  return SecondsPath === undefined ? timestampAt(path, value) : step.now + secondsAt(path, value) * 1000;
}

function lookUp(step: Step, frame: Frame, state: WaitState, path: string): Json | undefined {
  try {
    return readPath(path, pathScope(step, frame, effectiveInput(step, frame, state).value));
  } catch (problem) {
    if (problem instanceof PathError) return undefined;
    throw problem;
  }
}

function secondsAt(path: string, value: Json | undefined): number {
  if (!isNumber(value)) throw runtimeError(`The SecondsPath parameter does not reference an input value: ${path}`);
  const seconds = toNumber(value);
  if (!Number.isInteger(seconds))
    throw runtimeError(`The SecondsPath parameter cannot be parsed as a long value: ${path} == ${printJson(value)}`);
  if (seconds < 0)
    throw runtimeError(`The SecondsPath parameter references a negative value: ${path} == ${printJson(value)}`);
  return seconds;
}

function timestampAt(path: string, value: Json | undefined): number {
  if (typeof value !== 'string')
    throw runtimeError(`The TimestampPath parameter does not reference an input value: ${path}`);
  const at = parseTimestamp(value);
  if (at !== undefined) return at;
  throw runtimeError(
    `The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: ${path} == ${value}`,
  );
}
